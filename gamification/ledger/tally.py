"""What a wallet's lots add up to, kept at hand: a wallet of 100,000 lots is not added up again."""

from bisect import bisect_right, insort
from collections.abc import Sequence

from gamification.ledger.lot import Lot
from kit.clock import Instant


class Tally:
    """The points of all lots; those that ripen, by when; and those that await an event, by which.

    It looks forward only: what is ripe by the newest earning is no longer among what ripens.
    """

    __slots__ = ("awaited", "awaiting", "points", "ripening")

    def __init__(self, lots: Sequence[Lot]) -> None:
        self.points = sum([lot.points for lot in lots])
        self.awaited = 0
        self.awaiting: dict[str, list[Lot]] = {}
        unripe = [lot for lot in lots if lot.available_at > lot.at]
        self.ripening = sorted((lot for lot in unripe if not lot.awaits), key=_available)
        for lot in unripe:
            if lot.awaits:
                self._await(lot)

    def add(self, lot: Lot) -> None:
        """One more lot."""
        self.points += lot.points
        if self.ripening and self.ripening[0].available_at <= lot.at:
            del self.ripening[: bisect_right(self.ripening, lot.at, key=_available)]
        if lot.awaits:
            self._await(lot)
        elif lot.available_at > lot.at:
            insort(self.ripening, lot, key=_available)

    def remove(self, lot: Lot, at: Instant) -> None:
        """A lot is gone at that instant, with the points that it has."""
        self.points -= lot.points
        if lot.awaits:
            self.awaited -= lot.points
            self.awaiting[lot.awaits].remove(lot)
        elif lot.available_at > at:
            self.ripening.remove(lot)

    def pending(self, at: Instant) -> int:
        """The points that cannot be spent yet."""
        first = bisect_right(self.ripening, at, key=_available)
        return self.awaited + sum(lot.points for lot in self.ripening[first:])

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
