"""Hand-written migrations for both databases, one file each, in `<house>/migrations/`.

A migration is a module `0001_what_it_does.py` whose `UP` lists its statements in order:

    from kit.migrating import append_only

    UP = [
        '''
        CREATE TABLE award (
            key       TEXT PRIMARY KEY,
            member_id TEXT NOT NULL REFERENCES member,
            points    {bigint} NOT NULL CHECK (points BETWEEN 0 AND 1000000000000),
            facts     {bytes} NOT NULL,
            final     {boolean} NOT NULL
        ) {strict}
        ''',
        "CREATE INDEX award_by_member ON award (member_id)",
        append_only("award"),
    ]

Words in braces differ by database: see `_WORDS`. Where whole statements differ, write
`PerDialect(sqlite=[…], postgres=[…])`. Each migration is one transaction together with its
record, so it happened or it did not. Migrations only go forward, and one that was released is
never edited. Prefer additive changes; a migration may rebuild a SQLite table, since foreign keys
are off meanwhile and checked before the commit.
"""

import importlib
import pkgutil
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final, TypeAlias

from kit import clock, database
from kit.database import Dialect
from kit.houses import HOUSES
from kit.models import AppliedMigration

# Any number will do, as long as it is ours: it stands for "migrating Piala".
_LOCK: Final = 7_741_101
_LEDGER: Final = "applied_migration"

_WORDS: Final[Mapping[Dialect, Mapping[str, str]]] = {
    "sqlite": {
        "bigint": "INTEGER",
        "boolean": "INTEGER",
        "bytes": "BLOB",
        "double": "REAL",
        "identity": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "strict": "STRICT",
        # A table that is its own primary key index: one look-up where a row id needs two.
        "clustered": "STRICT, WITHOUT ROWID",
    },
    "postgres": {
        "bigint": "BIGINT",
        "boolean": "BOOLEAN",
        "bytes": "BYTEA",
        "double": "DOUBLE PRECISION",
        "identity": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "strict": "",
        "clustered": "",
    },
}


@dataclass(frozen=True, kw_only=True)
class PerDialect:
    """Statements that each database says in its own way."""

    sqlite: Sequence[str]
    postgres: Sequence[str]


Step: TypeAlias = str | PerDialect


def append_only(table: str, *, frozen: Sequence[str] = ()) -> PerDialect:
    """Triggers that refuse to delete a row or to change it: an `IntegrityError` on both databases.

    With `frozen`, only these columns are refused; the others stay open to change.
    """
    of = f" OF {', '.join(frozen)}" if frozen else ""
    refuse = "EXECUTE FUNCTION refuse_change()"
    row = f"ON {table} FOR EACH ROW {refuse}"
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    return PerDialect(
        sqlite=[
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE{of} ON {table} {refusal}",
            f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table} {refusal}",
        ],
        postgres=[
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE{of} {row}",
            f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE {row}",
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} {refuse}",
        ],
    )


async def migrate() -> list[str]:
    """Bring the connected database up to date; the names of the migrations applied just now.

    Any number of processes may do so at once: they take turns, and each migration runs once.
    """
    on_sqlite = database.dialect() == "sqlite"
    if on_sqlite:  # Otherwise rebuilding a table would delete its children by cascade.
        await database.execute("PRAGMA foreign_keys = OFF")
    try:
        return [name for name in _known() if await _apply(name)]
    finally:
        if on_sqlite:
            await database.execute("PRAGMA foreign_keys = ON")


async def is_current() -> bool:
    """Whether every migration that this code knows has been applied."""
    return await _recorded() and set(_known()) <= await _applied()


def _known() -> list[str]:
    """The migrations of all houses, `house.0001_name`, in the order in which they apply."""
    names: list[str] = []
    for house in HOUSES:
        spec = find_spec(house) and find_spec(f"{house}.migrations")
        if spec:
            found = pkgutil.iter_modules(spec.submodule_search_locations)
            names += sorted(f"{house}.{module.name}" for module in found)
    return names


async def _apply(name: str) -> bool:
    house, _, file = name.partition(".")
    steps: Sequence[Step] = importlib.import_module(f"{house}.migrations.{file}").UP
    async with database.transaction():
        await _take_turn()
        if name in await _applied():
            return False
        for statement in statements(steps, database.dialect()):
            await database.script(statement)
        await _check_foreign_keys(name)
        await AppliedMigration.create(name=name, applied_at=clock.now())
    return True


async def _take_turn() -> None:
    if database.dialect() == "postgres":
        await database.script(f"SELECT pg_advisory_xact_lock({_LOCK})")
    columns = "name TEXT PRIMARY KEY, applied_at BIGINT NOT NULL"
    await database.script(f"CREATE TABLE IF NOT EXISTS {_LEDGER} ({columns})")


async def _applied() -> set[str]:
    return {row[0] for row in await database.fetch(f"SELECT name FROM {_LEDGER}")}


async def _recorded() -> bool:
    if database.dialect() == "sqlite":
        found = await database.fetch_one("SELECT name FROM sqlite_master WHERE name = ?", _LEDGER)
    else:
        found = await database.fetch_one("SELECT 1 WHERE to_regclass(?) IS NOT NULL", _LEDGER)
    return found is not None


async def _check_foreign_keys(name: str) -> None:
    if database.dialect() == "sqlite" and (
        broken := await database.fetch("PRAGMA foreign_key_check")
    ):
        raise database.IntegrityError(f"{name} breaks foreign keys: {broken[:3]}")


def statements(steps: Sequence[Step], dialect: Dialect) -> list[str]:
    """What `steps` say to this database."""
    words = _WORDS[dialect]
    texts: list[str] = []
    for step in steps:
        texts += [step] if isinstance(step, str) else getattr(step, dialect)
    return [re.sub(r"\{([a-z]+)\}", lambda word: words[word[1]], text) for text in texts]
