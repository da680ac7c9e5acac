"""Reading the published definitions and keeping the compiled programme at hand."""

from gamification.programme.definition import Definition, DefinitionState
from gamification.programme.kinds import DefinitionKind, decoded
from gamification.programme.programme import Programme, programme_of
from kit import database

_COLUMNS = "kind, key, version, state, body, in_force_from, published_at"
# Of which connection, under which token: what another database has is another programme.
_kept: tuple[int, str, Programme] | None = None


async def current() -> Programme:
    """The programme as it is published now; compiled again only when its revision moved."""
    row = await database.fetch_one("SELECT revision, token FROM programme_head WHERE id = 1")
    assert row is not None
    return await _compiled(int(row[0]), row[1])


async def in_force() -> Programme:
    """The programme, held still until the end of the transaction: publishing waits meanwhile."""
    lock = " FOR SHARE" if database.dialect() == "postgres" else ""
    row = await database.fetch_one(f"SELECT revision, token FROM programme_head WHERE id = 1{lock}")
    assert row is not None
    return await _compiled(int(row[0]), row[1])


def definition_from(row: database.Row) -> Definition:
    """The definition of a row of `_COLUMNS`."""
    kind = DefinitionKind(row[0])
    return Definition(
        kind=kind,
        key=row[1],
        version=row[2],
        state=DefinitionState(row[3]),
        body=decoded(kind, row[4]),
        in_force_from=row[5],
        published_at=row[6],
    )


async def _compiled(revision: int, token: str) -> Programme:
    global _kept
    connection = database.connection_number()
    before: Programme | None = None
    if _kept is not None and _kept[0] == connection:
        before = _kept[2]
        if _kept[1] == token and before.revision == revision:
            return before
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM definition WHERE state = 'PUBLISHED'")
    definitions = [definition_from(row) for row in rows]
    published_at = max((one.published_at or 0 for one in definitions), default=None)
    programme = programme_of(
        definitions, revision=revision, published_at=published_at, before=before
    )
    _kept = connection, token, programme
    return programme
