"""Defining the ladder of tiers."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import MetricInput, OnlyNameTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.scalars import BigInt
from api.tiers import TierSet
from gamification.programme import DefinitionKind


@strawberry.input(description="What a tier brings, in words.")
class BenefitInput:
    name: str = strawberry.field(description="The benefit.")
    translations: list[OnlyNameTranslation] = strawberry.field(
        default_factory=list, description="It in other languages."
    )


@strawberry.input(description="One level of a ladder.")
class TierInput:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name.")
    threshold: BigInt = strawberry.field(description="The value that it takes to be here.")
    benefits: list[BenefitInput] = strawberry.field(
        default_factory=list, description="What it brings."
    )
    earn_multiplier: str | None = strawberry.field(
        default=None, description="A decimal by which it multiplies what is earned, as in `1.5`."
    )
    translations: list[OnlyNameTranslation] = strawberry.field(
        default_factory=list, description="Its name in other languages."
    )


@strawberry.input(description="A ladder of tiers on one metric.")
class DefineTierSetInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    name: str = strawberry.field(description="Its name.")
    metric: MetricInput = strawberry.field(description="What is counted: a count or a sum.")
    levels: list[TierInput] = strawberry.field(
        description="Its tiers by ascending thresholds, the first at 0."
    )
    rolling_days: int | None = strawberry.field(
        default=None, description="Over how many days it is counted; a lifetime if left out."
    )
    translations: list[OnlyNameTranslation] = strawberry.field(
        default_factory=list, description="Its name in other languages."
    )


@strawberry.type(description="The ladder is drafted.")
class DefineTierSetPayload:
    tier_set: TierSet = strawberry.field(description="The ladder.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineTierSetResult: TypeAlias = Annotated[
    DefineTierSetPayload | InvalidInput | Denied,
    strawberry.union("DefineTierSetResult", description="A ladder drafted, or why not."),
]


@strawberry.type
class TierMutations:
    @strawberry.mutation(description="Draft the ladder of tiers.")
    async def define_tier_set(
        self,
        info: Info,
        input: Annotated[DefineTierSetInput, strawberry.argument(description="The ladder.")],
    ) -> DefineTierSetResult:
        made = await draft(info, DefinitionKind.TIER_SET, input)
        tier_set = TierSet.of(made.body, made.version, made.state, await info.context.reader())
        return DefineTierSetPayload(tier_set=tier_set, definition=Definition.of(made))
