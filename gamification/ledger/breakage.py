"""Breakage: what became of the points of each month in which they were earned. Pure."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gamification.ledger.liability import named
from gamification.ledger.lot import Lot, Share
from gamification.ledger.models import ADJUSTMENT, HELD, MEMBER, WRITE_OFF, EntryKind
from gamification.ledger.posting import Posting
from kit.calendar import Period, index_of
from kit.clock import Instant


class Cohort(msgspec.Struct, kw_only=True):
    """The points that members got in one month (`2026-03`), and what became of them.

    `earned + given + received - taken_back` is
    `spent + removed + transferred + expired + paid + held + open`.
    """

    month: str
    earned: int = 0
    given: int = 0
    received: int = 0
    taken_back: int = 0
    spent: int = 0
    removed: int = 0
    transferred: int = 0
    expired: int = 0
    paid: int = 0
    held: int = 0
    open: int = 0

    @property
    def issued(self) -> int:
        """What the programme gave out, and members handed on to members of this cohort, net."""
        return self.earned + self.given + self.received - self.transferred

    @property
    def rate(self) -> float | None:
        """Breakage: the part of what was issued that has expired; None where there was nothing."""
        return self.expired / self.issued if self.issued > 0 else None

    @property
    def came(self) -> int:
        """What came in and stayed."""
        return self.earned + self.given + self.received - self.taken_back

    @property
    def went(self) -> int:
        """What is known to have gone, or to be there."""
        gone = self.spent + self.removed + self.transferred + self.expired
        return gone + self.held + self.open


class Breakage(msgspec.Struct, frozen=True, kw_only=True):
    """All cohorts of a currency as of a moment, and their sum.

    `overdrawn` is what members took beyond what they had (a refund came later); of that
    `written_off` was let off and `debt` is still owed: the rest is what the cohorts `paid`.
    """

    currency: str
    as_of: Instant
    cohorts: tuple[Cohort, ...]
    total: Cohort
    overdrawn: int
    written_off: int
    debt: int


class Cohorts:
    """Adds up what happened to many members' lots."""

    def __init__(self, currency: str, zone: str, at: Instant) -> None:
        self._currency, self._zone, self._at = currency, zone, at
        self._cohorts: dict[int, Cohort] = {}
        self._overdrawn = self._written_off = self._debt = 0

    def add(
        self,
        postings: Iterable[Posting],
        lots: Iterable[Lot],
        *,
        debt: int,
        held: Mapping[str, Iterable[Share]],
    ) -> None:
        """Add one member: all postings, the open lots, and the parts of lots that each hold holds.

        Each posting is that of its key: corrections are in it already.
        """
        own = [one for one in postings if one.currency == self._currency]
        born = {one.key: self._cohort(one.at) for one in own if one.credit == MEMBER}
        paid_out = {one.key: one.amount for one in own if one.debit == HELD}
        for one in own:
            if one.credit == MEMBER:
                self._note_income(one, born[one.key])
            elif one.credit == HELD:
                source = one.key.removeprefix("hold:")
                self._note_hold(one, born, paid_out.get(f"capture:{source}", 0), source in held)
            elif one.debit == MEMBER:
                self._note_outgo(one, one.amount, one.lots, born)
        for shares in held.values():
            for key, points in shares:
                born[key].held += points
        for lot in lots:
            born[lot.key].open += lot.points
        self._debt += debt

    def add_taken_back(self, at: Instant, points: int) -> None:
        """Refunds took so many points back of what was earned at that instant."""
        cohort = self._cohort(at)
        cohort.taken_back += points
        # The postings say what is left of an earning.
        cohort.earned += points

    def breakage(self) -> Breakage:
        """What they come to, month by month."""
        total = Cohort(month="")
        cohorts = [self._cohorts[month] for month in sorted(self._cohorts)]
        for cohort in cohorts:
            cohort.paid = cohort.came - cohort.went
            for field in _FIGURES:
                setattr(total, field, getattr(total, field) + getattr(cohort, field))
        return Breakage(
            currency=self._currency,
            as_of=self._at,
            cohorts=tuple(cohorts),
            total=total,
            overdrawn=self._overdrawn,
            written_off=self._written_off,
            debt=self._debt,
        )

    def _note_income(self, one: Posting, cohort: Cohort) -> None:
        if one.kind is EntryKind.EARN:
            cohort.earned += one.amount
        elif one.debit == ADJUSTMENT:
            cohort.given += one.amount
        elif one.debit == WRITE_OFF:
            self._written_off += one.amount
        elif one.debit != HELD:
            cohort.received += one.amount

    def _note_hold(
        self, one: Posting, born: Mapping[str, Cohort], captured: int, is_open: bool
    ) -> None:
        if is_open:
            self._overdrawn += one.amount - sum(points for _, points in one.lots)
        else:
            # What was not paid out is in its lots again.
            self._note_outgo(one, captured, foremost(one.lots, captured), born)

    def _note_outgo(
        self, one: Posting, amount: int, shares: Sequence[Share], born: Mapping[str, Cohort]
    ) -> None:
        if one.credit == WRITE_OFF:
            self._written_off -= amount
            return
        for key, points in shares:
            _note_gone(born[key], one.kind, points)
        self._overdrawn += amount - sum(points for _, points in shares)

    def _cohort(self, at: Instant) -> Cohort:
        month = index_of(at, period=Period.MONTH, zone=self._zone)
        found = self._cohorts.get(month)
        if found is None:
            found = self._cohorts[month] = Cohort(month=named(month))
        return found


def foremost(shares: Iterable[Share], points: int) -> tuple[Share, ...]:
    """The first so many points of the shares: what is paid out of a hold."""
    found: list[Share] = []
    for key, part in shares:
        taken = min(part, points)
        points -= taken
        if taken:
            found.append((key, taken))
    return tuple(found)


def _note_gone(cohort: Cohort, kind: EntryKind, points: int) -> None:
    match kind:
        case EntryKind.EXPIRE:
            cohort.expired += points
        case EntryKind.TRANSFER:
            cohort.transferred += points
        case EntryKind.ADJUST:
            cohort.removed += points
        case _:
            cohort.spent += points


_FIGURES = tuple(field for field in Cohort.__struct_fields__ if field != "month")
