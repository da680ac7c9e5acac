"""Redeeming rewards."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import MemberRef, acting_for, source_of
from api.activity_inputs import ActivityRef
from api.context import Info
from api.errors import (
    AlreadyResolved,
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
from gamification import journal, members
from kit import bells
from kit import errors as house
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
    activity: ActivityRef | None = strawberry.field(
        default=None,
        description="The member's purchase in which it is used there and then: the refund of that"
        " returns it.",
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
    | AlreadyResolved
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
            activity=await _activity(info, input.activity, member_id),
        )
        await bells.ring([member_id])
        info.context.loaders.forget()
        return RedeemRewardPayload(
            redemption=Redemption.of(redeemed.redemption, await info.context.reader()),
            member=Member.of(await members.find(id=member_id)),
            replayed=redeemed.replayed,
        )


async def _activity(info: Info, ref: ActivityRef | None, member_id: str) -> str:
    """The source of the member's activity; empty where none is named."""
    if ref is None:
        return ""
    if bool(ref.id) == bool(ref.idempotency_key):
        raise house.InvalidInput.at("activity", "give either id or idempotencyKey")
    if not ref.id:
        return source_of(info, ref.idempotency_key or "", "activity.idempotencyKey")
    entry = await journal.find_entry(id=ref.id)
    if entry.member_id != member_id:
        raise house.NotFound("activity", ref.id)
    return entry.source
