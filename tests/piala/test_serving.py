"""`piala serve` in a process of its own: it is ready soon, works by itself, and ends cleanly."""

import asyncio
import os
import signal
import socket
import subprocess
from functools import partial

import pytest

from kit import database
from tests.piala.processes import PIALA, ROOT, serving


@pytest.fixture
def serve(database_url, tmp_path):
    """Call it with more words; it answers once the server answers."""
    return partial(serving, tmp_path, PIALA_DATABASE_URL=database_url)


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_is_ready_and_ends_when_it_is_told(serve, name):
    with serve() as served:
        assert served.get("/readyz")[0] == 200
        assert served.get("/healthz")[0] == 200
        served.process.send_signal(name)
        assert served.process.wait(10) == 0


def test_a_port_in_use_is_an_exit_status(database_url, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = subprocess.run(
            [*PIALA, "serve", "--port", str(taken.getsockname()[1])],
            env=os.environ | {"PIALA_DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert answer.returncode != 0
    assert "address already in use" in answer.stderr
    assert "Traceback" not in answer.stderr


SCREEN = (ROOT / "tests" / "acceptance" / "progress_screen.graphql").read_text()
RECORD = """
mutation Record($input: RecordActivityInput!) {
  recordActivity(input: $input) {
    __typename
    ... on RecordActivityPayload { settled effects { __typename ... on PointsPosted { amount } } }
  }
}
"""


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_demo_is_served_with_tokens_that_work(serve):
    with serve("--demo") as served:
        answer = served.ask(served.token("member"), SCREEN, board="monthly")
        assert "errors" not in answer
        assert answer["data"]["me"]["displayName"] == "Sari Wulandari"
        assert answer["data"]["me"]["badges"]["totalCount"] >= 3
        recorded = served.ask(
            served.token("service"),
            RECORD,
            input={
                "member": {"externalId": "sari"},
                "kind": "purchase",
                "amount": {"minor": 4_800_000, "currency": "IDR"},
                "idempotencyKey": "one",
            },
        )["data"]["recordActivity"]
        assert recorded["settled"] is True
        assert "PointsPosted" in {effect["__typename"] for effect in recorded["effects"]}
        admin = served.ask(served.token("admin"), "{ programme { revision name } }")
        assert admin["data"]["programme"] == {"revision": 1, "name": "Kopi Piala"}
    with serve("--demo") as again:
        assert "Sari Wulandari" in again.printed


@pytest.mark.parametrize("dialect", ["sqlite"])
async def test_it_ends_under_load_with_everything_that_was_acknowledged(serve, database_url):
    with serve("--demo") as served:
        token, done = served.token("service"), []

        def till(number):
            for turn in range(1_000):
                key = f"{number}:{turn}"
                answer = served.ask(
                    token,
                    RECORD,
                    input={
                        "member": {"externalId": f"kopi-{number + 2:03d}"},
                        "kind": "visit",
                        "idempotencyKey": key,
                    },
                )
                if answer["data"]["recordActivity"]["__typename"] == "RecordActivityPayload":
                    done.append(key)
                if len(done) == 40:
                    served.process.send_signal(signal.SIGTERM)

        tills = [asyncio.to_thread(till, number) for number in range(4)]
        await asyncio.gather(*tills, return_exceptions=True)
        assert await asyncio.to_thread(served.process.wait, 10) == 0
    assert len(done) >= 40
    found = await sources(database_url)
    assert {f"service:till:{key}" for key in done} <= found


async def sources(url):
    async with database.connected(url):
        return {row[0] for row in await database.fetch("SELECT source FROM journal_entry")}
