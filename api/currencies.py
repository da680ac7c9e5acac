"""The terms of a currency: when its points can be spent, until when, and what staff watch over."""

import strawberry

from api.scalars import BigInt, DateTime
from gamification import ledger
from gamification.ledger import ExpiryMode, Shortage
from kit.calendar import Unit


@strawberry.type(description="Until when earned points cannot be spent; just one of these.")
class PendingTerms:
    days: int | None = strawberry.field(description="For so many days of 24 hours.")
    until: DateTime | None = strawberry.field(description="Until this moment.")
    event: str | None = strawberry.field(
        description="Until an activity of this kind, by its key, happens."
    )
    match: str | None = strawberry.field(
        description="The attribute in which that activity must be like the one that earned them."
    )

    @classmethod
    def of(cls, currency: ledger.Currency) -> "PendingTerms | None":
        """What the currency says, in full or in short."""
        said = currency.pending or ledger.Pending(days=currency.pending_days)
        if said.days == 0:
            return None
        return cls(
            days=said.days,
            until=None if said.until is None else DateTime(said.until),
            event=said.event or None,
            match=said.match or None,
        )


@strawberry.type(description="When points expire.")
class ExpiryTerms:
    mode: ExpiryMode = strawberry.field(description="In which way they do.")
    count: int | None = strawberry.field(description="After how many units.")
    unit: Unit | None = strawberry.field(description="Which units.")
    round_to: Unit | None = strawberry.field(
        description="The unit at whose end they expire, where it is not to the moment."
    )
    month_day: str | None = strawberry.field(
        description="The day of the year at whose end they expire, as in `12-31`."
    )
    years: int | None = strawberry.field(
        description="How many calendar years later than they were earned that day is."
    )
    at: DateTime | None = strawberry.field(description="The moment at which all expire.")
    kinds: list[str] = strawberry.field(
        description="The kinds of activity that put off the expiry of what slides; any where empty."
    )
    zone: str = strawberry.field(description="The time zone (IANA) of these units and days.")

    @classmethod
    def of(cls, currency: ledger.Currency) -> "ExpiryTerms":
        """What the currency says, in full or in short."""
        said = currency.expiry or _in_full(currency)
        counted = said.count > 0
        return cls(
            mode=said.mode,
            count=said.count if counted else None,
            unit=said.unit if counted else None,
            round_to=said.round_to,
            month_day=said.month_day or None,
            years=said.years if said.month_day else None,
            at=None if said.at is None else DateTime(said.at),
            kinds=list(said.kinds),
            zone=currency.zone,
        )


@strawberry.type(description="How many points a member may hand over to another.")
class TransferLimits:
    min: BigInt = strawberry.field(description="At least so many at once.")
    max: BigInt | None = strawberry.field(description="At most so many at once.")
    max_per_day: BigInt | None = strawberry.field(description="At most so many a day.")

    @classmethod
    def of(cls, said: ledger.Transfers) -> "TransferLimits":
        """The limits of transfers."""
        return cls(min=BigInt(said.min), max=_big(said.max), max_per_day=_big(said.max_per_day))


@strawberry.type(description="What points cost the programme.")
class PointsCost:
    minor: BigInt = strawberry.field(description="So much, in minor units.")
    currency: str = strawberry.field(description="Of this money (ISO 4217).")
    points: BigInt = strawberry.field(description="For so many points.")

    @classmethod
    def of(cls, said: ledger.Cost) -> "PointsCost":
        """What points cost."""
        return cls(minor=BigInt(said.minor), currency=said.currency, points=BigInt(said.points))


@strawberry.type(description="What a currency means to those who answer for it.")
class CurrencyControls:
    shortage: Shortage = strawberry.field(
        description="What happens where a refund takes back points that were spent."
    )
    cost: PointsCost | None = strawberry.field(description="What points cost, for the liability.")
    approval_above: BigInt | None = strawberry.field(
        description="An adjustment of more points takes two people."
    )
    adjustment_max: BigInt | None = strawberry.field(
        description="An adjustment of more points is refused."
    )

    @classmethod
    def of(cls, currency: ledger.Currency) -> "CurrencyControls":
        """What staff watch over."""
        cost = currency.cost
        return cls(
            shortage=currency.shortage,
            cost=None if cost is None else PointsCost.of(cost),
            approval_above=_big(currency.approval_above),
            adjustment_max=_big(currency.adjustment_max),
        )


def _in_full(currency: ledger.Currency) -> ledger.Expiry:
    days = currency.expires_after_days
    if days is None:
        return ledger.Expiry(mode=ExpiryMode.NEVER)
    return ledger.Expiry(mode=ExpiryMode.ROLLING, count=days, unit=Unit.DAY)


def _big(points: int | None) -> BigInt | None:
    return None if points is None else BigInt(points)
