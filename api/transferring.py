"""Handing points over to another member."""

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
)
from api.members import Member
from api.scalars import BigInt
from api.transfers import Transfer
from gamification import engine, members
from gamification.engine import Recipient
from kit import bells
from kit import errors as house


@strawberry.input(description="Names who is to have points, by one of two names.")
class RecipientRef:
    external_id: str | None = strawberry.field(
        default=None, description="By their id in your own books."
    )
    referral_code: str | None = strawberry.field(
        default=None, description="By the code with which their friends enrol."
    )


@strawberry.input(description="Points for another member.")
class TransferPointsInput:
    to: RecipientRef = strawberry.field(description="Who is to have them.")
    currency: str = strawberry.field(description="The currency's key.")
    points: BigInt = strawberry.field(description="How many.")
    idempotency_key: str = strawberry.field(
        description="Names this transfer among all of the caller's: 1 to 200 characters."
    )
    message: str = strawberry.field(
        default="", description="What to say to it: 500 characters at most."
    )
    member: MemberRef | None = strawberry.field(
        default=None, description="Who gives; a member may leave it out."
    )


@strawberry.type(description="The points are the other member's.")
class TransferPointsPayload:
    transfer: Transfer = strawberry.field(description="The transfer.")
    member: Member = strawberry.field(description="Who gave.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


TransferPointsResult: TypeAlias = Annotated[
    TransferPointsPayload
    | InsufficientPoints
    | NotAvailable
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("TransferPointsResult", description="Points handed over, or why not."),
]


@strawberry.type
class TransferringMutations:
    @strawberry.mutation(
        description="Hand points over to another member, where the currency allows it."
    )
    async def transfer_points(
        self,
        info: Info,
        input: Annotated[TransferPointsInput, strawberry.argument(description="What, to whom.")],
    ) -> TransferPointsResult:
        transferred = await engine.transfer(
            await acting_for(info, input.member),
            to=_recipient(input.to),
            currency=input.currency,
            points=input.points,
            message=input.message,
            source=source_of(info, input.idempotency_key),
        )
        done = transferred.transfer
        await bells.ring([done.sender_id, done.recipient_id])
        info.context.loaders.forget()
        return TransferPointsPayload(
            transfer=Transfer.of(done, await info.context.reader()),
            member=Member.of(await members.find(id=done.sender_id)),
            replayed=transferred.replayed,
        )


def _recipient(ref: RecipientRef) -> Recipient:
    if bool(ref.external_id) == bool(ref.referral_code):
        raise house.InvalidInput.at("to", "give either externalId or referralCode")
    return Recipient(external_id=ref.external_id or "", referral_code=ref.referral_code or "")
