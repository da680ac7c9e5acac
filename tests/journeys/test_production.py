"""The larger size: PostgreSQL, Redis, an API and two workers, each a process of its own."""

import asyncio
import os
import signal
import subprocess

import pytest
import redis.asyncio

from gamification import engine, members
from kit import bells, database
from kit.bells_over_redis import OverRedis
from piala import programmes, yaml_files
from tests.piala.conftest import SHOP
from tests.piala.processes import PIALA, ROOT, serving
from tests.workers.conftest import until

SECRET = "s" * 32
MEMBERS = 20
ROUNDS = 15
DOLLARS = 7
ENROL = """
mutation Enrol($input: EnrolMemberInput!) { enrolMember(input: $input) { __typename } }
"""
RECORD = """
mutation Record($input: RecordActivitiesInput!) {
  recordActivities(input: $input) {
    __typename
    ... on RecordActivitiesPayload { accepted replayed }
  }
}
"""
BALANCE = """
query Balance($who: String!) { member(externalId: $who) { points { balance } } }
"""


@pytest.fixture
async def house(database_url, redis_url, tmp_path):
    """A programme, an API and two workers: the API, the workers, and how to start one more."""
    async with database.connected(database_url):
        documents = yaml_files.parse(SHOP, name="shop.yaml")
        publications = programmes.publications_of(documents, name="shop.yaml")
        await programmes.apply_documents(publications, by="test")
        await bells.connect(OverRedis(redis_url))
        environment = {"PIALA_DATABASE_URL": database_url, "PIALA_REDIS_URL": redis_url}
        workers = []

        def work():
            process = subprocess.Popen(
                [*PIALA, "worker"], env=os.environ | environment | {"PYTHONPATH": str(ROOT)}
            )
            workers.append(process)
            return process

        try:
            with serving(tmp_path, PIALA_AUTH_SECRET=SECRET, **environment) as served:
                yield served, [work(), work()], work
        finally:
            for process in workers:
                process.kill()
                process.wait()
            await bells.close()


def token():
    return subprocess.run(
        [*PIALA, "token", "--service", "till"],
        env=os.environ | {"PIALA_AUTH_SECRET": SECRET, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.mark.parametrize("dialect", ["postgres"])
async def test_workers_are_killed_and_redis_is_flushed_and_nothing_is_lost(house, redis_url):
    served, (first, second), start = house
    till = token()
    for number in range(MEMBERS):
        await asyncio.to_thread(
            served.ask,
            till,
            ENROL,
            input={
                "externalId": f"m{number}",
                "displayName": f"Member {number}",
                "timeZone": "UTC",
            },
        )
    for turn in range(ROUNDS):
        answer = await asyncio.to_thread(served.ask, till, RECORD, input=purchases(turn))
        assert answer["data"]["recordActivities"]["accepted"] == MEMBERS
        if turn == 4:
            first.kill()
        if turn == 8:
            async with redis.asyncio.Redis.from_url(redis_url) as client:
                await client.flushdb()
        if turn == 11:
            start()
            second.send_signal(signal.SIGTERM)
    for number in range(MEMBERS):
        member = await members.find(external_id=f"m{number}")
        await until(member.id, ROUNDS * DOLLARS)
        answer = await asyncio.to_thread(served.ask, till, BALANCE, who=f"m{number}")
        assert answer["data"]["member"]["points"]["balance"] == ROUNDS * DOLLARS
    assert await asyncio.to_thread(second.wait, 10) == 0
    assert (await engine.audit()).ok


def purchases(turn):
    return {
        "activities": [
            {
                "member": {"externalId": f"m{number}"},
                "kind": "purchase",
                "amount": {"minor": DOLLARS * 100, "currency": "USD"},
                "attributes": {"discs": 1},
                "idempotencyKey": f"{turn}:{number}",
            }
            for number in range(MEMBERS)
        ]
    }
