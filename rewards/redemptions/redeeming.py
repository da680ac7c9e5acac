"""Redeeming: points, stock and voucher change hands together, or nothing does."""

import msgspec

from gamification import engine, ledger
from gamification.engine import Spent, View
from kit import database, ids, outbox
from kit.errors import IdempotencyConflict, NotAvailable, SoldOut
from kit.settings import settings
from rewards import catalogue
from rewards.catalogue import LockReason, Offer
from rewards.once import once
from rewards.redemptions.models import REDEMPTIONS
from rewards.redemptions.reading import counts_of, find_by_source, next_ordinal
from rewards.redemptions.redemption import Redemption, voucher_expiry
from rewards.redemptions.vouchers import code_of, hash_of


class Redeemed(msgspec.Struct, frozen=True):
    """The redemption, and whether an earlier request of the same source had led to it."""

    redemption: Redemption
    replayed: bool


async def redeem(member_id: str, *, reward: str, source: str, activity: str = "") -> Redeemed:
    """Let the member have the reward for its price, once a source.

    `activity` is the source of the member's purchase in which it is used there and then: when that
    is taken back, the points go back to their lots. Raises `NotFound`, `NotAvailable`, `SoldOut`,
    `InsufficientPoints`, `AlreadyResolved` (nothing is left of the activity) and
    `IdempotencyConflict` where the source was used for something else.
    """
    return await database.unit_of_work(
        once,
        lambda: _known(member_id, reward, source, activity),
        lambda: _redeem(member_id, reward, source, activity),
    )


async def _known(member_id: str, reward: str, source: str, activity: str) -> Redeemed | None:
    redemption = await find_by_source(source)
    if redemption is None:
        return None
    asked = member_id, reward, activity
    if (redemption.member_id, redemption.reward, redemption.activity) != asked:
        raise IdempotencyConflict(source)
    return Redeemed(redemption, replayed=True)


async def _redeem(member_id: str, reward: str, source: str, activity: str) -> Redeemed:
    offer = await catalogue.find(reward)
    view = await engine.standing_of(member_id)
    await _refuse_locked(offer, view)
    return await _exchange(offer, view, source, activity)


async def _exchange(offer: Offer, view: View, source: str, activity: str) -> Redeemed:
    price = offer.reward.cost
    async with database.transaction():
        # This takes the member's lock, so what is counted of the member below stays true.
        spent = await engine.spend(
            view.member_id,
            points=price.amount,
            currency=price.currency,
            account=ledger.REDEMPTION,
            subject=f"reward:{offer.reward.key}@{offer.version}",
            source=source,
            activity=activity,
        )
        if spent.replayed:
            return await _twin(view.member_id, offer.reward.key, source, activity)
        await _refuse_locked(offer, view)
        ordinal = await next_ordinal(view.member_id, offer.reward.key)
        redemption = _issued(offer, spent, ordinal=ordinal)
        await catalogue.take_one(offer.reward)
        await database.insert(REDEMPTIONS, [_row(redemption)])
        await outbox.announce([_announcement(redemption)])
    return Redeemed(redemption, replayed=False)


async def _refuse_locked(offer: Offer, view: View) -> None:
    """Raise where how many the member has had, or anything else, keeps them from another."""
    reward = offer.reward.key
    had = (await counts_of(view.member_id, [reward])).get(reward, 0)
    lock = catalogue.lock_of(offer, view, had=had)
    if lock is None:
        return
    if lock.reason is LockReason.SOLD_OUT:
        raise SoldOut(reward)
    raise NotAvailable(f"The reward '{reward}'", lock.why)


async def _twin(member_id: str, reward: str, source: str, activity: str) -> Redeemed:
    redeemed = await _known(member_id, reward, source, activity)
    if redeemed is None:  # The source has spent these points on something else.
        raise IdempotencyConflict(source)
    return redeemed


def _issued(offer: Offer, spent: Spent, *, ordinal: int) -> Redemption:
    secret, redemption_id = settings().printing_secret(), ids.new()
    entry = spent.entry
    return Redemption(
        id=redemption_id,
        member_id=entry.member_id,
        reward=offer.reward.key,
        version=offer.version,
        currency=offer.reward.cost.currency,
        points=offer.reward.cost.amount,
        ordinal=ordinal,
        source=entry.source,
        entry_id=entry.id,
        redeemed_at=entry.at,
        voucher_hash=hash_of(code_of(redemption_id, secret=secret), secret=secret),
        voucher_expires_at=voucher_expiry(offer, entry.at),
        activity=entry.target,
    )


def _row(redemption: Redemption) -> tuple[object, ...]:
    return tuple(getattr(redemption, name) for name in REDEMPTIONS.columns)


def _announcement(redemption: Redemption) -> outbox.Announcement:
    fact = {
        "type": "reward.redeemed",
        "at": redemption.redeemed_at,
        "reward": redemption.reward,
        "redemption": redemption.id,
    }
    return outbox.Announcement(redemption.member_id, [fact], redemption.entry_id)
