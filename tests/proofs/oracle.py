"""A naive ledger: all that was accepted, told again from the beginning each time it is asked.

It knows nothing of standings, effects, checkpoints or differences, only what points are.
"""

from dataclasses import dataclass, field, replace

from kit.clock import DAY

NEVER = 1 << 62
WHOLE = 1_000_000


@dataclass(slots=True)
class Lot:
    """What is left of points that came together."""

    key: str
    points: int
    at: int
    available_at: int
    expires_at: int

    @property
    def order(self):
        return self.expires_at, self.at, self.key


@dataclass(frozen=True, kw_only=True)
class Money:
    """What a currency promises."""

    pending: int = 0
    lasting: int | None = None
    writes_off: bool = False

    def lot(self, key, points, at):
        expires_at = NEVER if self.lasting is None else at + self.lasting
        return Lot(key, points, at, at + self.pending, expires_at)


MONIES = {
    "points": Money(pending=DAY, lasting=5 * DAY),
    "miles": Money(writes_off=True),
    "gems": Money(lasting=9 * DAY),
}


@dataclass
class Hold:
    """Points set aside, from which lots, and how many of them the house put in."""

    currency: str
    points: int
    release_at: int
    lots: list
    written_off: int


@dataclass
class Purse:
    """One member's points of one currency."""

    money: Money
    lots: list = field(default_factory=list)
    debt: int = 0

    def put(self, lot):
        paid = min(self.debt, lot.points)
        self.debt -= paid
        rest = replace(lot, points=lot.points - paid)
        same = [one for one in self.lots if one.key == lot.key]
        if same:
            same[0].points += rest.points
        elif rest.points:
            self.lots.append(rest)

    def take(self, points, at):
        """The lots used, and what the house had to put in for want of any."""
        available = [one for one in self.lots if one.available_at <= at]
        pending = [one for one in self.lots if one.available_at > at]
        taken = []
        in_order = sorted(available, key=lambda one: one.order)
        in_order += sorted(pending, key=lambda one: (one.available_at, *one.order))
        for lot in in_order:
            part = min(points, lot.points)
            lot.points -= part
            points -= part
            if part:
                taken.append(replace(lot, points=part))
        self.lots = [one for one in self.lots if one.points]
        if self.money.writes_off:
            return taken, points
        self.debt += points
        return taken, 0

    def expire(self, now):
        self.lots = [one for one in self.lots if one.expires_at > now]

    def balance(self, now):
        return sum(one.points for one in self.lots if one.available_at <= now) - self.debt

    def pending(self, now):
        return sum(one.points for one in self.lots if one.available_at > now)


@dataclass
class Told:
    """What everything comes to for one member at an instant."""

    purses: dict
    holds: dict
    used: dict

    def seen(self, currency, now):
        """Balance, pending, held, and the open lots."""
        purse = self.purses[currency]
        held = sum(one.points for one in self.holds.values() if one.currency == currency)
        lots = {one.key: (one.points, one.available_at, one.expires_at) for one in purse.lots}
        return purse.balance(now), purse.pending(now), held, lots


