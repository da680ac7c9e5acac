"""A lot: what is left of one earning."""

import msgspec

from kit.clock import Instant

NEVER: Instant = 1 << 62
"""An expiry that does not come."""
SLIDING: Instant = NEVER - 1
"""The expiry of lots that all expire when their wallet's `slides_until` has come."""


class Lot(msgspec.Struct, array_like=True, gc=False):
    """What is left of one earning. Spendable from `available_at` until just before `expires_at`.

    One that `awaits` an event (see `Terms`) becomes spendable with it.
    """

    expires_at: Instant
    at: Instant
    key: str
    points: int
    available_at: Instant
    awaits: str = ""

    @property
    def order(self) -> tuple[Instant, Instant, str]:
        """Soonest expiry is spent first, then the earlier earning."""
        return self.expires_at, self.at, self.key


Share = tuple[str, int]
"""A lot's key and how many points were taken from it."""
