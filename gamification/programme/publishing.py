"""Publishing: drafts come into force, and the programme gets a new revision."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

from gamification import journal
from gamification.conditions import BadCondition
from gamification.programme.compiling import current
from gamification.programme.definition import Definition, DefinitionState, Ref
from gamification.programme.drafting import find_definition, refuse_problems
from gamification.programme.edition import compiled
from gamification.programme.kinds import DefinitionKind
from gamification.programme.programme import ALWAYS
from kit import clock, database, ids, outbox
from kit.clock import Instant
from kit.errors import InvalidInput, Problem


class Scope(StrEnum):
    """How far back a new version reaches."""

    NONE = "NONE"
    SINCE = "SINCE"
    ALL = "ALL"


class Backfill(msgspec.Struct, frozen=True, kw_only=True):
    """NONE: from `effective_from` on. SINCE an instant, or ALL of the past: earlier entries too."""

    scope: Scope = Scope.NONE
    since: Instant | None = None


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """A revision of the programme."""

    number: int
    published_at: Instant


async def publish(
    refs: Sequence[Ref],
    *,
    effective_from: Instant | None = None,
    backfill: Backfill | None = None,
    by: str,
) -> Revision:
    """Bring drafts into force together, as one revision.

    They are in force for entries whose event time is at or after `effective_from` (default: now),
    or as far back as the backfill says; members who have such entries are folded again. What is
    published already stays as it is. Raises `NotFound` and `InvalidInput`.
    """
    if not refs:
        raise InvalidInput.at("definitions", "must be at least one")
    return await database.unit_of_work(_publish, refs, effective_from, backfill or Backfill(), by)


async def _publish(
    refs: Sequence[Ref], effective_from: Instant | None, backfill: Backfill, by: str
) -> Revision:
    async with database.transaction():
        now = clock.now()
        # Settling holds this row shared: from here on nobody folds by the old programme.
        await database.execute("UPDATE programme_head SET token = ? WHERE id = 1", ids.new())
        before = await current()
        drafts = [await find_definition(ref) for ref in dict.fromkeys(refs)]
        drafts = [one for one in drafts if one.state is DefinitionState.DRAFT]
        if not drafts:
            return Revision(number=before.revision, published_at=before.published_at or now)
        start = _start(effective_from, backfill, now)
        await _check(drafts)
        for draft in drafts:
            await _bring_into_force(draft, start, now)
        number = before.revision + 1
        await database.execute(
            "INSERT INTO programme_revision (number, published_at, published_by) VALUES (?, ?, ?)",
            number,
            now,
            by,
        )
        await database.execute("UPDATE programme_head SET revision = ? WHERE id = 1", number)
        await _compile()
        # A change of the past can move anybody; one of now, only those who are ahead of it.
        await journal.ask_for_refolds(ALWAYS if start < now else start)
        fact = {"type": "programme.published", "at": now, "revision": number}
        await outbox.announce([(None, [fact])])
        return Revision(number=number, published_at=now)


def _start(effective_from: Instant | None, backfill: Backfill, now: Instant) -> Instant:
    match backfill.scope:
        case Scope.ALL:
            return ALWAYS
        case Scope.SINCE:
            if backfill.since is None:
                raise InvalidInput.at("backfill.since", "is required for SINCE")
            return backfill.since
        case Scope.NONE:
            return now if effective_from is None else effective_from


async def _compile() -> None:
    """All editions must compile, those of the past too: else nobody could fold any more."""
    try:
        await current()
    except BadCondition as error:
        raise InvalidInput.at("definitions", str(error)) from None


async def _check(drafts: Sequence[Definition]) -> None:
    """Published definitions may refer to published ones and to each other only.

    What is published already is looked at too: it may lean on what changes now.
    """
    rows = await database.fetch(
        "SELECT DISTINCT kind, key FROM definition WHERE state = 'PUBLISHED'"
    )
    published = [await _newest_published(row[0], row[1]) for row in rows]
    newest = {(one.kind, one.key): one for one in [*published, *drafts]}
    catalogue = {place: one.body for place, one in newest.items()}
    problems = list(_currency_problems(published, newest.values()))
    for one in newest.values():
        try:
            refuse_problems(one.kind, one.body, catalogue)
        except InvalidInput as error:
            problems.extend(
                Problem(f"definitions.{one.key}.{problem.path}", problem.message)
                for problem in error.problems
            )
    if problems:
        raise InvalidInput(problems)


def _currency_problems(
    before: Iterable[Definition], after: Iterable[Definition]
) -> Iterator[Problem]:
    """A programme that had a main currency keeps one: screens show it."""
    if _main_currency(before) and not _main_currency(after):
        yield Problem("definitions", "would leave no redeemable currency")


def _main_currency(definitions: Iterable[Definition]) -> str:
    currencies = [one for one in definitions if one.kind is DefinitionKind.CURRENCY]
    return compiled(currencies).main_currency


async def _newest_published(kind: str, key: str) -> Definition:
    row = await database.fetch_one(
        "SELECT max(version) FROM definition WHERE kind = ? AND key = ? AND state = 'PUBLISHED'",
        kind,
        key,
    )
    assert row is not None
    return await find_definition(Ref(DefinitionKind(kind), key, int(row[0])))


async def _bring_into_force(draft: Definition, start: Instant, now: Instant) -> None:
    changed = await database.execute(
        "UPDATE definition SET state = 'PUBLISHED', in_force_from = ?, published_at = ?"
        " WHERE kind = ? AND key = ? AND version = ? AND state = 'DRAFT'",
        start,
        now,
        draft.kind.value,
        draft.key,
        draft.version,
    )
    assert changed == 1
