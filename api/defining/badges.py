"""Defining badges."""

from typing import Annotated, TypeAlias

import strawberry

from api.badges import Badge
from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import MetricInput, NameTranslation, OnlyNameTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.scalars import BigInt
from gamification.badges import OnRefund, Visibility
from gamification.programme import DefinitionKind


@strawberry.input(description="One step of a badge.")
class BadgeLevelInput:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name.")
    goal: BigInt = strawberry.field(description="What it takes.")
    translations: list[OnlyNameTranslation] = strawberry.field(
        default_factory=list, description="Its name in other languages."
    )


@strawberry.input(description="A badge: won at once (`goal`), in steps (`levels`) or as a prize.")
class DefineBadgeInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    name: str = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(default=None, description="What it is for.")
    icon_url: str | None = strawberry.field(default=None, description="Its picture.")
    visibility: Visibility = strawberry.field(
        default=Visibility.VISIBLE, description="Whether it is a surprise."
    )
    metric: MetricInput | None = strawberry.field(
        default=None, description="What is counted; a badge without is only won as a prize."
    )
    goal: BigInt | None = strawberry.field(default=None, description="What it takes to win it.")
    levels: list[BadgeLevelInput] = strawberry.field(
        default_factory=list, description="Instead of a goal: its steps, lowest first."
    )
    on_refund: OnRefund = strawberry.field(
        default=OnRefund.REVOKE, description="What becomes of it when what won it is refunded."
    )
    translations: list[NameTranslation] = strawberry.field(
        default_factory=list, description="Its texts in other languages."
    )


@strawberry.type(description="The badge is drafted.")
class DefineBadgePayload:
    badge: Badge = strawberry.field(description="The badge.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineBadgeResult: TypeAlias = Annotated[
    DefineBadgePayload | InvalidInput | Denied,
    strawberry.union("DefineBadgeResult", description="A badge drafted, or why not."),
]


@strawberry.type
class BadgeMutations:
    @strawberry.mutation(description="Draft a badge.")
    async def define_badge(
        self,
        info: Info,
        input: Annotated[DefineBadgeInput, strawberry.argument(description="The badge.")],
    ) -> DefineBadgeResult:
        made = await draft(info, DefinitionKind.BADGE, input)
        badge = Badge.of(made.body, made.version, await info.context.reader(), made.state)
        return DefineBadgePayload(badge=badge, definition=Definition.of(made))
