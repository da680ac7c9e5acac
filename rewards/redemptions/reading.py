"""Reading redemptions, each with what became of it."""

from collections.abc import Sequence

import msgspec

from gamification import journal
from kit import database
from kit.clock import Instant
from kit.database import Row
from kit.errors import NotFound
from kit.settings import settings
from rewards.redemptions.models import ENDS, REDEMPTIONS
from rewards.redemptions.redemption import End, Outcome, Redemption
from rewards.redemptions.vouchers import Voucher, as_printed, code_of, hash_of

_COLUMNS = [f"r.{name}" for name in REDEMPTIONS.columns] + [f"e.{name}" for name in ENDS.columns]
_SELECT = (
    f"SELECT {', '.join(_COLUMNS)} FROM redemption AS r"
    " LEFT JOIN redemption_end AS e ON e.redemption_id = r.id"
)


async def find(redemption_id: str, *, member_id: str | None = None) -> Redemption:
    """The redemption of that id, if need be that member's. Raises `NotFound`."""
    row = await database.fetch_one(f"{_SELECT} WHERE r.id = ?", redemption_id)
    if row is None or member_id not in (None, row[1]):
        raise NotFound("redemption", redemption_id)
    return (await _redemptions([row]))[0]


async def find_by_source(source: str) -> Redemption | None:
    """The redemption that the request of that source has led to."""
    return await _found("r.source", source)


async def find_by_end(source: str) -> Redemption | None:
    """The redemption that the request of that source has ended."""
    return await _found("e.source", source)


async def find_by_code(code: str) -> Redemption | None:
    """The redemption whose voucher has that code, as people may write it."""
    printed = as_printed(code)
    if not printed:
        return None
    return await _found("r.voucher_hash", hash_of(printed, secret=settings().printing_secret()))


async def page_of(
    member_id: str, *, after: tuple[Instant, str] | None = None, limit: int
) -> list[Redemption]:
    """The member's redemptions, newest first, from just behind `after` (time and id of one)."""
    at, redemption_id = after if after is not None else (1 << 62, "")
    rows = await database.fetch(
        f"{_SELECT} WHERE r.member_id = ? AND (r.redeemed_at, r.id) < (?, ?)"
        " ORDER BY r.redeemed_at DESC, r.id DESC LIMIT ?",
        member_id,
        at,
        redemption_id,
        limit,
    )
    return await _redemptions(rows)


async def used_in(activities: Sequence[str]) -> list[Redemption]:
    """The redemptions that were used in these activities and have not ended, by reward and id."""
    rows = await database.fetch(
        f"{_SELECT} WHERE r.activity IN ? AND r.activity <> '' AND e.redemption_id IS NULL"
        " ORDER BY r.reward, r.id",
        activities,
    )
    return await _redemptions(rows)


async def counts_of(member_id: str, rewards: Sequence[str]) -> dict[str, int]:
    """How many of each of these rewards the member has had and not returned; none is left out."""
    if not rewards:
        return {}
    rows = await database.fetch(
        "SELECT r.reward, count(*) FROM redemption AS r"
        " LEFT JOIN redemption_end AS e ON e.redemption_id = r.id AND e.outcome = 'RETURNED'"
        " WHERE r.member_id = ? AND r.reward IN ? AND e.redemption_id IS NULL GROUP BY r.reward",
        member_id,
        list(rewards),
    )
    return {row[0]: row[1] for row in rows}


async def next_ordinal(member_id: str, reward: str) -> int:
    """The number of the member's next redemption of a reward, whatever became of the others."""
    row = await database.fetch_one(
        "SELECT coalesce(max(ordinal), 0) + 1 FROM redemption WHERE member_id = ? AND reward = ?",
        member_id,
        reward,
    )
    assert row is not None
    return int(row[0])


def voucher_of(redemption: Redemption) -> Voucher:
    """The voucher with its code, for its owner's eyes only."""
    secret = settings().printing_secret()
    code = code_of(redemption.id, secret=secret)
    known = hash_of(code, secret=secret) == redemption.voucher_hash
    return Voucher(code if known else None, redemption.voucher_expires_at)


async def _found(column: str, value: str) -> Redemption | None:
    row = await database.fetch_one(f"{_SELECT} WHERE {column} = ?", value)
    return None if row is None else (await _redemptions([row]))[0]


async def _redemptions(rows: Sequence[Row]) -> list[Redemption]:
    found = [_redemption(row) for row in rows]
    # What a purchase's refund gave back stands in the journal alone.
    used = [one.source for one in found if one.activity and one.end is None]
    taken = await journal.retractions_of(used) if used else {}
    return [
        msgspec.structs.replace(one, returned=journal.points_returned(taken[one.source]))
        if one.source in taken
        else one
        for one in found
    ]


def _redemption(row: Row) -> Redemption:
    own = len(REDEMPTIONS.columns)
    facts = dict(zip(REDEMPTIONS.columns, row[:own], strict=True))
    ended = dict(zip(ENDS.columns, row[own:], strict=True))
    if ended["redemption_id"] is None:
        return Redemption(**facts)
    return Redemption(**facts, end=End(**{**ended, "outcome": Outcome(ended["outcome"])}))
