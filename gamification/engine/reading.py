"""Reading standings and effects: always as of a moment, never as of when a job last ran."""

from collections.abc import Sequence
from functools import partial

import msgspec

from gamification import programme
from gamification.engine.effects import Effects, HonourKind
from gamification.engine.facts import Change, Fact, honoured
from gamification.engine.fold import advance
from gamification.engine.standing import Standing, unpacked
from gamification.ledger import signed
from gamification.programme import Edition
from kit import clock, database
from kit.clock import Instant
from kit.errors import NotFound
from kit.remembered import Remembered

_holders: Remembered[dict[tuple[str, str], int]] = Remembered(seconds=60)
_active: Remembered[int] = Remembered(seconds=60)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A member's standing as of a moment, and the edition in force then."""

    member_id: str
    standing: Standing
    edition: Edition
    at: Instant


async def standing_of(member_id: str, *, at: Instant | None = None) -> View:
    """The member's standing, advanced in memory to `at` (default: now). Raises `NotFound`."""
    views = await standings_of([member_id], at=at)
    if member_id not in views:
        raise NotFound("member", member_id)
    return views[member_id]


async def standings_of(member_ids: Sequence[str], *, at: Instant | None = None) -> dict[str, View]:
    """The members' standings by id, in one read; unknown ids are left out."""
    moment = clock.now() if at is None else at
    published = await programme.current()
    rows = await database.fetch(
        "SELECT s.member_id, s.state, m.time_zone FROM standing s"
        " JOIN member m ON m.id = s.member_id WHERE s.member_id IN ?",
        list(member_ids),
    )
    views = {}
    for member_id, state, zone in rows:
        standing = unpacked(state)
        advance(standing, published, moment, zone=zone, effects=Effects())
        views[member_id] = View(
            member_id=member_id, standing=standing, edition=published.at(moment), at=moment
        )
    return views


async def effects_because(entry_ids: Sequence[str]) -> dict[str, list[Fact]]:
    """What these entries brought about, as facts, in the order in which it was written."""
    facts: dict[str, list[Fact]] = {entry_id: [] for entry_id in entry_ids}
    for row in await database.fetch(
        "SELECT entry_id, key, currency, amount, debit, credit, kind, subject, at"
        " FROM ledger_entry WHERE entry_id IN ? ORDER BY entry_id, id",
        list(entry_ids),
    ):
        _add_posting(facts[row[0]], row)
    changes: dict[str, list[Change]] = {entry_id: [] for entry_id in entry_ids}
    for row in await database.fetch(
        "SELECT entry_id, kind, change, subject, value, previous, version, at"
        " FROM effect WHERE entry_id IN ? ORDER BY entry_id, id",
        list(entry_ids),
    ):
        changes[row[0]].append(
            Change(
                kind=HonourKind(row[1]),
                change=row[2],
                subject=row[3],
                value=row[4],
                previous=row[5],
                version=row[6],
                at=row[7],
            )
        )
    for entry_id, entry_changes in changes.items():
        facts[entry_id].extend(honoured(entry_changes))
    for entry_facts in facts.values():
        # A correction that came out even has moved nothing that a member would see.
        entry_facts[:] = [
            {name: value for name, value in fact.items() if name != "key"}
            for fact in entry_facts
            if fact.get("amount") != 0
        ]
    return facts


async def holders(kind: HonourKind) -> dict[tuple[str, str], int]:
    """How many members hold each badge level (or completed each challenge), by subject and value.

    The answer may be a minute old.
    """
    return await _holders.answer(kind, partial(_count_holders, kind))


async def active_members(days: int) -> int:
    """How many members did anything in the last so many days (24 hours); may be a minute old."""
    return await _active.answer(days, partial(_count_active, days))


async def _count_holders(kind: HonourKind) -> dict[tuple[str, str], int]:
    rows = await database.fetch(
        "SELECT subject, value, sum(change) FROM effect WHERE kind = ? GROUP BY subject, value",
        kind.value,
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


async def _count_active(days: int) -> int:
    row = await database.fetch_one(
        "SELECT count(DISTINCT member_id) FROM journal_entry WHERE type = 'ACTIVITY' AND at >= ?",
        clock.now() - days * clock.DAY,
    )
    assert row is not None
    return int(row[0])


def _add_posting(facts: list[Fact], row: database.Row) -> None:
    amount = signed(row[3], debit=row[4], credit=row[5])
    for fact in facts:
        if fact.get("key") == row[1]:
            fact["amount"] += amount
            return
    facts.append(
        {
            "type": "points.posted",
            "at": row[8],
            "key": row[1],
            "currency": row[2],
            "amount": amount,
            "kind": row[6],
            "subject": row[7],
        }
    )
