"""The outbox: facts told in the same transaction as what they tell of, and relayed later.

A fact is a JSON object with its `type` (`points.posted`) and `at`, among whatever else it says.
Facts are delivered at least once. Positions only grow, and *one member's* become visible in
their order, because whoever announces holds that member's lock. Across members a lower position
may become visible after a higher one, so only `claim_unrelayed` finds everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import orjson

from kit import clock, database

Fact: TypeAlias = Mapping[str, Any]

_OUTBOX: Final = database.Table(
    "outbox", {"member_id": "text", "facts": "text", "entry_id": "text", "recorded_at": "bigint"}
)


class Announcement(NamedTuple):
    """What happened to a member, or to nobody in particular, and the entry that caused it."""

    member_id: str | None
    facts: Sequence[Fact]
    entry_id: str | None = None


class Told(NamedTuple):
    """One row of the outbox on its way out."""

    position: int
    member_id: str | None
    facts: Sequence[Fact]
    entry_id: str | None


class Heard(NamedTuple):
    """One fact, and where it stands: the row's position, and its place inside the row."""

    position: int
    place: int
    fact: Fact


async def announce(
    rows: Iterable[Announcement | tuple[str | None, Sequence[Fact]]],
) -> None:
    """Write down facts inside the caller's transaction; announcements without any are left out."""
    if not database.in_transaction():
        raise RuntimeError("facts are announced in the transaction of what they tell of")
    now = clock.now()
    told = (Announcement(*row) for row in rows)
    await database.insert(
        _OUTBOX,
        [
            (one.member_id, orjson.dumps(one.facts).decode(), one.entry_id, now)
            for one in told
            if one.facts
        ],
    )


async def newest_position(member_id: str) -> int:
    """Where this member's facts end at present; 0 where there are none."""
    row = await database.fetch_one(
        "SELECT coalesce(max(position), 0) FROM outbox WHERE member_id = ?", member_id
    )
    return int(row[0]) if row else 0


async def facts_after(
    member_id: str, position: int, place: int | None = None, limit: int = 100
) -> list[Heard]:
    """At most `limit` facts of a member after that one, in order.

    Without a place: after the whole row at `position`.
    """
    rows = await database.fetch(
        "SELECT position, facts FROM outbox WHERE member_id = ? AND position >= ? "
        "ORDER BY position LIMIT ?",
        member_id,
        position if place is not None else position + 1,
        limit + 1,
    )
    heard = (
        Heard(row[0], nth, fact) for row in rows for nth, fact in enumerate(orjson.loads(row[1]))
    )
    start = (position, -1 if place is None else place)
    return [one for one in heard if (one.position, one.place) > start][:limit]


async def claim_unrelayed(limit: int) -> list[Told]:
    """The oldest rows that nobody has relayed yet.

    Inside a transaction on PostgreSQL they are locked, and other relays pass over them.
    """
    lock = database.locking(skip_locked=True) if database.in_transaction() else ""
    rows = await database.fetch(
        "SELECT position, member_id, facts, entry_id FROM outbox WHERE relayed_at IS NULL "
        f"ORDER BY position LIMIT ?{lock}",
        limit,
    )
    return [Told(row[0], row[1], orjson.loads(row[2]), row[3]) for row in rows]


async def mark_relayed(positions: Sequence[int]) -> int:
    """These rows are delivered; how many of them were not so before."""
    return await database.execute(
        "UPDATE outbox SET relayed_at = ? WHERE position IN ? AND relayed_at IS NULL",
        clock.now(),
        list(positions),
    )


async def prune(before: clock.Instant, *, limit: int) -> int:
    """Forget at most `limit` relayed rows from before an instant; how many were forgotten."""
    return await database.execute(
        "DELETE FROM outbox WHERE position IN (SELECT position FROM outbox"
        " WHERE relayed_at IS NOT NULL AND recorded_at < ? ORDER BY position LIMIT ?)",
        before,
        limit,
    )
