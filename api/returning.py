"""What becomes of redemptions: vouchers are used, rewards returned."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import source_of
from api.context import Info
from api.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from api.members import Member
from api.rewards import Redemption
from gamification import members
from kit import bells
from rewards import redemptions


@strawberry.input(description="A reward that comes back.")
class ReturnRedemptionInput:
    redemption: strawberry.ID = strawberry.field(description="Which redemption.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this return among all of the caller's: 1 to 200 characters."
    )


@strawberry.type(description="The points are back in their lots, and one is back in stock.")
class ReturnRedemptionPayload:
    redemption: Redemption = strawberry.field(description="The redemption as it is now.")
    member: Member = strawberry.field(description="Whose it was.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


ReturnRedemptionResult: TypeAlias = Annotated[
    ReturnRedemptionPayload
    | InvalidInput
    | NotFound
    | Denied
    | AlreadyResolved
    | IdempotencyConflict,
    strawberry.union("ReturnRedemptionResult", description="A reward returned, or why not."),
]


@strawberry.input(description="A voucher that is handed in.")
class UseVoucherInput:
    code: str = strawberry.field(description="Its code, with or without dashes.")
    idempotency_key: str = strawberry.field(
        description="Names this use among all of the caller's: 1 to 200 characters."
    )


@strawberry.type(description="The voucher was good, and is used.")
class UseVoucherPayload:
    redemption: Redemption = strawberry.field(description="What it is for.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


UseVoucherResult: TypeAlias = Annotated[
    UseVoucherPayload | NotAvailable | InvalidInput | Denied | IdempotencyConflict,
    strawberry.union("UseVoucherResult", description="A voucher used, or that it is not good."),
]


@strawberry.type
class ReturningMutations:
    @strawberry.mutation(
        description="Take a reward back whose voucher is unused: its points return to their lots."
    )
    async def return_redemption(
        self,
        info: Info,
        input: Annotated[ReturnRedemptionInput, strawberry.argument(description="Which, and why.")],
    ) -> ReturnRedemptionResult:
        ended = await redemptions.give_back(
            input.redemption,
            reason=input.reason,
            source=source_of(info, input.idempotency_key),
            actor=info.context.viewer.key,
        )
        member_id = ended.redemption.member_id
        await bells.ring([member_id])
        info.context.loaders.forget()
        return ReturnRedemptionPayload(
            redemption=Redemption.of(ended.redemption, await info.context.reader()),
            member=Member.of(await members.find(id=member_id)),
            replayed=ended.replayed,
        )

    @strawberry.mutation(
        description="Use a voucher, once. Whatever is wrong with a code is answered alike."
    )
    async def use_voucher(
        self,
        info: Info,
        input: Annotated[UseVoucherInput, strawberry.argument(description="Which.")],
    ) -> UseVoucherResult:
        ended = await redemptions.use(
            input.code,
            source=source_of(info, input.idempotency_key),
            caller=info.context.viewer.key,
        )
        return UseVoucherPayload(
            redemption=Redemption.of(ended.redemption, await info.context.reader()),
            replayed=ended.replayed,
        )
