"""Reading what an audit compares of a page of members, as of one moment."""

from collections.abc import Mapping, Sequence

import msgspec

from gamification import journal, programme
from gamification.engine import budgeting, checkpointing, recalling, storing
from gamification.engine.checkpoints import Checkpoint
from gamification.engine.folding import Person
from gamification.engine.settlement import Stored
from gamification.engine.storing import Locked
from gamification.journal import Entry
from gamification.programme import Programme
from kit import database
from kit.clock import Instant
from kit.database import OperationalError
from kit.errors import DatabaseUnavailable

Sums = dict[tuple[str, str, str], int]
"""What the ledger's rows add up to, by member, currency and account."""


class Rows(msgspec.Struct, kw_only=True):
    """What is stored of some members, beside their standings."""

    stored: Mapping[str, Stored]
    sums: Sums
    due: Mapping[str, Instant | None]
    checkpoints: Mapping[str, list[Checkpoint]]
    ties: Mapping[str, Mapping[tuple[str, Instant], int]]
    awaiting: set[str]
    silent: set[str]
    dead: set[str]


class Page(msgspec.Struct, kw_only=True):
    """Some members with all that is stored of them; `unread` says why of whom there is nothing."""

    published: Programme
    people: list[Person]
    locked: list[Locked]
    journals: dict[str, list[Entry]]
    rows: Rows


async def read(people: Sequence[Person]) -> tuple[list[Page], dict[str, str]]:
    """Read some members together; where a row cannot be read, one by one, and who could not."""
    try:
        return [await _page(people)], {}
    except (DatabaseUnavailable, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever was done to a row, the others are read
        if len(people) == 1:
            return [], {people[0].id: f"cannot be read: {error!r:.200}"}
    pages: list[Page] = []
    unread: dict[str, str] = {}
    for person in people:
        one, why = await read([person])
        pages += one
        unread |= why
    return pages, unread


async def _page(people: Sequence[Person]) -> Page:
    member_ids = [person.id for person in people]
    async with database.transaction():
        published = await programme.in_force()
        # The members' locks hold everything still but the journal, and what is added to that
        # meanwhile is left out as unsettled.
        locked = await storing.lock(member_ids)
        settled = await journal.journals_of(member_ids, settled=True)
        return Page(
            published=published,
            people=list(people),
            locked=locked,
            journals=dict(await budgeting.attached(settled, published)),
            rows=await _rows(member_ids),
        )


async def _rows(member_ids: Sequence[str]) -> Rows:
    return Rows(
        stored=await recalling.stored_of(member_ids),
        sums=await _sums(member_ids),
        due=await _due(member_ids),
        checkpoints=await checkpointing.of_members(member_ids),
        ties=await _ties(member_ids),
        awaiting=await journal.awaiting_refold(member_ids),
        silent=await _silent(member_ids),
        dead=await _dead(member_ids),
    )


async def _sums(member_ids: Sequence[str]) -> Sums:
    sums: Sums = {}
    for row in await database.fetch(
        "SELECT member_id, currency, debit, credit, sum(amount) FROM ledger_entry"
        " WHERE member_id IN ? GROUP BY member_id, currency, debit, credit",
        member_ids,
    ):
        for account, amount in ((row[2], -int(row[4])), (row[3], int(row[4]))):
            place = (row[0], row[1], account)
            sums[place] = sums.get(place, 0) + amount
    return sums


async def _due(member_ids: Sequence[str]) -> dict[str, Instant | None]:
    rows = await database.fetch(
        "SELECT member_id, next_due_at FROM standing WHERE member_id IN ?", member_ids
    )
    return {row[0]: row[1] for row in rows}


async def _ties(member_ids: Sequence[str]) -> dict[str, dict[tuple[str, Instant], int]]:
    ties: dict[str, dict[tuple[str, Instant], int]] = {}
    for row in await database.fetch(
        "SELECT member_id, board, period, tiebreak FROM score WHERE member_id IN ?", member_ids
    ):
        ties.setdefault(row[0], {})[row[1], row[2]] = row[3]
    return ties


async def _silent(member_ids: Sequence[str]) -> set[str]:
    """Members for whom nothing may fall due: an entry of theirs could not be folded."""
    rows = await database.fetch(
        "SELECT member_id FROM dead_letter WHERE member_id IN ?", member_ids
    )
    return {row[0] for row in rows}


async def _dead(member_ids: Sequence[str]) -> set[str]:
    """The sources of members' entries that could not be folded."""
    rows = await database.fetch(
        "SELECT entry.source FROM dead_letter AS letter JOIN journal_entry AS entry"
        " ON entry.id = letter.entry_id WHERE letter.member_id IN ?",
        member_ids,
    )
    return {row[0] for row in rows}
