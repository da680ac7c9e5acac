"""Defining earning rules."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import CONDITION, OnlyTitleTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.rules import EarningRule
from api.scalars import BigInt, DateTime
from gamification.journal import Channel
from gamification.programme import DefinitionKind
from gamification.rules import CapMode, Rounding, Stacking
from kit.calendar import Period


@strawberry.input(description="How many points: so many at once or for each part, or a percentage.")
class EarnInput:
    points: BigInt | None = strawberry.field(
        default=None, description="How many; either these or a percentage."
    )
    per: BigInt | None = strawberry.field(
        default=None, description="For each whole so much of the field `of`; once if left out."
    )
    of: str | None = strawberry.field(
        default=None, description="`amount` (minor units), `quantity` or `attributes.<name>`."
    )
    percent: str | None = strawberry.field(
        default=None,
        description="A decimal, as in `2.5`: so many percent of the field `of`. Into a currency "
        "that is money, only of activities in just that money.",
    )


@strawberry.input(description="Some hours of some days of every week, as the clock shows them.")
class HoursInput:
    weekdays: list[int] = strawberry.field(
        default_factory=list,
        description="The days on which they begin, 1 is Monday; every day where empty.",
    )
    from_: str = strawberry.field(
        name="from", default="00:00", description="When they begin, as in `14:00`."
    )
    until: str = strawberry.field(
        default="24:00",
        description="The first minute after them; on the next day where that is not later.",
    )
    zone: str | None = strawberry.field(
        default=None, description="Whose clock tells (IANA); that of each member if left out."
    )


@strawberry.input(description="At most so many points from a rule, or on a balance.")
class CapInput:
    points: BigInt = strawberry.field(description="How many.")
    per: Period | None = strawberry.field(
        default=None, description="In each of a member's periods; for each activity if left out."
    )
    mode: CapMode = strawberry.field(
        default=CapMode.REDUCE, description="What happens to points that go over it."
    )
    balance: bool = strawberry.field(
        default=False,
        description="Whether it limits all that the member has of the currency instead.",
    )


@strawberry.input(description="At most so many points from a rule, for all members together.")
class BudgetInput:
    points: BigInt = strawberry.field(description="How many, ever.")
    mode: CapMode = strawberry.field(
        default=CapMode.REDUCE, description="What happens to points that go over it."
    )


@strawberry.input(description="What an activity earns.")
class DefineEarningRuleInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    title: str = strawberry.field(description="Its title: what a statement says as the reason.")
    kind: str = strawberry.field(description="The key of the activity kind that it looks at.")
    currency: str = strawberry.field(description="The key of the currency that it grants.")
    earn: EarnInput | None = strawberry.field(
        default=None, description="The points that it grants; either these or a multiplier."
    )
    multiplier: str | None = strawberry.field(
        default=None,
        description="A decimal by which it multiplies what other rules grant, as in `1.5`.",
    )
    stacking: Stacking = strawberry.field(
        default=Stacking.MULTIPLICATIVE,
        description="How several multipliers of what it grants go together.",
    )
    rounding: Rounding = strawberry.field(
        default=Rounding.DOWN, description="How a fraction of a point is rounded."
    )
    condition: str | None = strawberry.field(
        default=None, description=f"When it applies; always if left out. {CONDITION}"
    )
    starts_at: DateTime | None = strawberry.field(
        default=None, description="From which event time on it applies."
    )
    ends_at: DateTime | None = strawberry.field(
        default=None, description="The first moment after it."
    )
    hours: list[HoursInput] = strawberry.field(
        default_factory=list, description="The hours in which it applies; at any where empty."
    )
    channels: list[Channel] = strawberry.field(
        default_factory=list, description="At which touchpoints it applies; any where empty."
    )
    partners: list[str] = strawberry.field(
        default_factory=list, description="At which partners it applies; any where empty."
    )
    tiers: list[str] = strawberry.field(
        default_factory=list,
        description="The keys of the tiers to whose members it applies; to all where empty.",
    )
    caps: list[CapInput] = strawberry.field(default_factory=list, description="Its limits.")
    budget: BudgetInput | None = strawberry.field(
        default=None, description="What all members together can have of it; no limit if left out."
    )
    funded_by: str | None = strawberry.field(
        default=None,
        description="Who pays: `partner` (the activity's own), `partner:<key>`, `campaign:<key>` "
        "or `pool:<key>`; the programme if left out.",
    )
    translations: list[OnlyTitleTranslation] = strawberry.field(
        default_factory=list, description="Its title in other languages."
    )


@strawberry.type(description="The rule is drafted.")
class DefineEarningRulePayload:
    rule: EarningRule = strawberry.field(description="The rule.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineEarningRuleResult: TypeAlias = Annotated[
    DefineEarningRulePayload | InvalidInput | Denied,
    strawberry.union("DefineEarningRuleResult", description="A rule drafted, or why not."),
]


@strawberry.type
class RuleMutations:
    @strawberry.mutation(description="Draft a rule by which activities earn points.")
    async def define_earning_rule(
        self,
        info: Info,
        input: Annotated[DefineEarningRuleInput, strawberry.argument(description="The rule.")],
    ) -> DefineEarningRuleResult:
        made = await draft(info, DefinitionKind.EARNING_RULE, input)
        rule = EarningRule.of(made.body, made.version, made.state, await info.context.reader())
        return DefineEarningRulePayload(rule=rule, definition=Definition.of(made))
