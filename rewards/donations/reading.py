"""Reading donations, each with its resolution and receipt."""

from typing import Final

from kit import database
from kit.clock import Instant
from kit.database import Row
from kit.errors import NotFound
from rewards.donations.donation import Donation, Outcome, Resolution
from rewards.donations.models import DONATIONS, RESOLUTIONS

_OWN: Final = len(DONATIONS.columns)
_SELECT: Final = (
    f"SELECT {', '.join(f'donation.{name}' for name in DONATIONS.columns)},"
    f" {', '.join(f'resolution.{name}' for name in RESOLUTIONS.columns)}, receipt.number"
    " FROM donation"
    " LEFT JOIN donation_resolution AS resolution ON resolution.donation_id = donation.id"
    " LEFT JOIN receipt ON receipt.donation_id = donation.id"
)


async def find(donation_id: str, *, member_id: str) -> Donation:
    """The member's donation of that id. Raises `NotFound`, for another member's as well."""
    row = await database.fetch_one(
        f"{_SELECT} WHERE donation.id = ? AND donation.member_id = ?", donation_id, member_id
    )
    if row is None:
        raise NotFound("donation", donation_id)
    return _donation(row)


async def find_by_source(source: str) -> Donation | None:
    """The donation that the request of that source has led to."""
    row = await database.fetch_one(f"{_SELECT} WHERE donation.source = ?", source)
    return None if row is None else _donation(row)


async def page_of(
    member_id: str, *, after: tuple[Instant, str] | None = None, limit: int
) -> list[Donation]:
    """The member's donations, newest first, from just behind `after` (time and id of one)."""
    at, donation_id = after if after is not None else (1 << 62, "")
    rows = await database.fetch(
        f"{_SELECT} WHERE donation.member_id = ? AND (donation.donated_at, donation.id) < (?, ?)"
        " ORDER BY donation.donated_at DESC, donation.id DESC LIMIT ?",
        member_id,
        at,
        donation_id,
        limit,
    )
    return [_donation(row) for row in rows]


async def has_given(member_id: str, campaign: str) -> bool:
    """Whether a donation of the member to the campaign was ever confirmed."""
    row = await database.fetch_one(
        "SELECT 1 FROM donation JOIN donation_resolution AS resolution"
        " ON resolution.donation_id = donation.id"
        " WHERE member_id = ? AND campaign = ? AND outcome = 'CONFIRMED' LIMIT 1",
        member_id,
        campaign,
    )
    return row is not None


def _donation(row: Row) -> Donation:
    values = dict(zip(DONATIONS.columns, row[:_OWN], strict=True))
    values["anonymous"], values["at_once"] = bool(values["anonymous"]), bool(values["at_once"])
    return Donation(**values, resolution=_resolution(row[_OWN:-1]), receipt=row[-1])


def _resolution(columns: Row) -> Resolution | None:
    donation_id, outcome, source, entry_id, resolved_at = columns
    if donation_id is None:
        return None
    return Resolution(
        donation_id=donation_id,
        outcome=Outcome(outcome),
        source=source,
        entry_id=entry_id,
        resolved_at=resolved_at,
    )
