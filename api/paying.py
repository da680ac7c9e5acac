"""Paying with points at a till: at once, or held first until the bill is known."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import acting_for, source_of
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
from api.payment_inputs import (
    CaptureHoldInput,
    HoldPointsInput,
    RefundPaymentInput,
    ReleaseHoldInput,
    SpendPointsInput,
    bill_of,
    named,
)
from api.payments import Hold, Payment
from api.scalars import BigInt
from gamification import members
from kit import bells
from rewards import payments


@strawberry.type(description="The points are spent.")
class SpendPointsPayload:
    payment: Payment = strawberry.field(description="The payment.")
    member: Member = strawberry.field(description="Who paid.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The points are set aside.")
class HoldPointsPayload:
    hold: Hold = strawberry.field(description="The hold.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The hold is paid out; what was not needed is back.")
class CaptureHoldPayload:
    payment: Payment = strawberry.field(description="What was paid.")
    hold: Hold = strawberry.field(description="The hold, as it was placed.")
    returned: BigInt = strawberry.field(description="How many of its points came back.")
    member: Member = strawberry.field(description="Who paid.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The points of the hold are back.")
class ReleaseHoldPayload:
    hold: Hold = strawberry.field(description="The hold, as it was placed.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="Points are back in the lots that they came from.")
class RefundPaymentPayload:
    returned: BigInt = strawberry.field(description="How many points.")
    member: Member = strawberry.field(description="Whose points.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


SpendPointsResult: TypeAlias = Annotated[
    SpendPointsPayload
    | InsufficientPoints
    | NotAvailable
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("SpendPointsResult", description="Points spent, or why not."),
]
HoldPointsResult: TypeAlias = Annotated[
    HoldPointsPayload
    | InsufficientPoints
    | NotAvailable
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("HoldPointsResult", description="Points set aside, or why not."),
]
CaptureHoldResult: TypeAlias = Annotated[
    CaptureHoldPayload | AlreadyResolved | InvalidInput | NotFound | Denied | IdempotencyConflict,
    strawberry.union("CaptureHoldResult", description="A hold paid out, or why not."),
]
ReleaseHoldResult: TypeAlias = Annotated[
    ReleaseHoldPayload | AlreadyResolved | InvalidInput | NotFound | Denied | IdempotencyConflict,
    strawberry.union("ReleaseHoldResult", description="A hold given back, or why not."),
]
RefundPaymentResult: TypeAlias = Annotated[
    RefundPaymentPayload | AlreadyResolved | InvalidInput | NotFound | Denied | IdempotencyConflict,
    strawberry.union("RefundPaymentResult", description="A payment given back, or why not."),
]


@strawberry.type
class PayingMutations:
    @strawberry.mutation(description="Let a member pay with points.")
    async def spend_points(
        self,
        info: Info,
        input: Annotated[SpendPointsInput, strawberry.argument(description="What, and for what.")],
    ) -> SpendPointsResult:
        member_id = await acting_for(info, input.member)
        source = source_of(info, input.idempotency_key)
        paid = await payments.pay(member_id, await bill_of(info, input), source=source)
        entry, reader = paid.entry, await info.context.reader()
        return SpendPointsPayload(
            payment=Payment.of(entry, entry, entry.facts.points, reader),
            member=await _told(info, member_id),
            replayed=paid.replayed,
        )

    @strawberry.mutation(description="Set points aside until it is known how many it takes.")
    async def hold_points(
        self,
        info: Info,
        input: Annotated[HoldPointsInput, strawberry.argument(description="What, and for what.")],
    ) -> HoldPointsResult:
        member_id = await acting_for(info, input.member)
        held = await payments.hold(
            member_id,
            await bill_of(info, input),
            seconds=input.expires_in_seconds,
            source=source_of(info, input.idempotency_key),
        )
        return HoldPointsPayload(
            hold=Hold.of(held.entry, await info.context.reader()),
            member=await _told(info, member_id),
            replayed=held.replayed,
        )

    @strawberry.mutation(description="Pay a hold out, or as much of it as it takes.")
    async def capture_hold(
        self,
        info: Info,
        input: Annotated[CaptureHoldInput, strawberry.argument(description="Which.")],
    ) -> CaptureHoldResult:
        id, source = named(info, input.hold, "hold")
        hold = await payments.find_hold(id=id, source=source)
        captured = await payments.capture(
            hold, points=input.points, source=source_of(info, input.idempotency_key)
        )
        reader = await info.context.reader()
        return CaptureHoldPayload(
            payment=Payment.of(captured.entry, hold, captured.paid, reader),
            hold=Hold.of(hold, reader),
            returned=BigInt(captured.returned),
            member=await _told(info, hold.member_id),
            replayed=captured.replayed,
        )

    @strawberry.mutation(description="Give the points of a hold back.")
    async def release_hold(
        self,
        info: Info,
        input: Annotated[ReleaseHoldInput, strawberry.argument(description="Which.")],
    ) -> ReleaseHoldResult:
        id, source = named(info, input.hold, "hold")
        hold = await payments.find_hold(id=id, source=source)
        released = await payments.release(hold, source=source_of(info, input.idempotency_key))
        return ReleaseHoldPayload(
            hold=Hold.of(hold, await info.context.reader()),
            member=await _told(info, hold.member_id),
            replayed=released.replayed,
        )

    @strawberry.mutation(description="Give points of a payment back, as they were before it.")
    async def refund_payment(
        self,
        info: Info,
        input: Annotated[RefundPaymentInput, strawberry.argument(description="Which, and why.")],
    ) -> RefundPaymentResult:
        id, source = named(info, input.payment, "payment")
        payment = await payments.find_payment(id=id, source=source)
        refunded = await payments.refund(
            payment,
            points=input.points,
            reason=input.reason,
            source=source_of(info, input.idempotency_key),
        )
        return RefundPaymentPayload(
            returned=BigInt(refunded.entry.facts.points),
            member=await _told(info, payment.member_id),
            replayed=refunded.replayed,
        )


async def _told(info: Info, member_id: str) -> Member:
    """The member as they are now; whoever listens hears of it."""
    await bells.ring([member_id])
    info.context.loaders.forget()
    return Member.of(await members.find(id=member_id))
