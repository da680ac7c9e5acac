"""What a wallet's lots add up to, kept at hand: a wallet of 100,000 lots is not added up again."""

from bisect import bisect_right, insort
from collections.abc import Sequence
from operator import attrgetter

from gamification.ledger.lot import NEVER, Lot
from kit.clock import Instant


class Tally:
    """The points of all lots; of those that ripen, by when; and that await an event, by which.

    It looks forward only: what was ripe once (`ripe_at`) is no longer among what ripens.
    """

    __slots__ = ("awaited", "awaiting", "points", "ripe_at", "ripening", "unripe")

    def __init__(self, lots: Sequence[Lot]) -> None:
        self.points: int = sum(map(attrgetter("points"), lots))
        self.awaited = 0
        self.unripe = 0
        # All that is here was earned by now, so that this is no later than now.
        self.ripe_at: Instant = max(map(attrgetter("at"), lots), default=-NEVER)
        self.awaiting: dict[str, list[Lot]] = {}
        self.ripening: list[Lot] = []
        for lot in [lot for lot in lots if lot.available_at > self.ripe_at]:
            if lot.awaits:
                self._await(lot)
            else:
                self.ripening.append(lot)
                self.unripe += lot.points
        self.ripening.sort(key=_available)

    def add(self, lot: Lot) -> None:
        """One more lot."""
        self.ripen(lot.at)
        self.points += lot.points
        if lot.awaits:
            self._await(lot)
        elif lot.available_at > self.ripe_at:
            if self.ripening and self.ripening[-1].available_at <= lot.available_at:
                self.ripening.append(lot)
            else:
                insort(self.ripening, lot, key=_available)
            self.unripe += lot.points

    def added(self, lot: Lot, points: int) -> None:
        """A lot that is here has so many points more (or, below 0, less)."""
        self.points += points
        if not lot.awaits and lot.available_at > self.ripe_at:
            self.unripe += points

    def remove(self, lot: Lot, at: Instant) -> None:
        """A lot is gone at that instant, with the points that it has."""
        self.ripen(at)
        self.points -= lot.points
        if lot.awaits:
            self.awaited -= lot.points
            self.awaiting[lot.awaits].remove(lot)
        elif lot.available_at > self.ripe_at:
            self.unripe -= lot.points
            self.ripening.remove(lot)

    def ripen(self, at: Instant) -> None:
        """Forget when that ripened which is ripe by now."""
        if at <= self.ripe_at:
            return
        self.ripe_at = at
        if self.ripening and self.ripening[0].available_at <= at:
            ripe = bisect_right(self.ripening, at, key=_available)
            self.unripe -= sum(lot.points for lot in self.ripening[:ripe])
            del self.ripening[:ripe]

    def pending(self, at: Instant) -> int:
        """The points that cannot be spent yet."""
        ripe = bisect_right(self.ripening, at, key=_available)
        return self.awaited + self.unripe - sum(lot.points for lot in self.ripening[:ripe])

    def arrived(self, awaits: str) -> list[Lot]:
        """The lots that awaited just this; they do no longer."""
        lots = self.awaiting.pop(awaits, [])
        self.awaited -= sum(lot.points for lot in lots)
        return lots

    def _await(self, lot: Lot) -> None:
        self.awaited += lot.points
        self.awaiting.setdefault(lot.awaits, []).append(lot)


def _available(lot: Lot) -> Instant:
    return lot.available_at
