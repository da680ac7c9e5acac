"""Redeeming rewards."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import MemberRef, acting_for, source_of
from api.context import Info
from api.errors import (
    Denied,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
    SoldOut,
)
from api.members import Member
from api.rewards import Redemption
from gamification import members
from kit import bells
from rewards import redemptions


@strawberry.input(description="A reward for points.")
class RedeemRewardInput:
    reward: str = strawberry.field(description="The reward's key.")
    idempotency_key: str = strawberry.field(
        description="Names this redemption among all of the caller's: 1 to 200 characters."
    )
    member: MemberRef | None = strawberry.field(
        default=None, description="Who has it; a member may leave it out."
    )


@strawberry.type(description="The reward is the member's.")
class RedeemRewardPayload:
    redemption: Redemption = strawberry.field(description="The redemption, with its voucher.")
    member: Member = strawberry.field(description="Who has it.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


RedeemRewardResult: TypeAlias = Annotated[
    RedeemRewardPayload
    | InsufficientPoints
    | SoldOut
    | NotAvailable
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("RedeemRewardResult", description="A reward redeemed, or why not."),
]


@strawberry.type
class RedeemingMutations:
    @strawberry.mutation(description="Have a reward for points. Sold out never costs any.")
    async def redeem_reward(
        self,
        info: Info,
        input: Annotated[RedeemRewardInput, strawberry.argument(description="Which.")],
    ) -> RedeemRewardResult:
        member_id = await acting_for(info, input.member)
        redeemed = await redemptions.redeem(
            member_id,
            reward=input.reward,
            source=source_of(info, input.idempotency_key),
        )
        await bells.ring([member_id])
        info.context.loaders.forget()
        return RedeemRewardPayload(
            redemption=Redemption.of(redeemed.redemption, await info.context.reader()),
            member=Member.of(await members.find(id=member_id)),
            replayed=redeemed.replayed,
        )
