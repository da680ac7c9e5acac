"""Defining streaks."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import MetricInput, OnlyNameTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.scalars import BigInt
from api.streaks import Streak
from gamification.programme import DefinitionKind
from kit.calendar import Period


@strawberry.input(description="Missed periods that a run survives.")
class FreezesInput:
    initial: int = strawberry.field(default=0, description="How many there are to begin with.")
    earned_every: int = strawberry.field(
        default=0, description="One more for every so many periods; none where 0."
    )
    max: int = strawberry.field(default=0, description="How many can be saved up.")


@strawberry.input(description="Periods in a row in each of which something is done.")
class DefineStreakInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    name: str = strawberry.field(description="Its name.")
    period: Period = strawberry.field(description="What its length counts.")
    metric: MetricInput = strawberry.field(description="What is counted in each period.")
    goal: BigInt = strawberry.field(
        default=BigInt(1), description="What it takes for a period to count."
    )
    day_starts_at: int = strawberry.field(
        default=0, description="The hour (0 to 23) at which a member's day begins."
    )
    freezes: FreezesInput | None = strawberry.field(
        default=None, description="What it survives; nothing if left out."
    )
    translations: list[OnlyNameTranslation] = strawberry.field(
        default_factory=list, description="Its name in other languages."
    )


@strawberry.type(description="The streak is drafted.")
class DefineStreakPayload:
    streak: Streak = strawberry.field(description="The streak.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineStreakResult: TypeAlias = Annotated[
    DefineStreakPayload | InvalidInput | Denied,
    strawberry.union("DefineStreakResult", description="A streak drafted, or why not."),
]


@strawberry.type
class StreakMutations:
    @strawberry.mutation(description="Draft a streak.")
    async def define_streak(
        self,
        info: Info,
        input: Annotated[DefineStreakInput, strawberry.argument(description="The streak.")],
    ) -> DefineStreakResult:
        made = await draft(info, DefinitionKind.STREAK, input)
        streak = Streak.of(made.body, made.version, await info.context.reader(), made.state)
        return DefineStreakPayload(streak=streak, definition=Definition.of(made))
