"""Defining: drafts in, versions out."""

from collections.abc import Mapping, Sequence
from typing import Any

from gamification.programme.checking import problems_of
from gamification.programme.checks import Catalogue
from gamification.programme.compiling import definition_from
from gamification.programme.definition import Definition, DefinitionState, Ref
from gamification.programme.kinds import DefinitionKind, encoded, parsed
from kit import clock, database, ids
from kit.errors import InvalidInput, NotFound

_COLUMNS = "kind, key, version, state, body, in_force_from, published_at"


async def define(kind: DefinitionKind, body: Mapping[str, Any], *, by: str) -> Definition:
    """Make or replace the draft of a definition; the same content again is the same version.

    `body` has the snake_case names of the kind's struct. Raises `InvalidInput` with every problem.
    """
    value = parsed(kind, body)
    return await database.unit_of_work(_define, kind, value, by)


async def find_definition(ref: Ref) -> Definition:
    """That version. Raises `NotFound`."""
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM definition WHERE kind = ? AND key = ? AND version = ?",
        ref.kind.value,
        ref.key,
        ref.version,
    )
    if row is None:
        raise NotFound(ref.kind.value.lower().replace("_", " "), f"{ref.key}@{ref.version}")
    return definition_from(row)


async def definitions_page(
    *,
    kind: DefinitionKind | None = None,
    state: DefinitionState | None = None,
    after: tuple[str, str, int] | None = None,
    limit: int,
) -> list[Definition]:
    """Definitions by kind, key and version, from just behind `after`."""
    behind = after or ("", "", 0)
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM definition WHERE (kind, key, version) > (?, ?, ?)"
        " AND (kind = ? OR ? = '') AND (state = ? OR ? = '')"
        " ORDER BY kind, key, version LIMIT ?",
        *behind,
        kind or "",
        kind or "",
        state or "",
        state or "",
        limit,
    )
    return [definition_from(row) for row in rows]


async def newest_bodies() -> dict[tuple[DefinitionKind, str], Any]:
    """The newest body of every definition, drafts included: what a draft may refer to."""
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM definition ORDER BY version")
    definitions = [definition_from(row) for row in rows]
    return {(one.kind, one.key): one.body for one in definitions}


def refuse_problems(kind: DefinitionKind, body: Any, catalogue: Catalogue) -> None:
    """Raise `InvalidInput` with all that is wrong with a body, if anything is."""
    problems = problems_of(kind, body, catalogue)
    if problems:
        raise InvalidInput(problems)


async def _define(kind: DefinitionKind, body: Any, by: str) -> Definition:
    async with database.transaction():
        # One at a time: two who draft the same would both number their version from what they saw.
        await database.fetch(
            f"SELECT revision FROM programme_head WHERE id = 1{database.locking()}"
        )
        catalogue = await newest_bodies()
        catalogue[kind, body.key] = body
        refuse_problems(kind, body, catalogue)
        versions = await _versions(kind, body.key)
        text = encoded(body)
        if versions and encoded(versions[-1].body) == text:
            return versions[-1]
        if versions and versions[-1].state is DefinitionState.DRAFT:
            version = versions[-1].version
            await database.execute(
                "UPDATE definition SET body = ?, defined_at = ?, defined_by = ?"
                " WHERE kind = ? AND key = ? AND version = ? AND state = 'DRAFT'",
                text,
                clock.now(),
                by,
                kind.value,
                body.key,
                version,
            )
        else:
            version = versions[-1].version + 1 if versions else 1
            await database.execute(
                "INSERT INTO definition (id, kind, key, version, state, body, defined_at,"
                " defined_by) VALUES (?, ?, ?, ?, 'DRAFT', ?, ?, ?)",
                ids.new(),
                kind.value,
                body.key,
                version,
                text,
                clock.now(),
                by,
            )
        return Definition(
            kind=kind, key=body.key, version=version, state=DefinitionState.DRAFT, body=body
        )


async def _versions(kind: DefinitionKind, key: str) -> Sequence[Definition]:
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM definition WHERE kind = ? AND key = ? ORDER BY version",
        kind.value,
        key,
    )
    return [definition_from(row) for row in rows]
