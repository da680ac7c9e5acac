"""Donating: points are set aside for a campaign's charity, and confirmed at once or later."""

import msgspec

from gamification import engine
from gamification.engine import Spent
from kit import clock, database, ids
from kit.errors import IdempotencyConflict, InvalidInput, NotAvailable
from rewards.currencies import AMOUNT_MAX
from rewards.donations.confirming import confirm_held
from rewards.donations.definition import Campaign, account_of
from rewards.donations.donation import HELD_FOR, Donation
from rewards.donations.listing import find_campaign
from rewards.donations.models import DONATIONS
from rewards.donations.reading import find_by_source
from rewards.donations.thermometer import OPEN, CampaignState, Thermometer
from rewards.once import once


class Donated(msgspec.Struct, frozen=True):
    """The donation, and whether an earlier request of the same source had led to it."""

    donation: Donation
    replayed: bool


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for: the same source must ask for the same."""

    member_id: str
    campaign: str
    points: int
    anonymous: bool
    at_once: bool
    source: str


async def donate(
    member_id: str,
    *,
    campaign: str,
    points: int,
    source: str,
    anonymous: bool = False,
    confirm: bool = True,
) -> Donated:
    """Give points to a campaign, once a source; without `confirm` they are only held, 15 minutes.

    Raises `NotFound`, `NotAvailable` outside the campaign's window, `InvalidInput` below its
    minimum, `InsufficientPoints`, and `IdempotencyConflict` where the source was used otherwise.
    """
    wish = _Wish(
        member_id=member_id,
        campaign=campaign,
        points=points,
        anonymous=anonymous,
        at_once=confirm,
        source=source,
    )
    return await database.unit_of_work(once, lambda: _known(wish), lambda: _donate(wish))


async def _known(wish: _Wish) -> Donated | None:
    donation = await find_by_source(wish.source)
    if donation is None:
        return None
    if _wish_of(donation) != wish:
        raise IdempotencyConflict(wish.source)
    return Donated(donation, replayed=True)


async def _donate(wish: _Wish) -> Donated:
    thermometer = await find_campaign(wish.campaign)
    campaign, now = thermometer.campaign, clock.now()
    _check_open(campaign, thermometer.state(now))
    _check_points(campaign, wish.points)
    async with database.transaction():
        held = await engine.hold(
            wish.member_id,
            points=wish.points,
            currency=campaign.currency,
            account=account_of(campaign.charity),
            subject=f"campaign:{campaign.key}@{thermometer.version}",
            source=wish.source,
            release_at=now + HELD_FOR,
        )
        if held.replayed:
            return await _twin(wish)
        donation = _held(wish, thermometer, held)
        await database.insert(DONATIONS, [[getattr(donation, name) for name in DONATIONS.columns]])
        if not wish.at_once:
            return Donated(donation, replayed=False)
        confirmed = await confirm_held(donation, source=f"confirm:{donation.id}")
        assert confirmed is not None  # Nobody can have used that source before.
        return Donated(confirmed, replayed=False)


async def _twin(wish: _Wish) -> Donated:
    donated = await _known(wish)
    if donated is None:  # The source has held these points for something else.
        raise IdempotencyConflict(wish.source)
    return donated


def _held(wish: _Wish, thermometer: Thermometer, held: Spent) -> Donation:
    campaign, entry = thermometer.campaign, held.entry
    assert entry.facts.release_at is not None
    return Donation(
        id=ids.new(),
        member_id=wish.member_id,
        campaign=campaign.key,
        version=thermometer.version,
        charity=campaign.charity,
        currency=campaign.currency,
        points=wish.points,
        anonymous=wish.anonymous,
        at_once=wish.at_once,
        source=wish.source,
        entry_id=entry.id,
        donated_at=entry.at,
        release_at=entry.facts.release_at,
    )


def _wish_of(donation: Donation) -> _Wish:
    return _Wish(
        member_id=donation.member_id,
        campaign=donation.campaign,
        points=donation.points,
        anonymous=donation.anonymous,
        at_once=donation.at_once,
        source=donation.source,
    )


def _check_open(campaign: Campaign, state: CampaignState) -> None:
    if state in OPEN:
        return
    if state is CampaignState.SCHEDULED:
        why = f"it begins at {clock.isoformat(campaign.starts_at)}"
    else:
        why = "it is closed"
    raise NotAvailable(f"The campaign '{campaign.key}'", why)


def _check_points(campaign: Campaign, points: int) -> None:
    if not campaign.minimum <= points <= AMOUNT_MAX:
        raise InvalidInput.at("points", f"must be from {campaign.minimum:,} to {AMOUNT_MAX:,}")
