"""Resolving what is held: each donation is confirmed or cancelled once."""

import msgspec

from gamification import engine
from kit import clock, database
from kit.errors import AlreadyResolved, IdempotencyConflict
from rewards.donations.confirming import confirm_held
from rewards.donations.donating import Donated
from rewards.donations.donation import Donation, DonationState, Outcome, Resolution
from rewards.donations.models import RESOLUTIONS
from rewards.donations.reading import find
from rewards.once import once


async def confirm(member_id: str, *, donation: str, source: str) -> Donated:
    """Confirm the member's held donation, although its campaign may have closed meanwhile.

    Raises `NotFound`, `AlreadyResolved` where it is confirmed by another source, cancelled or
    timed out, and `IdempotencyConflict` where the source was used otherwise.
    """
    return await _resolve(member_id, donation, source, Outcome.CONFIRMED)


async def cancel(member_id: str, *, donation: str, source: str) -> Donated:
    """Give the points of the member's held donation back to the lots that they came from.

    Raises as `confirm` does: what is confirmed or timed out cannot be cancelled.
    """
    return await _resolve(member_id, donation, source, Outcome.CANCELLED)


async def _resolve(member_id: str, donation_id: str, source: str, outcome: Outcome) -> Donated:
    return await database.unit_of_work(
        once,
        lambda: _known(member_id, donation_id, source, outcome),
        lambda: _act(member_id, donation_id, source, outcome),
    )


async def _known(member_id: str, donation_id: str, source: str, outcome: Outcome) -> Donated | None:
    donation = await find(donation_id, member_id=member_id)
    resolution = donation.resolution
    if resolution is None or resolution.source != source:
        return None
    if resolution.outcome is not outcome:
        raise IdempotencyConflict(source)
    return Donated(donation, replayed=True)


async def _act(member_id: str, donation_id: str, source: str, outcome: Outcome) -> Donated:
    donation = await find(donation_id, member_id=member_id)
    if donation.state(clock.now()) is not DonationState.HELD:
        raise AlreadyResolved("The donation")
    act = confirm_held if outcome is Outcome.CONFIRMED else _cancel_held
    async with database.transaction():
        resolved = await act(donation, source=source)
    if resolved is None:
        return await _twin(member_id, donation_id, source, outcome)
    return Donated(resolved, replayed=False)


async def _cancel_held(donation: Donation, *, source: str) -> Donation | None:
    released = await engine.release(donation.member_id, hold_source=donation.source, source=source)
    if released.replayed:
        return None
    resolution = Resolution(
        donation_id=donation.id,
        outcome=Outcome.CANCELLED,
        source=source,
        entry_id=released.entry.id,
        resolved_at=released.entry.at,
    )
    await database.insert(RESOLUTIONS, [msgspec.structs.astuple(resolution)])
    return msgspec.structs.replace(donation, resolution=resolution)


async def _twin(member_id: str, donation_id: str, source: str, outcome: Outcome) -> Donated:
    donated = await _known(member_id, donation_id, source, outcome)
    if donated is None:  # The source has resolved something else.
        raise IdempotencyConflict(source)
    return donated
