"""Reading redemptions."""

from collections.abc import Sequence

from kit import database
from kit.clock import Instant
from kit.database import Row
from kit.errors import NotFound
from kit.settings import settings
from rewards.redemptions.models import REDEMPTIONS
from rewards.redemptions.redemption import Redemption
from rewards.redemptions.vouchers import Voucher, code_of, hash_of

_SELECT = f"SELECT {', '.join(REDEMPTIONS.columns)} FROM redemption"


async def find(redemption_id: str, *, member_id: str) -> Redemption:
    """The member's redemption of that id. Raises `NotFound`, for another member's as well."""
    row = await database.fetch_one(
        f"{_SELECT} WHERE id = ? AND member_id = ?", redemption_id, member_id
    )
    if row is None:
        raise NotFound("redemption", redemption_id)
    return _redemption(row)


async def find_by_source(source: str) -> Redemption | None:
    """The redemption that the request of that source has led to."""
    row = await database.fetch_one(f"{_SELECT} WHERE source = ?", source)
    return None if row is None else _redemption(row)


async def page_of(
    member_id: str, *, after: tuple[Instant, str] | None = None, limit: int
) -> list[Redemption]:
    """The member's redemptions, newest first, from just behind `after` (time and id of one)."""
    at, redemption_id = after if after is not None else (1 << 62, "")
    rows = await database.fetch(
        f"{_SELECT} WHERE member_id = ? AND (redeemed_at, id) < (?, ?)"
        " ORDER BY redeemed_at DESC, id DESC LIMIT ?",
        member_id,
        at,
        redemption_id,
        limit,
    )
    return [_redemption(row) for row in rows]


async def counts_of(member_id: str, rewards: Sequence[str]) -> dict[str, int]:
    """How many of each of these rewards the member has had; none is left out."""
    if not rewards:
        return {}
    rows = await database.fetch(
        "SELECT reward, count(*) FROM redemption WHERE member_id = ? AND reward IN ?"
        " GROUP BY reward",
        member_id,
        list(rewards),
    )
    return {row[0]: row[1] for row in rows}


def voucher_of(redemption: Redemption) -> Voucher:
    """The voucher with its code, for its owner's eyes only."""
    secret = settings().printing_secret()
    code = code_of(redemption.id, secret=secret)
    known = hash_of(code, secret=secret) == redemption.voucher_hash
    return Voucher(code if known else None, redemption.voucher_expires_at)


def _redemption(row: Row) -> Redemption:
    return Redemption(**dict(zip(REDEMPTIONS.columns, row, strict=True)))
