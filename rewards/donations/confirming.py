"""Confirming: the held points go to the charity, with a receipt and a rise of the thermometer."""

from typing import Final

import msgspec

from gamification import engine
from kit import database, outbox
from rewards.donations.donation import Donation, Outcome, Resolution
from rewards.donations.models import RECEIPTS, RESOLUTIONS
from rewards.donations.reading import has_given

_NEXT_RECEIPT: Final = (
    "INSERT INTO receipt_counter (charity, last) VALUES (?, 1)"
    " ON CONFLICT (charity) DO UPDATE SET last = receipt_counter.last + 1 RETURNING last"
)
_RISE: Final = (
    "INSERT INTO campaign_total (campaign, currency, raised, donations, donors)"
    " VALUES (?, ?, ?, 1, 1) ON CONFLICT (campaign, currency) DO UPDATE SET"
    " raised = campaign_total.raised + excluded.raised,"
    " donations = campaign_total.donations + 1, donors = campaign_total.donors + ?"
)


async def confirm_held(donation: Donation, *, source: str) -> Donation | None:
    """Pay it out inside the caller's transaction; None where this source has done so before.

    Raises `AlreadyResolved` where the hold is gone. The rows that all donors share come last, the
    charity's before the campaign's: their locks are short, and nobody can meet them in a circle.
    """
    captured = await engine.capture(donation.member_id, hold_source=donation.source, source=source)
    if captured.replayed:
        return None
    is_new_donor = not await has_given(donation.member_id, donation.campaign)
    resolution = Resolution(
        donation_id=donation.id,
        outcome=Outcome.CONFIRMED,
        source=source,
        entry_id=captured.entry.id,
        resolved_at=captured.entry.at,
    )
    await database.insert(RESOLUTIONS, [msgspec.structs.astuple(resolution)])
    await outbox.announce([_announcement(donation, resolution)])
    receipt = await _issue_receipt(donation, resolution)
    risen = donation.campaign, donation.currency, donation.points, int(is_new_donor)
    await database.execute(_RISE, *risen)
    return msgspec.structs.replace(donation, resolution=resolution, receipt=receipt)


async def _issue_receipt(donation: Donation, resolution: Resolution) -> int:
    row = await database.fetch_one(_NEXT_RECEIPT, donation.charity)
    assert row is not None
    number: int = row[0]
    await database.insert(
        RECEIPTS, [(donation.charity, number, donation.id, resolution.resolved_at)]
    )
    return number


def _announcement(donation: Donation, resolution: Resolution) -> outbox.Announcement:
    fact = {
        "type": "donation.confirmed",
        "at": resolution.resolved_at,
        "campaign": donation.campaign,
        "charity": donation.charity,
        "currency": donation.currency,
        "points": donation.points,
        "donation": donation.id,
        "anonymous": donation.anonymous,
    }
    return outbox.Announcement(donation.member_id, [fact], resolution.entry_id)