@dataclass
class Oracle:
    """What happened to everybody: `(at, source, what, facts)` of each member.

    `purchases` are who made them and their amounts, `taken` what was taken back of them, as
    (share, amount), and `granted` what the budget allowed them. `payments` say what points paid
    for a purchase, and how much of it was gone by then; `returned` how many of a spend's points
    were given back; `rates` what a unit was worth since when, oldest version first.
    """

    events: dict = field(default_factory=dict)
    purchases: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)
    granted: dict = field(default_factory=dict)
    payments: dict = field(default_factory=dict)
    held_for: dict = field(default_factory=dict)
    returned: dict = field(default_factory=dict)
    rates: list = field(default_factory=lambda: [(-NEVER, 1)])

    def note(self, member, at, source, what, **facts):
        self.events.setdefault(member, []).append((at, source, what, facts))

    def gone(self, source):
        """How much of a purchase is taken back, in millionths, rounded up but for a last unit."""
        amount = self.purchases[source][1]
        share, money = map(sum, zip((0, 0), *self.taken.get(source, []), strict=True))
        if not money or share * amount + money * WHOLE >= WHOLE * amount:
            return min(WHOLE, share + (WHOLE if money else 0))
        return min(WHOLE - 1, share - (-money * WHOLE // amount))

    def left_of(self, source):
        """What is left of a purchase's amount."""
        amount = self.purchases[source][1]
        share, money = map(sum, zip((0, 0), *self.taken.get(source, []), strict=True))
        return amount - min(amount, money - (-amount * min(WHOLE, share) // WHOLE))

    def retract(self, source, share, amount):
        self.taken[source] = [*self.taken.get(source, []), (share, amount)]

    def pay(self, activity, source, points):
        """A spend pays for a purchase; a hold (of no points yet) may do so once it is captured."""
        if points:
            paid = source, points, self.gone(activity)
            self.payments.setdefault(activity, []).append(paid)
        else:
            self.held_for[source] = activity, self.gone(activity)

    def pay_by_hold(self, hold, source, points):
        """A hold is captured: the purchase it pays for, if any; agreed on when it was held."""
        if hold not in self.held_for:
            return ""
        activity, gone = self.held_for[hold]
        self.payments.setdefault(activity, []).append((source, points, gone))
        return activity

    def due(self, activity):
        """What is given back of the payments for a purchase, in all: the share that is gone."""
        gone = self.gone(activity)
        return {
            source: paid * (gone - before) // (WHOLE - before)
            for source, paid, before in self.payments.get(activity, [])
            if before < WHOLE
        }

    def owed_after(self, source, part, now):
        """The debt in gems that taking back such a part would leave."""
        trial = replace(self, taken=dict(self.taken), returned=dict(self.returned))
        if part is None or part == 0:
            trial.retract(source, WHOLE, 0)
        elif type(part) is int:
            trial.retract(source, 0, part)
        else:
            trial.retract(source, int(part * WHOLE), 0)
        if not trial.left_of(source):
            trial.retract(source, WHOLE, 0)
        trial.returned |= trial.due(source)
        return trial.tell(self.purchases[source][0], now).purses["gems"].debt

    def tell(self, member, now):
        """The member's purses and holds at an instant."""
        self._told = Told({key: Purse(money) for key, money in MONIES.items()}, {}, {})
        for at, source, what, facts in sorted(self.events.get(member, []), key=lambda one: one[:2]):
            self._pass_time(at)
            getattr(self, f"_{what}")(at, source, **facts)
        self._pass_time(now)
        return self._told

    def _pass_time(self, to):
        # What falls due, one instant after the other: points expire, then holds end.
        told = self._told
        while True:
            dues = [one.expires_at for purse in told.purses.values() for one in purse.lots]
            dues += [hold.release_at for hold in told.holds.values()]
            if not dues or min(dues) > to:
                return
            now = min(dues)
            for purse in told.purses.values():
                purse.expire(now)
            for source in sorted(told.holds):
                if told.holds[source].release_at <= now:
                    self._release(now, "", source)

    def _earn(self, at, source, amount):
        left = self.left_of(source)
        rate = [rate for since, rate in self.rates if since <= at][-1]
        for currency, rule, points in (
            ("points", "by-amount", left * rate),
            ("miles", "miles", left // 2),
            ("gems", "gems", min(left // 3, self.granted.get(source, 0))),
        ):
            if points:
                lot = MONIES[currency].lot(f"earn:{source}:{rule}", points, at)
                self._told.purses[currency].put(lot)

    def _give(self, at, source, currency, points, expires_at):
        points -= self.returned.get(source, 0)
        lot = MONIES[currency].lot(f"adjust:{source}", points, at)
        lot.available_at = at
        lot.expires_at = lot.expires_at if expires_at is None else expires_at
        self._told.purses[currency].put(lot)

    def _receive(self, at, source, currency, portions):
        for number, (points, expires_at) in enumerate(portions):
            lot = Lot(f"grant:{source}:{number}", points, at, at, expires_at)
            self._told.purses[currency].put(lot)

    def _spend(self, at, source, currency, points):
        points -= self.returned.get(source, 0)
        if points:
            self._told.used[source], _ = self._told.purses[currency].take(points, at)

    def _hold(self, at, source, currency, points, release_at):
        taken, written_off = self._told.purses[currency].take(points, at)
        self._told.used[source] = taken
        self._told.holds[source] = Hold(currency, points, release_at, taken, written_off)

    def _capture(self, at, source, hold, points):
        if hold not in self._told.holds:
            return
        whole = self._told.holds[hold]
        paid = (points or whole.points) - self.returned.get(source, 0)
        rest = replace(whole, points=whole.points - paid, lots=[])
        for lot in whole.lots:
            part = min(paid, lot.points)
            paid -= part
            rest.lots.append(replace(lot, points=lot.points - part))
        rest.written_off = max(0, whole.written_off - paid)
        self._told.holds[hold] = rest
        self._release(at, source, hold)

    def _release(self, at, source, hold):
        gone = self._told.holds.pop(hold, None)
        if gone is None:
            return
        purse = self._told.purses[gone.currency]
        for lot in gone.lots:
            purse.put(lot)
        # What was held as a debt has no lot to go back to: it comes like an earning of now.
        owed = gone.points - sum(one.points for one in gone.lots) - gone.written_off
        purse.put(purse.money.lot(f"release:{hold}", owed, at))
        purse.expire(at)
