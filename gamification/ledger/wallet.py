"""A wallet: one member's points of one currency, as lots that expire together."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from functools import cached_property

import msgspec

from gamification.ledger.lot import NEVER, SLIDING, Lot, Share
from gamification.ledger.tally import Tally
from kit.clock import Instant


class Wallet(msgspec.Struct, array_like=True, dict=True):
    """Open lots by expiry, points set aside, and a debt if there is one.

    `debt` is what accepted spends took beyond what was there once a refund shrank an earning; the
    next earnings pay it. `lifetime` is all that was ever earned. Lots that expire `SLIDING` do so
    together, at `slides_until`; `slides_since` is when the first of them came in.
    """

    lots: list[Lot] = []
    debt: int = 0
    held: int = 0
    lifetime: int = 0
    slides_until: Instant | None = None
    slides_since: Instant | None = None

    def balance(self, at: Instant) -> int:
        """What can be spent at that instant; below zero by a debt."""
        return self._tally.points - self._tally.pending(at) - self.debt

    def pending(self, at: Instant) -> int:
        """What was earned but cannot be spent yet."""
        return self._tally.pending(at)

    def total(self) -> int:
        """Everything in the wallet: what the ledger's entries must add up to."""
        return self._tally.points - self.debt

    def expiry_of(self, lot: Lot) -> Instant:
        """When a lot expires, as it stands now."""
        return self._slides_until if lot.expires_at == SLIDING else lot.expires_at

    def expiring_next(self, at: Instant) -> tuple[int, Instant] | None:
        """How many points expire next, and when; None where none ever do."""
        dated = self._after(at)
        sliding = self._sliding()
        soonest = self.lots[dated].expires_at if dated < sliding.start else NEVER
        if sliding and at < self._slides_until < soonest:
            soonest = self._slides_until
        if soonest >= NEVER:
            return None
        expiring = self.lots[dated : min(self._after(soonest), sliding.start)]
        if sliding and soonest == self._slides_until:
            expiring += self.lots[sliding.start : sliding.stop]
        return sum(lot.points for lot in expiring), soonest

    def deposit(self, lot: Lot) -> None:
        """Put an earning in. A debt is paid from it first, unless it awaits an event."""
        tally = self._tally
        self.lifetime += lot.points
        self._pay_debt(lot)
        if not lot.points:
            return
        if not self.lots or self.lots[-1].order < lot.order:
            self.lots.append(lot)
        else:
            insort(self.lots, lot, key=_order)
        tally.add(lot)

    def take(self, points: int, at: Instant) -> list[Share]:
        """Spend points and say how many from which lots; what is short becomes a debt."""
        return [(part.key, part.points) for part in self.draw(points, at)]

    def draw(self, points: int, at: Instant) -> list[Lot]:
        """Spend points and give the parts of lots that they were.

        Where there are too few, those that ripen soonest go next, and what is short then becomes
        a debt. What awaits an event is left alone: it may never be the member's.
        """
        tally = self._tally
        tally.ripen(at)
        parts: list[Lot] = []
        touched: list[range] = []
        for places in self._in_spending_order():
            if points > 0:
                points = self._draw_from(places, points, at, parts, touched)
        for places in sorted(touched, key=_start, reverse=True):
            visited = self.lots[places.start : places.stop]
            self.lots[places.start : places.stop] = [lot for lot in visited if lot.points]
        if points > 0:
            points = self._draw_unripe(points, at, parts)
        for part in parts:
            tally.added(part, -part.points)
        self.debt += points
        return parts

    def put_back(self, lots: Iterable[Lot]) -> None:
        """Return points that were taken to the lots that they came from."""
        tally = self._tally
        for lot in lots:
            if lot.expires_at == SLIDING and lot.at < self._slides_since:
                # All that slid with it has expired meanwhile, and others slide now.
                lot.expires_at = lot.at
            self._pay_debt(lot)
            place = bisect_left(self.lots, lot.order, key=_order)
            if place < len(self.lots) and self.lots[place].order == lot.order:
                self.lots[place].points += lot.points
                tally.added(self.lots[place], lot.points)
            elif lot.points:
                self.lots.insert(place, lot)
                tally.add(lot)

    def unlock(self, awaits: str, at: Instant) -> bool:
        """An event has come: what awaited it can be spent, and pays a debt. Whether any did."""
        tally = self._tally
        tally.ripen(at)
        arrived = tally.arrived(awaits)
        for lot in arrived:
            lot.available_at, lot.awaits = at, ""
            earned = lot.points
            self._pay_debt(lot)
            tally.points -= earned - lot.points
            if not lot.points:
                del self.lots[bisect_left(self.lots, lot.order, key=_order)]
        return bool(arrived)

    def begin_to_slide(self, until: Instant, at: Instant) -> Instant:
        """The expiry of sliding points that come in: that of those before them, else `until`."""
        if self.slides_until is None or self.slides_until <= at:
            self.slides_until, self.slides_since = until, at
        return self.slides_until

    def slide(self, until: Instant, at: Instant) -> None:
        """What slides and has not expired does so no sooner than `until`."""
        if self.slides_until is not None and self.slides_until > at:
            self.slides_until = max(self.slides_until, until)

    def expire(self, to: Instant) -> list[Lot]:
        """Drop the lots whose expiry has come."""
        count = self._after(to)
        sliding = self._sliding() if self._slides_until <= to else range(0)
        if not count and not sliding:
            return []
        tally = self._tally
        due = [*self.lots[:count], *self.lots[sliding.start : sliding.stop]]
        del self.lots[sliding.start : sliding.stop]
        del self.lots[:count]
        for lot in due:
            tally.remove(lot, to)
        return due

    def next_due(self) -> Instant:
        """When the next lot expires. Lots becoming spendable change no ledger entry."""
        if not self.lots:
            return NEVER
        first = self.lots[0].expires_at
        if first == SLIDING:
            return self._slides_until
        if self._slides_until < first and self._sliding():
            return self._slides_until
        return first

    @cached_property
    def _tally(self) -> Tally:
        # Asked for before the lots are changed: it is made of what they are then.
        return Tally(self.lots)

    @property
    def _slides_until(self) -> Instant:
        return NEVER if self.slides_until is None else self.slides_until

    @property
    def _slides_since(self) -> Instant:
        return -NEVER if self.slides_since is None else self.slides_since

    def _sliding(self) -> range:
        """The places of the lots that slide."""
        first = bisect_left(self.lots, SLIDING, key=_expiry)
        return range(first, bisect_left(self.lots, NEVER, lo=first, key=_expiry))

    def _after(self, at: Instant) -> int:
        """The place of the first lot that expires later than that."""
        return bisect_right(self.lots, at, key=_expiry)

    def _in_spending_order(self) -> list[range]:
        """The places of all lots; the sliding ones among the others by when they really expire."""
        if self.slides_until is None:
            return [range(len(self.lots))]
        sliding = self._sliding()
        sooner = min(self._after(self.slides_until), sliding.start)
        return [
            range(sooner),
            sliding,
            range(sooner, sliding.start),
            range(sliding.stop, len(self.lots)),
        ]

    def _draw_from(
        self, places: range, points: int, at: Instant, parts: list[Lot], touched: list[range]
    ) -> int:
        """Draw from the spendable lots at these places; what is short."""
        for place in places:
            lot = self.lots[place]
            if lot.available_at <= at:
                points = _draw(lot, points, parts)
                if not points:
                    touched.append(range(places.start, place + 1))
                    return 0
        touched.append(places)
        return points

    def _draw_unripe(self, points: int, at: Instant, parts: list[Lot]) -> int:
        """Draw from what only ripens, soonest first; what is short."""
        unripe = [lot for lot in self.lots if lot.available_at > at and not lot.awaits]
        for lot in sorted(unripe, key=self._ripening):
            points = _draw(lot, points, parts)
        self.lots = [lot for lot in self.lots if lot.points]
        return points

    def _ripening(self, lot: Lot) -> tuple[Instant, Instant, Instant, Instant, str]:
        return lot.available_at, self.expiry_of(lot), *lot.order

    def _pay_debt(self, lot: Lot) -> None:
        if self.debt and not lot.awaits:
            paid = min(lot.points, self.debt)
            self.debt -= paid
            lot.points -= paid


def _draw(lot: Lot, points: int, parts: list[Lot]) -> int:
    part = min(points, lot.points)
    if part:
        lot.points -= part
        parts.append(msgspec.structs.replace(lot, points=part))
    return points - part


def _order(lot: Lot) -> tuple[Instant, Instant, str]:
    return lot.order


def _expiry(lot: Lot) -> Instant:
    return lot.expires_at


def _start(places: range) -> int:
    return places.start
