"""Defining challenges."""

from typing import Annotated, TypeAlias

import strawberry

from api.challenges import Challenge
from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import MetricInput, OnlyTitleTranslation, TitleTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.scalars import BigInt, DateTime
from gamification.challenges import Enrolment, Mode
from gamification.programme import DefinitionKind


@strawberry.input(description="Bring a metric to a goal within the challenge's window.")
class TaskInput:
    metric: MetricInput = strawberry.field(description="What is counted.")
    goal: BigInt = strawberry.field(description="What it takes.")
    key: str | None = strawberry.field(default=None, description="Its key; its number if left out.")
    title: str | None = strawberry.field(default=None, description="What is to be done.")
    translations: list[OnlyTitleTranslation] = strawberry.field(
        default_factory=list, description="Its title in other languages."
    )


@strawberry.input(description="Points of a currency.")
class PointsPrizeInput:
    amount: BigInt = strawberry.field(description="How many.")
    currency: str = strawberry.field(description="The currency's key.")


@strawberry.input(description="What completing a challenge brings: points or a badge.")
class PrizeInput:
    points: PointsPrizeInput | None = strawberry.field(default=None, description="Points.")
    badge: str | None = strawberry.field(default=None, description="A badge's key.")


@strawberry.input(description="Tasks within a window of time.")
class DefineChallengeInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    title: str = strawberry.field(description="Its title.")
    starts_at: DateTime = strawberry.field(description="When it begins.")
    ends_at: DateTime = strawberry.field(description="The first moment after it.")
    tasks: list[TaskInput] = strawberry.field(description="What is to be done: 1 to 20 tasks.")
    description: str | None = strawberry.field(default=None, description="What it is about.")
    enrolment: Enrolment = strawberry.field(
        default=Enrolment.AUTOMATIC, description="Who takes part."
    )
    mode: Mode = strawberry.field(
        default=Mode.ALL, description="Whether it takes all tasks, or any."
    )
    prizes: list[PrizeInput] = strawberry.field(
        default_factory=list, description="What completing it brings, once."
    )
    translations: list[TitleTranslation] = strawberry.field(
        default_factory=list, description="Its texts in other languages."
    )


@strawberry.type(description="The challenge is drafted.")
class DefineChallengePayload:
    challenge: Challenge = strawberry.field(description="The challenge.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineChallengeResult: TypeAlias = Annotated[
    DefineChallengePayload | InvalidInput | Denied,
    strawberry.union("DefineChallengeResult", description="A challenge drafted, or why not."),
]


@strawberry.type
class ChallengeMutations:
    @strawberry.mutation(description="Draft a challenge.")
    async def define_challenge(
        self,
        info: Info,
        input: Annotated[DefineChallengeInput, strawberry.argument(description="The challenge.")],
    ) -> DefineChallengeResult:
        made = await draft(info, DefinitionKind.CHALLENGE, input)
        told = Challenge.of(made.body, made.version, await info.context.reader(), made.state)
        return DefineChallengePayload(challenge=told, definition=Definition.of(made))
