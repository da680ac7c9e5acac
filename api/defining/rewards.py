"""Defining rewards."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import TitleTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.rewards import Reward
from api.scalars import BigInt, DateTime
from gamification.programme import DefinitionKind
from rewards import catalogue
from rewards.catalogue import RewardKind


@strawberry.input(description="What something costs.")
class PriceInput:
    amount: BigInt = strawberry.field(description="How many points.")
    currency: str = strawberry.field(description="The currency's key.")


@strawberry.input(description="Something that points can be spent on.")
class DefineRewardInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    title: str = strawberry.field(description="Its title.")
    price: list[PriceInput] = strawberry.field(description="What it costs: one price.")
    kind: RewardKind = strawberry.field(
        default=RewardKind.VOUCHER, description="What sort of thing it is."
    )
    description: str | None = strawberry.field(default=None, description="What it is.")
    stock: BigInt | None = strawberry.field(
        default=None, description="How many there ever are; no end if left out."
    )
    per_member: BigInt | None = strawberry.field(
        default=None, description="How many one member may have; any number if left out."
    )
    tier: str | None = strawberry.field(
        default=None, description="The key of the lowest tier that may have it."
    )
    starts_at: DateTime | None = strawberry.field(default=None, description="When it opens.")
    ends_at: DateTime | None = strawberry.field(
        default=None, description="The first moment after it."
    )
    voucher_valid_days: int | None = strawberry.field(
        default=None, description="For how many days of 24 hours its code is good; for ever if not."
    )
    translations: list[TitleTranslation] = strawberry.field(
        default_factory=list, description="Its texts in other languages."
    )


@strawberry.type(description="The reward is drafted.")
class DefineRewardPayload:
    reward: Reward = strawberry.field(description="The reward.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineRewardResult: TypeAlias = Annotated[
    DefineRewardPayload | InvalidInput | Denied,
    strawberry.union("DefineRewardResult", description="A reward drafted, or why not."),
]


@strawberry.type
class RewardMutations:
    @strawberry.mutation(description="Draft a reward.")
    async def define_reward(
        self,
        info: Info,
        input: Annotated[DefineRewardInput, strawberry.argument(description="The reward.")],
    ) -> DefineRewardResult:
        made = await draft(info, DefinitionKind.REWARD, input)
        offer = catalogue.offer_of(made.body, version=made.version, taken=0)
        reward = Reward.of(offer, await info.context.reader(), made.state)
        return DefineRewardPayload(reward=reward, definition=Definition.of(made))
