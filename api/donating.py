"""Donating points: at once, or held first and confirmed or cancelled later."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import MemberRef, acting_for, source_of
from api.context import Info
from api.donations import Donation
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
from api.scalars import BigInt
from gamification import members
from kit import bells
from rewards import donations
from rewards.donations import Donated


@strawberry.input(description="Points for a campaign.")
class DonateInput:
    campaign: str = strawberry.field(description="The campaign's key.")
    points: BigInt = strawberry.field(description="How many points.")
    idempotency_key: str = strawberry.field(
        description="Names this donation among all of the caller's: 1 to 200 characters."
    )
    anonymous: bool = strawberry.field(default=False, description="Keep the member's name back.")
    confirm: bool = strawberry.field(
        default=True, description="At once; else the points are only held, for 15 minutes."
    )
    member: MemberRef | None = strawberry.field(
        default=None, description="Who gives; a member may leave it out."
    )


@strawberry.input(description="A donation that is held.")
class ConfirmDonationInput:
    donation: strawberry.ID = strawberry.field(description="Its id.")
    idempotency_key: str = strawberry.field(
        description="Names this confirmation among all of the caller's: 1 to 200 characters."
    )
    member: MemberRef | None = strawberry.field(
        default=None, description="Whose it is; a member may leave it out."
    )


@strawberry.input(description="A donation that is held.")
class CancelDonationInput:
    donation: strawberry.ID = strawberry.field(description="Its id.")
    idempotency_key: str = strawberry.field(
        description="Names this cancellation among all of the caller's: 1 to 200 characters."
    )
    member: MemberRef | None = strawberry.field(
        default=None, description="Whose it is; a member may leave it out."
    )


@strawberry.type(description="The donation is made, or held until it is confirmed.")
class DonatePayload:
    donation: Donation = strawberry.field(description="The donation.")
    member: Member = strawberry.field(description="Who gave.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The donation is confirmed.")
class ConfirmDonationPayload:
    donation: Donation = strawberry.field(description="The donation.")
    member: Member = strawberry.field(description="Who gave.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="The donation is called off, and its points are back.")
class CancelDonationPayload:
    donation: Donation = strawberry.field(description="The donation.")
    member: Member = strawberry.field(description="Whose points are back.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


DonateResult: TypeAlias = Annotated[
    DonatePayload
    | InsufficientPoints
    | InvalidInput
    | NotFound
    | NotAvailable
    | Denied
    | IdempotencyConflict,
    strawberry.union("DonateResult", description="A donation, or why there is none."),
]
ConfirmDonationResult: TypeAlias = Annotated[
    ConfirmDonationPayload
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("ConfirmDonationResult", description="A donation confirmed, or why not."),
]
CancelDonationResult: TypeAlias = Annotated[
    CancelDonationPayload
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("CancelDonationResult", description="A donation called off, or why not."),
]


@strawberry.type
class DonatingMutations:
    @strawberry.mutation(description="Give points to a campaign.")
    async def donate(
        self,
        info: Info,
        input: Annotated[DonateInput, strawberry.argument(description="What, and for what.")],
    ) -> DonateResult:
        member_id = await acting_for(info, input.member)
        donated = await donations.donate(
            member_id,
            campaign=input.campaign,
            points=input.points,
            anonymous=input.anonymous,
            confirm=input.confirm,
            source=source_of(info, input.idempotency_key),
        )
        donation, member = await _told(info, donated)
        return DonatePayload(donation=donation, member=member, replayed=donated.replayed)

    @strawberry.mutation(description="Make a held donation a real one.")
    async def confirm_donation(
        self,
        info: Info,
        input: Annotated[ConfirmDonationInput, strawberry.argument(description="Which.")],
    ) -> ConfirmDonationResult:
        donated = await donations.confirm(
            await acting_for(info, input.member),
            donation=input.donation,
            source=source_of(info, input.idempotency_key),
        )
        donation, member = await _told(info, donated)
        return ConfirmDonationPayload(donation=donation, member=member, replayed=donated.replayed)

    @strawberry.mutation(description="Call off a held donation; its points come back.")
    async def cancel_donation(
        self,
        info: Info,
        input: Annotated[CancelDonationInput, strawberry.argument(description="Which.")],
    ) -> CancelDonationResult:
        donated = await donations.cancel(
            await acting_for(info, input.member),
            donation=input.donation,
            source=source_of(info, input.idempotency_key),
        )
        donation, member = await _told(info, donated)
        return CancelDonationPayload(donation=donation, member=member, replayed=donated.replayed)


async def _told(info: Info, donated: Donated) -> tuple[Donation, Member]:
    """The donation and its giver as they are now; whoever listens hears of it."""
    donation = donated.donation
    await bells.ring([donation.member_id])
    info.context.loaders.forget()
    member = await members.find(id=donation.member_id)
    return Donation.of(donation, await info.context.reader()), Member.of(member)
