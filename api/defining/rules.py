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
from gamification.programme import DefinitionKind
from kit.calendar import Period


@strawberry.input(description="How many points: so many at once, or so many for each part.")
class EarnInput:
    points: BigInt = strawberry.field(description="How many.")
    per: BigInt | None = strawberry.field(
        default=None, description="For each whole so much of the field `of`; once if left out."
    )
    of: str | None = strawberry.field(
        default=None, description="`amount` (minor units), `quantity` or `attributes.<name>`."
    )


@strawberry.input(description="At most so many points from a rule.")
class CapInput:
    points: BigInt = strawberry.field(description="How many.")
    per: Period | None = strawberry.field(
        default=None, description="In each of a member's periods; for each activity if left out."
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
    condition: str | None = strawberry.field(
        default=None, description=f"When it applies; always if left out. {CONDITION}"
    )
    starts_at: DateTime | None = strawberry.field(
        default=None, description="From which event time on it applies."
    )
    ends_at: DateTime | None = strawberry.field(
        default=None, description="The first moment after it."
    )
    caps: list[CapInput] = strawberry.field(default_factory=list, description="Its limits.")
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
