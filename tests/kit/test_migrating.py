import asyncio
import subprocess
import sys

import pytest

from kit import database as db
from kit import migrating
from kit.migrating import PerDialect, append_only, statements
from tests import servers


async def make(*steps):
    async with db.transaction():
        for text in statements(steps, db.dialect()):
            await db.script(text)


@pytest.fixture
async def diary(database):
    await make(
        "CREATE TABLE diary (id TEXT PRIMARY KEY, words TEXT, seen_at {bigint}) {strict}",
        append_only("diary", frozen=("id", "words")),
        "CREATE TABLE stone (id TEXT PRIMARY KEY, words TEXT) {clustered}",
        append_only("stone"),
    )
    await db.execute("INSERT INTO diary (id, words) VALUES ('a', 'dear diary')")
    await db.execute("INSERT INTO stone (id, words) VALUES ('a', 'carved')")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE stone SET words = 'changed'",
        "DELETE FROM stone",
        "UPDATE diary SET words = 'changed'",
        "DELETE FROM diary WHERE id = 'a'",
    ],
)
async def test_what_only_grows_refuses_change(diary, sql):
    with pytest.raises(db.IntegrityError, match="only grows"):
        await db.execute(sql)
    assert tuple(await db.fetch_one("SELECT words FROM diary")) == ("dear diary",)
    assert tuple(await db.fetch_one("SELECT words FROM stone")) == ("carved",)


async def test_the_way_round_is_closed_too(diary, dialect):
    sql = "INSERT OR REPLACE INTO stone VALUES ('a', 'x')"
    with pytest.raises(db.IntegrityError, match="only grows"):
        await db.execute(sql if dialect == "sqlite" else "TRUNCATE stone")


async def test_what_is_not_frozen_may_change(diary):
    assert await db.execute("UPDATE diary SET seen_at = 7") == 1


async def test_a_fresh_database_is_current_after_migrating_and_not_before(tmp_path):
    async with db.connected(f"sqlite://{tmp_path / 'new.db'}"):
        assert not await migrating.is_current()
        applied = await migrating.migrate()
        assert applied[0] == "kit.0001_ground"
        assert await migrating.is_current()
        assert await migrating.migrate() == []
        async with db.transaction():  # There the writing connection answers.
            assert (await db.fetch_one("PRAGMA foreign_keys"))[0] == 1


async def test_a_migrated_database_is_current(database):
    assert await migrating.is_current()
    assert await migrating.migrate() == []


async def test_houses_migrate_from_the_ground_up():
    houses = [name.partition(".")[0] for name in migrating._known()]
    assert houses == sorted(houses, key=["kit", "gamification", "rewards"].index)


@pytest.fixture
def house(monkeypatch, tmp_path):
    """A house of the test's own, whose migrations it writes."""
    migrations = tmp_path / "shed" / "migrations"
    migrations.mkdir(parents=True)
    for folder in (migrations.parent, migrations):
        (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(migrating, "HOUSES", ("shed",))
    yield lambda name, up: (migrations / f"{name}.py").write_text(f"UP = {up!r}\n")
    for name in [name for name in sys.modules if name.partition(".")[0] == "shed"]:
        del sys.modules[name]


async def test_a_migration_happens_or_does_not(database, house):
    house("0001_good", ["CREATE TABLE good (id TEXT)"])
    house("0002_bad", ["CREATE TABLE half (id TEXT)", "CREATE NONSENSE"])
    with pytest.raises(db.OperationalError):
        await migrating.migrate()
    assert await db.fetch("SELECT id FROM good") == []
    with pytest.raises(db.OperationalError):
        await db.fetch("SELECT id FROM half")
    assert not await migrating.is_current()
    house("0002_bad", ["CREATE TABLE half (id TEXT)"])
    sys.modules.pop("shed.migrations.0002_bad")
    assert await migrating.migrate() == ["shed.0002_bad"]
    assert await migrating.is_current()


async def test_a_sqlite_table_can_be_rebuilt_without_losing_its_children(tmp_path, house):
    async with db.connected(f"sqlite://{tmp_path / 'new.db'}"):
        house(
            "0001_family",
            [
                "CREATE TABLE parent (id TEXT PRIMARY KEY)",
                "CREATE TABLE child (id TEXT REFERENCES parent ON DELETE CASCADE)",
            ],
        )
        await migrating.migrate()
        await db.execute("INSERT INTO parent VALUES ('p')")
        await db.execute("INSERT INTO child VALUES ('p')")
        house(
            "0002_rebuilt",
            [
                "CREATE TABLE new_parent (id TEXT PRIMARY KEY, name TEXT)",
                "INSERT INTO new_parent SELECT id, id FROM parent",
                "DROP TABLE parent",
                "ALTER TABLE new_parent RENAME TO parent",
            ],
        )
        await migrating.migrate()
        assert [tuple(row) for row in await db.fetch("SELECT id FROM child")] == [("p",)]
        house("0003_broken", ["DELETE FROM parent"])
        with pytest.raises(db.IntegrityError, match="foreign keys"):
            await migrating.migrate()
        assert [tuple(row) for row in await db.fetch("SELECT id FROM parent")] == [("p",)]


MIGRATE = """
import asyncio, sys
from kit import database, migrating
async def main():
    async with database.connected(sys.argv[1]):
        print(len(await migrating.migrate()))
asyncio.run(main())
"""


async def test_processes_that_migrate_at_once_take_turns(postgres_admin, own_name):
    """Three start together: one does it all, the others find it done."""
    name = f"{own_name}_turns"
    url = servers.database_url(postgres_admin, name)
    async with db.connected(postgres_admin):
        await db.script(f"CREATE DATABASE {name}")
        try:
            command = [sys.executable, "-c", MIGRATE, url]
            running = [
                await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
                for _ in range(3)
            ]
            counts = [int((await process.communicate())[0]) for process in running]
        finally:
            await db.script(f"DROP DATABASE {name} WITH (FORCE)")
    assert sum(counts) == len(migrating._known())


@pytest.mark.parametrize(
    ("dialect", "words"),
    [
        ("sqlite", "a BLOB, b INTEGER CHECK (b ~ 'x{1,3}') STRICT"),
        ("postgres", "a BYTEA, b BIGINT CHECK (b ~ 'x{1,3}') "),
    ],
)
def test_words_in_braces_are_translated_and_patterns_left_alone(dialect, words):
    text = "a {bytes}, b {bigint} CHECK (b ~ 'x{1,3}') {strict}"
    assert statements([text], dialect) == [words]


def test_an_unknown_word_is_a_mistake():
    with pytest.raises(KeyError, match="money"):
        statements(["CREATE TABLE t (amount {money})"], "sqlite")


def test_a_step_may_differ_by_database():
    step = PerDialect(sqlite=["one"], postgres=["two", "three"])
    assert statements(["zero", step], "postgres") == ["zero", "two", "three"]
    assert statements(["zero", step], "sqlite") == ["zero", "one"]
