"""A wallet: one member's points of one currency, as lots that expire together."""

from bisect import bisect_right, insort
from collections.abc import Iterable

import msgspec

from kit.clock import Instant

NEVER: Instant = 1 << 62
"""An expiry that does not come."""


class Lot(msgspec.Struct, array_like=True):
    """What is left of one earning. Spendable from `available_at` until just before `expires_at`."""

    expires_at: Instant
    at: Instant
    key: str
    points: int
    available_at: Instant

    @property
    def order(self) -> tuple[Instant, Instant, str]:
        """Soonest expiry is spent first, then the earlier earning."""
        return self.expires_at, self.at, self.key


Share = tuple[str, int]
"""A lot's key and how many points were taken from it."""


class Wallet(msgspec.Struct, array_like=True):
    """Open lots in the order in which they are spent, points set aside, and a debt if there is one.

    `debt` is what accepted spends took beyond what was there once a refund shrank an earning; the
    next earnings pay it. `lifetime` is all that was ever earned.
    """

    lots: list[Lot] = []
    debt: int = 0
    held: int = 0
    lifetime: int = 0

    def balance(self, at: Instant) -> int:
        """What can be spent at that instant; below zero by a debt."""
        return sum(lot.points for lot in self.lots if lot.available_at <= at) - self.debt

    def pending(self, at: Instant) -> int:
        """What was earned but cannot be spent yet."""
        return sum(lot.points for lot in self.lots if lot.available_at > at)

    def total(self) -> int:
        """Everything in the wallet: what the ledger's entries must add up to."""
        return sum(lot.points for lot in self.lots) - self.debt

    def expiring_next(self, at: Instant) -> tuple[int, Instant] | None:
        """How many points expire next, and when; None where none ever do."""
        soonest = min((lot.expires_at for lot in self.lots if lot.expires_at > at), default=NEVER)
        if soonest >= NEVER:
            return None
        return sum(lot.points for lot in self.lots if lot.expires_at == soonest), soonest

    def deposit(self, lot: Lot) -> None:
        """Put an earning in. A debt is paid from it first."""
        self.lifetime += lot.points
        self._pay_debt(lot)
        if lot.points:
            insort(self.lots, lot, key=_order)

    def take(self, points: int, at: Instant) -> list[Share]:
        """Spend points and say from which lots; what is short becomes a debt."""
        shares: list[Share] = []
        for lot in self.lots:
            if lot.available_at > at:
                continue
            part = min(points, lot.points)
            if part:
                lot.points -= part
                points -= part
                shares.append((lot.key, part))
            if not points:
                break
        self.lots = [lot for lot in self.lots if lot.points]
        self.debt += points
        return shares

    def put_back(self, lots: Iterable[Lot]) -> None:
        """Return points that were taken to the lots that they came from."""
        known = {lot.key: lot for lot in self.lots}
        for lot in lots:
            self._pay_debt(lot)
            if lot.key in known:
                known[lot.key].points += lot.points
            elif lot.points:
                known[lot.key] = lot
                insort(self.lots, lot, key=_order)

    def expire(self, to: Instant) -> list[Lot]:
        """Drop the lots whose expiry has come, soonest first."""
        count = bisect_right(self.lots, to, key=_expiry)
        due, self.lots = self.lots[:count], self.lots[count:]
        return due

    def next_due(self) -> Instant:
        """When the next lot expires. Lots becoming spendable change no ledger entry."""
        return self.lots[0].expires_at if self.lots else NEVER

    def _pay_debt(self, lot: Lot) -> None:
        paid = min(lot.points, self.debt)
        self.debt -= paid
        lot.points -= paid


def _order(lot: Lot) -> tuple[Instant, Instant, str]:
    return lot.order


def _expiry(lot: Lot) -> Instant:
    return lot.expires_at
