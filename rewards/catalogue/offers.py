"""Offers: rewards with what is left of them, and what keeps a member from having one."""

from enum import StrEnum

import msgspec

from gamification.engine import View
from kit import clock
from kit.clock import Instant
from rewards.catalogue.definition import Reward


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A published reward; `remaining` is how many are left, None where there is no limit."""

    reward: Reward
    version: int
    remaining: int | None


class LockReason(StrEnum):
    """Why a member cannot have a reward now, whatever their points."""

    NOT_OPEN_YET = "NOT_OPEN_YET"
    CLOSED = "CLOSED"
    TIER_TOO_LOW = "TIER_TOO_LOW"
    LIMIT_REACHED = "LIMIT_REACHED"
    SOLD_OUT = "SOLD_OUT"


class Lock(msgspec.Struct, frozen=True):
    """The reason as a code and in words."""

    reason: LockReason
    why: str


def offer_of(reward: Reward, *, version: int, taken: int) -> Offer:
    """The reward with what is left once `taken` of it are gone."""
    remaining = None if reward.stock is None else max(0, reward.stock - taken)
    return Offer(reward=reward, version=version, remaining=remaining)


def has_ended(reward: Reward, at: Instant) -> bool:
    """Whether it is over for good."""
    return reward.ends_at is not None and at >= reward.ends_at


def affordable(reward: Reward, view: View) -> bool:
    """Whether the member's spendable points cover the price."""
    wallet = view.standing.wallets.get(reward.cost.currency)
    return wallet is not None and wallet.balance(view.at) >= reward.cost.amount


def lock_of(offer: Offer, view: View, *, had: int) -> Lock | None:
    """What keeps the member from the reward, once they had `had` of it; None where nothing does."""
    return locked(offer, tiers=tiers_reached(view), had=had, at=view.at)


def locked(offer: Offer, *, tiers: frozenset[str], had: int, at: Instant) -> Lock | None:
    """The same for somebody who has reached `tiers`. What cannot be helped is named first."""
    reward = offer.reward
    if has_ended(reward, at):
        return Lock(LockReason.CLOSED, "it is over")
    if reward.starts_at is not None and at < reward.starts_at:
        opens = clock.isoformat(reward.starts_at)
        return Lock(LockReason.NOT_OPEN_YET, f"it opens at {opens}")
    if reward.tier and reward.tier not in tiers:
        return Lock(LockReason.TIER_TOO_LOW, f"it takes the tier '{reward.tier}'")
    if reward.per_member is not None and had >= reward.per_member:
        return Lock(LockReason.LIMIT_REACHED, f"each member may have {reward.per_member}")
    if offer.remaining == 0:
        return Lock(LockReason.SOLD_OUT, "none is left")
    return None


def tiers_reached(view: View) -> frozenset[str]:
    """The member's tier and all below it."""
    compiled = view.edition.tier_set
    if compiled is None:
        return frozenset()
    state = view.standing.tiers.get(compiled.tier_set.key)
    level = state.level if state is not None else 0
    return frozenset(tier.key for tier in compiled.tier_set.levels[: level + 1])
