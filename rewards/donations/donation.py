"""A donation: held, then confirmed or cancelled, else let go by itself."""

from enum import StrEnum
from typing import Final

import msgspec

from kit import clock
from kit.clock import Instant

HELD_FOR: Final = 15 * clock.MINUTE
"""How long a donation waits for its confirmation, in microseconds."""


class Outcome(StrEnum):
    """How a donation was resolved."""

    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class DonationState(StrEnum):
    """Where a donation is in its life."""

    HELD = "HELD"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class Resolution(msgspec.Struct, frozen=True, kw_only=True):
    """How a donation was resolved, by which request and entry."""

    donation_id: str
    outcome: Outcome
    source: str
    entry_id: str
    resolved_at: Instant


class Donation(msgspec.Struct, frozen=True, kw_only=True):
    """What was given, and what became of it.

    `source` is the request that it came by and `entry_id` the journal's hold; one given `at_once`
    was confirmed by the same request. `receipt` is its number in the charity's own count.
    `matched` points come with matching pools.
    """

    id: str
    member_id: str
    campaign: str
    version: int
    charity: str
    currency: str
    points: int
    anonymous: bool
    at_once: bool
    source: str
    entry_id: str
    donated_at: Instant
    release_at: Instant
    resolution: Resolution | None = None
    receipt: int | None = None
    matched: int = 0

    def state(self, at: Instant) -> DonationState:
        """Where it is at that instant. Nothing has to happen for a hold to time out."""
        if self.resolution is not None:
            return DonationState(self.resolution.outcome)
        return DonationState.HELD if at < self.release_at else DonationState.EXPIRED
