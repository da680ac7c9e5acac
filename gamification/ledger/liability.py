"""Liability: the points that a programme owes, by the month in which they expire. Pure."""

from collections.abc import Iterable

import msgspec

from gamification.ledger.definition import Cost, Currency
from gamification.ledger.lot import NEVER, SLIDING
from gamification.ledger.wallet import Wallet
from kit.calendar import Period, index_of
from kit.clock import Instant


class Aged(msgspec.Struct, kw_only=True):
    """The points that expire in one month: to be spent now, or later, or set aside.

    `month` is `2026-03`, None for those that never expire. `cost` is in minor units of money.
    """

    month: str | None
    active: int = 0
    pending: int = 0
    held: int = 0
    cost: int | None = None

    @property
    def points(self) -> int:
        """All that is owed."""
        return self.active + self.pending + self.held


class Liability(msgspec.Struct, frozen=True, kw_only=True):
    """What members have of a currency as of a moment, and what it costs if they spend it all.

    `members` have any of it. `debt` is what others owe; it is no part of the rest. `money` is the
    ISO 4217 currency of the costs, empty where the points have no cost.
    """

    currency: str
    as_of: Instant
    members: int
    months: tuple[Aged, ...]
    total: Aged
    debt: int
    debtors: int
    money: str


class Aging:
    """Adds up the wallets of many members, as of one moment."""

    def __init__(self, currency: Currency, at: Instant) -> None:
        self._currency, self._at = currency, at
        self._months: dict[int | None, Aged] = {}
        self._members = self._debt = self._debtors = 0

    def add(self, wallet: Wallet, held: Iterable[tuple[int, Instant]]) -> None:
        """Add a member's wallet, and the parts of the points in it that are set aside.

        Such a part is how many points there are, and when they expire once they come back.
        """
        self._members += bool(wallet.lots or wallet.held)
        self._debt += wallet.debt
        self._debtors += bool(wallet.debt)
        for lot in wallet.lots:
            aged = self._of(wallet.expiry_of(lot))
            if lot.available_at <= self._at:
                aged.active += lot.points
            else:
                aged.pending += lot.points
        left = wallet.held
        for points, expires_at in held:
            self._of(_expiry(wallet, expires_at)).held += points
            left -= points
        if left:
            # A replay can set aside more than there is; what comes back of that never expires.
            self._of(NEVER).held += left

    def liability(self) -> Liability:
        """What they come to, month by month; those that never expire come last."""
        dated = sorted(one for one in self._months if one is not None)
        months = [self._months[one] for one in (*dated, None) if one in self._months]
        cost = cost_of(self._currency)
        total = Aged(month=None, cost=None if cost is None else 0)
        for aged in months:
            total.active += aged.active
            total.pending += aged.pending
            total.held += aged.held
            if cost is not None:
                # Of the running total, so that the months sum to the whole to the unit.
                aged.cost = priced(total.points, cost) - (total.cost or 0)
                total.cost = (total.cost or 0) + aged.cost
        return Liability(
            currency=self._currency.key,
            as_of=self._at,
            members=self._members,
            months=tuple(months),
            total=total,
            debt=self._debt,
            debtors=self._debtors,
            money="" if cost is None else cost.currency,
        )

    def _of(self, expires_at: Instant) -> Aged:
        # By the last moment at which they can be spent: the end of March is in March.
        zone = self._currency.zone
        month = (
            None
            if expires_at >= SLIDING
            else index_of(expires_at - 1, period=Period.MONTH, zone=zone)
        )
        found = self._months.get(month)
        if found is None:
            found = self._months[month] = Aged(month=None if month is None else named(month))
        return found


def cost_of(currency: Currency) -> Cost | None:
    """What a currency's points cost; MONEY is what it is, unless that is said otherwise."""
    if currency.cost is None and currency.money:
        return Cost(minor=1, currency=currency.money)
    return currency.cost


def priced(points: int, cost: Cost) -> int:
    """What so many points cost, in minor units; a part of a unit is a whole one."""
    return -(-points * cost.minor // cost.points)


def named(month: int) -> str:
    """`2026-03`: a civil month by its index."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _expiry(wallet: Wallet, expires_at: Instant) -> Instant:
    if expires_at != SLIDING:
        return expires_at
    return NEVER if wallet.slides_until is None else wallet.slides_until
