"""The README's tour answers what the README says, to the letter."""

import re
import shlex

import httpx2
import pytest

import rewards
from api.app import create_app
from api.auth import Role, issue_token
from gamification import engine, members
from kit.settings import settings
from piala import demo
from piala.demo.people import HERO
from tests.house.examples import blocks
from tests.house.rules import ROOT

README = ROOT / "README.md"
WRITTEN_AT = "2026-11-21T20:08:00Z"
"""When the figures were taken: the demo's half year ends then."""


@pytest.fixture
def own_folder(monkeypatch, tmp_path):
    """A folder in which the process keeps its secret, and settings that were read there."""
    monkeypatch.chdir(tmp_path)
    settings.cache_clear()
    yield
    settings.cache_clear()


def steps() -> list[tuple[str, str]]:
    """What the tour types, and what is answered, as far as anything is."""
    found: list[tuple[str, str]] = []
    for block in blocks(README, "console"):
        for line in block.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], ""))
            else:
                command, answer = found[-1]
                found[-1] = command, f"{answer}{line}\n"
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
async def test_the_tour_is_true(own_folder, database, clock):
    clock.set(WRITTEN_AT)
    await demo.load(lambda _: None)
    hero = await members.find(external_id=HERO)
    words = {"MEMBER": issue_token(hero.id, Role.MEMBER), "TILL": issue_token("till", Role.SERVICE)}
    app = create_app(settings().model_copy(update=demo.SETTINGS))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        asked = 0
        for command, answer in steps():
            if kept := re.fullmatch(r"([A-Z]+)='(.*)'", command):
                words[kept[1]] = kept[2]
            elif command.startswith("ask $"):
                _, who, body = (words.get(word.lstrip("$"), word) for word in shlex.split(command))
                headers = {"authorization": f"Bearer {who}", "content-type": "application/json"}
                response = await client.post("/graphql", content=body, headers=headers)
                assert f"{response.text}\n" == answer, command
                asked += 1
            elif command == ".venv/bin/piala audit":
                assert await audited() == re.sub(r"head: .*\n", "", answer)
    assert asked == 7


async def audited() -> str:
    """What `piala audit` prints, once the sweep has let fall due what was due; but for the head,
    which hashes ids and times."""
    while await engine.sweep():
        pass
    checks = [*(await engine.audit()).checks, *await rewards.audit()]
    assert all(check.ok for check in checks)
    lines = [f"ok     {check.name}: {check.detail}\n" for check in checks]
    return "".join([*lines, "audit: ok\n"])
