"""Reports for those who keep the books: what is owed to members, and what became of points."""

from functools import partial
from typing import Annotated, Final

import strawberry

from api.activities import Money
from api.context import Info
from api.points import Currency
from api.scalars import BigInt, DateTime
from gamification import engine, ledger
from kit import clock
from kit.clock import Instant
from kit.errors import NotFound
from kit.remembered import Remembered

# What a request may take; `piala report` makes reports of any size.
MEMBERS_MAX: Final = 50_000
ENTRIES_MAX: Final = 50_000

_liabilities: Final[Remembered[ledger.Liability]] = Remembered(seconds=60)
_breakages: Final[Remembered[ledger.Breakage]] = Remembered(seconds=60)

Key = Annotated[str, strawberry.argument(description="The currency's key.")]
AsOf = Annotated[
    DateTime | None, strawberry.argument(description="As of which moment; now unless said.")
]


@strawberry.type(description="Points that expire in one month.")
class AgedPoints:
    month: str | None = strawberry.field(
        description="The month in which they can be spent last (`2026-03`, in the currency's time"
        " zone); null for those that never expire."
    )
    active: BigInt = strawberry.field(description="What can be spent.")
    pending: BigInt = strawberry.field(description="What cannot be spent yet.")
    held: BigInt = strawberry.field(description="What is set aside.")
    points: BigInt = strawberry.field(description="All of them.")
    cost: Money | None = strawberry.field(
        description="What they cost: rounded up for all months so far, less those before."
    )

    @classmethod
    def of(cls, aged: ledger.Aged, money: str) -> "AgedPoints":
        """The points with their cost in that money."""
        cost = aged.cost
        return cls(
            month=aged.month,
            active=BigInt(aged.active),
            pending=BigInt(aged.pending),
            held=BigInt(aged.held),
            points=BigInt(aged.points),
            cost=None if cost is None else Money(minor=BigInt(cost), currency=money),
        )


@strawberry.type(description="What members have of a currency, which the programme owes them.")
class Liability:
    currency: Currency = strawberry.field(description="Of which currency.")
    as_of: DateTime = strawberry.field(description="As of which moment.")
    members: int = strawberry.field(description="How many members have any of it.")
    months: list[AgedPoints] = strawberry.field(description="By the month in which they expire.")
    total: AgedPoints = strawberry.field(description="All months together.")
    debt: BigInt = strawberry.field(
        description="What other members owe; it is not taken off the rest."
    )
    debtors: int = strawberry.field(description="How many members owe it.")


@strawberry.type(description="The points that members got in one month, and what became of them.")
class BreakageCohort:
    month: str | None = strawberry.field(
        description="The month (`2026-03`, in the currency's time zone); null for all of them."
    )
    earned: BigInt = strawberry.field(description="What was earned, refunded or not.")
    given: BigInt = strawberry.field(description="What staff gave.")
    received: BigInt = strawberry.field(description="What came from other members.")
    taken_back: BigInt = strawberry.field(description="What refunds took back of it.")
    spent: BigInt = strawberry.field(description="What was spent or donated of it.")
    removed: BigInt = strawberry.field(description="What staff took away of it.")
    transferred: BigInt = strawberry.field(description="What was handed over to other members.")
    expired: BigInt = strawberry.field(description="What has expired of it.")
    paid: BigInt = strawberry.field(description="What paid debts.")
    held: BigInt = strawberry.field(description="What is set aside of it.")
    open: BigInt = strawberry.field(description="What members still have of it.")
    rate: float | None = strawberry.field(
        description="Expired / issued; null where nothing was issued."
    )

    @classmethod
    def of(cls, cohort: ledger.Cohort) -> "BreakageCohort":
        """The cohort, figure by figure."""
        return cls(
            month=cohort.month or None,
            earned=BigInt(cohort.earned),
            given=BigInt(cohort.given),
            received=BigInt(cohort.received),
            taken_back=BigInt(cohort.taken_back),
            spent=BigInt(cohort.spent),
            removed=BigInt(cohort.removed),
            transferred=BigInt(cohort.transferred),
            expired=BigInt(cohort.expired),
            paid=BigInt(cohort.paid),
            held=BigInt(cohort.held),
            open=BigInt(cohort.open),
            rate=cohort.rate,
        )


@strawberry.type(description="What became of the points of each month.")
class Breakage:
    currency: Currency = strawberry.field(description="Of which currency.")
    as_of: DateTime = strawberry.field(description="As of which moment.")
    cohorts: list[BreakageCohort] = strawberry.field(description="By the month of the earning.")
    total: BreakageCohort = strawberry.field(description="All cohorts together.")
    overdrawn: BigInt = strawberry.field(
        description="What members took beyond what refunds have left them."
    )
    written_off: BigInt = strawberry.field(description="What of that the programme bore.")
    debt: BigInt = strawberry.field(description="What of that is owed still.")


@strawberry.type
class ReportQueries:
    @strawberry.field(description="What is owed of a currency; null where there is none such.")
    async def liability(self, info: Info, currency: Key, as_of: AsOf = None) -> Liability | None:
        at = _instant(as_of)
        past = at is not None and at < clock.now()
        await engine.check_report_size(
            members_max=MEMBERS_MAX, entries_max=ENTRIES_MAX if past else None
        )
        try:
            found = await _liabilities.answer(
                (currency, at), partial(engine.liability, currency, as_of=at)
            )
        except NotFound:
            return None
        return Liability(
            currency=Currency.named(currency, await info.context.reader()),
            as_of=DateTime(found.as_of),
            members=found.members,
            months=[AgedPoints.of(one, found.money) for one in found.months],
            total=AgedPoints.of(found.total, found.money),
            debt=BigInt(found.debt),
            debtors=found.debtors,
        )

    @strawberry.field(description="What became of a currency's points; null where there is none.")
    async def breakage(self, info: Info, currency: Key, as_of: AsOf = None) -> Breakage | None:
        at = _instant(as_of)
        await engine.check_report_size(members_max=MEMBERS_MAX, entries_max=ENTRIES_MAX)
        try:
            found = await _breakages.answer(
                (currency, at), partial(engine.breakage, currency, as_of=at)
            )
        except NotFound:
            return None
        return Breakage(
            currency=Currency.named(currency, await info.context.reader()),
            as_of=DateTime(found.as_of),
            cohorts=[BreakageCohort.of(one) for one in found.cohorts],
            total=BreakageCohort.of(found.total),
            overdrawn=BigInt(found.overdrawn),
            written_off=BigInt(found.written_off),
            debt=BigInt(found.debt),
        )


def _instant(as_of: DateTime | None) -> Instant | None:
    return None if as_of is None else int(as_of)
