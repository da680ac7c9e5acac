"""Defining currencies."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import OnlyNameTranslation
from api.errors import Denied, InvalidInput
from api.points import Currency
from api.programme import Definition
from api.scalars import BigInt, DateTime
from gamification.ledger import CurrencyKind, ExpiryMode, Shortage
from gamification.programme import DefinitionKind
from kit.calendar import Unit


@strawberry.input(description="Until when earned points cannot be spent; give just one of these.")
class PendingInput:
    days: int | None = strawberry.field(default=None, description="For so many days of 24 hours.")
    until: DateTime | None = strawberry.field(default=None, description="Until this moment.")
    event: str | None = strawberry.field(
        default=None, description="Until an activity of this kind, by its key, happens."
    )
    match: str | None = strawberry.field(
        default=None,
        description="An attribute of that kind: the activity must have the same value in it as the "
        "one that earned the points. Any will do where that one has none.",
    )


@strawberry.input(description="When points expire.")
class ExpiryInput:
    mode: ExpiryMode = strawberry.field(description="In which way they do.")
    count: int | None = strawberry.field(
        default=None, description="ROLLING and SLIDING: after how many units."
    )
    unit: Unit | None = strawberry.field(default=None, description="Which; days if left out.")
    round_to: Unit | None = strawberry.field(
        default=None, description="ROLLING: then on to the end of this unit."
    )
    month_day: str | None = strawberry.field(
        default=None, description="CALENDAR: at the end of this day of the year, as in `12-31`."
    )
    years: int | None = strawberry.field(
        default=None, description="CALENDAR: so many calendar years later than they were earned."
    )
    at: DateTime | None = strawberry.field(
        default=None, description="CALENDAR: instead of a day of the year, this moment."
    )
    kinds: list[str] = strawberry.field(
        default_factory=list,
        description="SLIDING: the keys of the activity kinds that put it off; any where empty.",
    )


@strawberry.input(description="What points cost the programme.")
class CostInput:
    minor: BigInt = strawberry.field(description="So much, in minor units.")
    currency: str = strawberry.field(description="Of this money (ISO 4217).")
    points: BigInt | None = strawberry.field(
        default=None, description="For so many points; for one if left out."
    )


@strawberry.input(description="Members may hand points over to each other.")
class TransfersInput:
    min: BigInt | None = strawberry.field(
        default=None, description="At least so many at once; 1 if left out."
    )
    max: BigInt | None = strawberry.field(default=None, description="At most so many at once.")
    max_per_day: BigInt | None = strawberry.field(
        default=None, description="At most so many a day."
    )


@strawberry.input(description="A currency of points.")
class DefineCurrencyInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    name: str = strawberry.field(description="Its name.")
    kind: CurrencyKind = strawberry.field(
        default=CurrencyKind.REDEEMABLE, description="What its points are for."
    )
    main: bool = strawberry.field(default=False, description="Whether screens show it first.")
    money: str | None = strawberry.field(
        default=None,
        description="Which money it is (ISO 4217): required for the kind MONEY, and only there.",
    )
    pending_days: int = strawberry.field(
        default=0, description="How many days of 24 hours until points can be spent; in short."
    )
    expires_after_days: int | None = strawberry.field(
        default=None,
        description="After how many days of 24 hours they expire; in short. Never if left out.",
    )
    pending: PendingInput | None = strawberry.field(
        default=None, description="Until when points cannot be spent; not at all if left out."
    )
    expiry: ExpiryInput | None = strawberry.field(
        default=None, description="When points expire; never if left out."
    )
    zone: str | None = strawberry.field(
        default=None,
        description="The time zone (IANA) of the expiry's units and days; UTC if left out.",
    )
    shortage: Shortage | None = strawberry.field(
        default=None,
        description="What happens where a refund takes back points that were spent; "
        "ALLOW_NEGATIVE if left out.",
    )
    cost: CostInput | None = strawberry.field(
        default=None, description="What points cost the programme, for its liability."
    )
    transfers: TransfersInput | None = strawberry.field(
        default=None, description="How members may hand points over; not at all if left out."
    )
    approval_above: BigInt | None = strawberry.field(
        default=None,
        description="An adjustment of more points takes a second person; none does if left out.",
    )
    adjustment_max: BigInt | None = strawberry.field(
        default=None, description="An adjustment of more points is refused; none if left out."
    )
    translations: list[OnlyNameTranslation] = strawberry.field(
        default_factory=list, description="Its name in other languages."
    )


@strawberry.type(description="The currency is drafted.")
class DefineCurrencyPayload:
    currency: Currency = strawberry.field(description="The currency.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineCurrencyResult: TypeAlias = Annotated[
    DefineCurrencyPayload | InvalidInput | Denied,
    strawberry.union("DefineCurrencyResult", description="A currency drafted, or why not."),
]


@strawberry.type
class CurrencyMutations:
    @strawberry.mutation(description="Draft a currency of points.")
    async def define_currency(
        self,
        info: Info,
        input: Annotated[DefineCurrencyInput, strawberry.argument(description="The currency.")],
    ) -> DefineCurrencyResult:
        made = await draft(info, DefinitionKind.CURRENCY, input)
        currency = Currency.of(made.body, await info.context.reader())
        return DefineCurrencyPayload(currency=currency, definition=Definition.of(made))
