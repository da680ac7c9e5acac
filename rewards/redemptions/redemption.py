"""A redemption: a reward that a member has had for points."""

from enum import StrEnum

import msgspec

from kit import clock
from kit.clock import Instant
from rewards.catalogue import Offer


class RedemptionState(StrEnum):
    """The voucher is out, was used, was not used in time, or its points went back."""

    ISSUED = "ISSUED"
    USED = "USED"
    EXPIRED = "EXPIRED"
    RETURNED = "RETURNED"


class Outcome(StrEnum):
    """What ends a redemption, once for all."""

    USED = "USED"
    RETURNED = "RETURNED"


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How a redemption ended: by which request, why, by whose hand, and when.

    `entry_id` is the journal's entry that gave the points back.
    """

    redemption_id: str
    outcome: Outcome
    source: str
    entry_id: str | None
    reason: str
    actor: str
    ended_at: Instant


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `ordinal` counts the member's redemptions of this reward from 1.

    With an `activity` (its source) the reward was used in that purchase: no code is to be shown,
    and the refund of the purchase gives the points back. `returned` are those that went back so.
    """

    id: str
    member_id: str
    reward: str
    version: int
    currency: str
    points: int
    ordinal: int
    source: str
    entry_id: str
    redeemed_at: Instant
    voucher_hash: str
    voucher_expires_at: Instant | None
    activity: str = ""
    end: End | None = None
    returned: int = 0

    def state(self, at: Instant) -> RedemptionState:
        """Where it is in its life at that instant."""
        if self.end is not None:
            return RedemptionState(self.end.outcome.value)
        if self.activity:
            is_back = self.returned >= self.points
            return RedemptionState.RETURNED if is_back else RedemptionState.USED
        expires_at = self.voucher_expires_at
        if expires_at is not None and at >= expires_at:
            return RedemptionState.EXPIRED
        return RedemptionState.ISSUED


def voucher_expiry(offer: Offer, at: Instant) -> Instant | None:
    """Until when a voucher that is issued at that instant is good."""
    days = offer.reward.voucher_valid_days
    return None if days is None else at + days * clock.DAY
