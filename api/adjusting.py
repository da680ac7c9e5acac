"""Adjusting points by staff: at once, or once a second person agrees."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import MemberRef, acting_for, source_of
from api.adjustments import Adjustment
from api.context import Info
from api.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from api.members import Member
from api.scalars import BigInt, DateTime
from api.staff import staff_of
from gamification import engine, members
from gamification.engine import Adjusted
from kit import bells


@strawberry.input(description="Points to give a member, or to take.")
class AdjustPointsInput:
    member: MemberRef = strawberry.field(description="Whose points.")
    currency: str = strawberry.field(description="The currency's key.")
    points: BigInt = strawberry.field(description="Above 0 to give, below 0 to take.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters, without names.")
    idempotency_key: str = strawberry.field(
        description="Names this adjustment among all of the caller's: 1 to 200 characters."
    )
    expires_at: DateTime | None = strawberry.field(
        default=None,
        description="When what is given expires; as the currency says, if left out.",
    )


@strawberry.input(description="An adjustment that waits, to be approved.")
class ApproveAdjustmentInput:
    adjustment: strawberry.ID = strawberry.field(description="Its id.")
    idempotency_key: str = strawberry.field(
        description="Names this approval among all of the caller's: 1 to 200 characters."
    )
    note: str = strawberry.field(default="", description="What to say to it.")


@strawberry.input(description="An adjustment that waits, to be turned down.")
class RejectAdjustmentInput:
    adjustment: strawberry.ID = strawberry.field(description="Its id.")
    note: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this rejection among all of the caller's: 1 to 200 characters."
    )


@strawberry.input(description="An adjustment that was a mistake.")
class ReverseAdjustmentInput:
    adjustment: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this reversal among all of the caller's: 1 to 200 characters."
    )


@strawberry.type(description="The points are given or taken; or it waits for a second person.")
class AdjustPointsPayload:
    adjustment: Adjustment = strawberry.field(description="The adjustment; its state says which.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The adjustment took effect.")
class ApproveAdjustmentPayload:
    adjustment: Adjustment = strawberry.field(description="The adjustment.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The adjustment is turned down.")
class RejectAdjustmentPayload:
    adjustment: Adjustment = strawberry.field(description="The adjustment.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The adjustment is as if it had not been.")
class ReverseAdjustmentPayload:
    adjustment: Adjustment = strawberry.field(description="The adjustment.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


AdjustPointsResult: TypeAlias = Annotated[
    AdjustPointsPayload
    | InsufficientPoints
    | NotAvailable
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("AdjustPointsResult", description="Points adjusted, or why not."),
]
ApproveAdjustmentResult: TypeAlias = Annotated[
    ApproveAdjustmentPayload
    | InsufficientPoints
    | NotAvailable
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("ApproveAdjustmentResult", description="An adjustment approved, or why not."),
]
RejectAdjustmentResult: TypeAlias = Annotated[
    RejectAdjustmentPayload
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("RejectAdjustmentResult", description="One turned down, or why not."),
]
ReverseAdjustmentResult: TypeAlias = Annotated[
    ReverseAdjustmentPayload
    | InsufficientPoints
    | NotAvailable
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("ReverseAdjustmentResult", description="One taken back, or why not."),
]


@strawberry.type
class AdjustingMutations:
    @strawberry.mutation(
        description="Give a member points, or take some. Much of it waits for a second person."
    )
    async def adjust_points(
        self,
        info: Info,
        input: Annotated[AdjustPointsInput, strawberry.argument(description="What, and why.")],
    ) -> AdjustPointsResult:
        adjusted = await engine.adjust(
            await acting_for(info, input.member),
            currency=input.currency,
            points=input.points,
            reason=input.reason,
            expires_at=input.expires_at,
            by=staff_of(info),
            source=source_of(info, input.idempotency_key),
        )
        adjustment, member = await _told(info, adjusted)
        return AdjustPointsPayload(adjustment=adjustment, member=member, replayed=adjusted.replayed)

    @strawberry.mutation(description="Let what another of the staff asked for take effect.")
    async def approve_adjustment(
        self,
        info: Info,
        input: Annotated[ApproveAdjustmentInput, strawberry.argument(description="Which.")],
    ) -> ApproveAdjustmentResult:
        adjusted = await engine.approve_adjustment(
            input.adjustment,
            by=staff_of(info),
            note=input.note,
            source=source_of(info, input.idempotency_key),
        )
        adjustment, member = await _told(info, adjusted)
        return ApproveAdjustmentPayload(
            adjustment=adjustment, member=member, replayed=adjusted.replayed
        )

    @strawberry.mutation(description="Turn down what another of the staff asked for.")
    async def reject_adjustment(
        self,
        info: Info,
        input: Annotated[RejectAdjustmentInput, strawberry.argument(description="Which, and why.")],
    ) -> RejectAdjustmentResult:
        adjusted = await engine.reject_adjustment(
            input.adjustment,
            by=staff_of(info),
            note=input.note,
            source=source_of(info, input.idempotency_key),
        )
        adjustment, member = await _told(info, adjusted)
        return RejectAdjustmentPayload(
            adjustment=adjustment, member=member, replayed=adjusted.replayed
        )

    @strawberry.mutation(description="Take back an adjustment that was a mistake, all of it.")
    async def reverse_adjustment(
        self,
        info: Info,
        input: Annotated[
            ReverseAdjustmentInput, strawberry.argument(description="Which, and why.")
        ],
    ) -> ReverseAdjustmentResult:
        adjusted = await engine.reverse_adjustment(
            input.adjustment,
            by=staff_of(info),
            reason=input.reason,
            source=source_of(info, input.idempotency_key),
        )
        adjustment, member = await _told(info, adjusted)
        return ReverseAdjustmentPayload(
            adjustment=adjustment, member=member, replayed=adjusted.replayed
        )


async def _told(info: Info, adjusted: Adjusted) -> tuple[Adjustment, Member]:
    """The adjustment and its member as they are now; whoever listens hears of it."""
    adjustment = adjusted.adjustment
    await bells.ring([adjustment.member_id])
    info.context.loaders.forget()
    member = await members.find(id=adjustment.member_id)
    return Adjustment.of(adjustment, await info.context.reader()), Member.of(member)
