"""A redemption: a reward that a member has had for points."""

from enum import StrEnum

import msgspec

from kit import clock
from kit.clock import Instant
from rewards.catalogue import Offer


class RedemptionState(StrEnum):
    """The voucher is out, or was not used in time."""

    ISSUED = "ISSUED"
    EXPIRED = "EXPIRED"


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `ordinal` counts the member's redemptions of this reward from 1."""

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

    def state(self, at: Instant) -> RedemptionState:
        """Where it is in its life at that instant."""
        expires_at = self.voucher_expires_at
        if expires_at is not None and at >= expires_at:
            return RedemptionState.EXPIRED
        return RedemptionState.ISSUED


def voucher_expiry(offer: Offer, at: Instant) -> Instant | None:
    """Until when a voucher that is issued at that instant is good."""
    days = offer.reward.voucher_valid_days
    return None if days is None else at + days * clock.DAY
