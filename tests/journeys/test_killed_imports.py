"""An import that is killed without warning, again and again, and then simply run once more."""

import asyncio
import json
import random
import subprocess
import sys

from gamification import engine
from kit import clock, database
from tests.piala.conftest import SHOP

LINES = 6_000
TAKEN_BACK = 600
MEMBERS = 400
KILLS = 4
PIALA = [sys.executable, "-c", "from piala.cli import app; app()"]
AS_OF = clock.parse("2026-12-31T00:00:00Z")


def test_killed_imports_lose_nothing_and_double_nothing(database_url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIALA_DATABASE_URL", database_url)
    monkeypatch.setenv("PYTHONPATH", ":".join(sys.path))
    (tmp_path / "shop.yaml").write_text(SHOP, "utf-8")
    (tmp_path / "shop.jsonl").write_text("\n".join(_lines()), "utf-8")
    _run("programme", "apply", "shop.yaml")

    alive = [_import_and_kill(after) for after in _waits(database_url)]
    _run("import", "shop.jsonl")

    assert any(alive), "no import was still at work when it was killed"
    entries, report = asyncio.run(_looked_at(database_url))
    assert entries == LINES + TAKEN_BACK
    assert report.ok, [check for check in report.checks if not check.ok]
    assert report.digest == asyncio.run(_undisturbed(tmp_path, monkeypatch))


def _lines():
    """Purchases, and refunds of some; a refund may stand long before what it is about."""
    chance = random.Random(26)
    lines = [_purchase(number, chance) for number in range(LINES)]
    lines += [_refund(number, chance) for number in chance.sample(range(LINES), TAKEN_BACK)]
    chance.shuffle(lines)
    yield from map(json.dumps, lines)


def _purchase(number, chance):
    return {
        "source": f"shop:{number:06}",
        "member": f"m{chance.randrange(MEMBERS):03}",
        "kind": "purchase",
        "occurred_at": clock.isoformat(
            clock.parse("2026-01-05T00:00:00Z") + chance.randrange(90 * clock.DAY)
        ),
        "amount": {"minor": chance.randrange(10_000), "currency": "USD"},
        "attributes": {"discs": chance.randrange(1, 5)},
    }


def _refund(number, chance):
    return {
        "retract": {"source": f"shop:{number:06}", "fraction": chance.choice([0.25, 0.5, 1])},
        "occurred_at": "2026-06-01T00:00:00Z",
        "source": f"refund:{number:06}",
    }


def _waits(seed):
    chance = random.Random(seed)
    return [chance.uniform(0.0, 0.6) for _ in range(KILLS)]


def _import_and_kill(after):
    """Kill an import a little after it began to work; whether it was still at it."""
    with subprocess.Popen(
        [*PIALA, "import", "shop.jsonl"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            process.wait(timeout=1.2 + after)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
        return False


def _run(*words):
    done = subprocess.run([*PIALA, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def _looked_at(url):
    async with database.connected(url):
        row = await database.fetch_one("SELECT count(*) FROM journal_entry")
        return row[0], await engine.audit(as_of=AS_OF)


async def _undisturbed(tmp_path, monkeypatch):
    """The digest of the same file, imported in one go elsewhere."""
    url = f"sqlite://{tmp_path / 'undisturbed.db'}"
    monkeypatch.setenv("PIALA_DATABASE_URL", url)
    for words in (["migrate"], ["programme", "apply", "shop.yaml"], ["import", "shop.jsonl"]):
        await asyncio.to_thread(_run, *words)
    async with database.connected(url):
        return (await engine.audit(as_of=AS_OF)).digest
