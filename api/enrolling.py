"""Enrolling members."""

from typing import Annotated, TypeAlias

import strawberry

from api.errors import Denied, IdempotencyConflict, InvalidInput, NotFound
from api.members import Member
from gamification import engine
from gamification.members import Enrolment


@strawberry.input(description="Somebody who joins the programme.")
class EnrolMemberInput:
    external_id: str = strawberry.field(
        description="Their id in your own books: 1 to 200 characters. It makes this happen once."
    )
    display_name: str = strawberry.field(description="The name that they go by.")
    time_zone: str = strawberry.field(
        default="UTC", description="The IANA zone in which their days are, as in `Asia/Jakarta`."
    )
    locale: str | None = strawberry.field(
        default=None, description="The language that they read (BCP 47), as in `id`."
    )
    avatar_url: str | None = strawberry.field(default=None, description="A picture of them.")
    email: str | None = strawberry.field(default=None, description="Their e-mail address.")
    card_number: str | None = strawberry.field(
        default=None, description="The number on their card, nobody else's."
    )
    referral_code: str | None = strawberry.field(
        default=None, description="The code of the member who sent them."
    )


@strawberry.type(description="They are a member.")
class EnrolMemberPayload:
    member: Member = strawberry.field(description="The member.")
    replayed: bool = strawberry.field(description="Whether they had been enrolled before.")


EnrolMemberResult: TypeAlias = Annotated[
    EnrolMemberPayload | InvalidInput | NotFound | Denied | IdempotencyConflict,
    strawberry.union("EnrolMemberResult", description="A member enrolled, or why not."),
]


@strawberry.type
class EnrollingMutations:
    @strawberry.mutation(description="Enrol a member, once for each external id.")
    async def enrol_member(
        self,
        input: Annotated[EnrolMemberInput, strawberry.argument(description="Who joins.")],
    ) -> EnrolMemberResult:
        enrolled = await engine.enrol(
            Enrolment(
                external_id=input.external_id,
                display_name=input.display_name,
                time_zone=input.time_zone,
                locale=input.locale or "",
                avatar_url=input.avatar_url,
                email=input.email,
                card_number=input.card_number,
                referral_code=input.referral_code,
            )
        )
        return EnrolMemberPayload(member=Member.of(enrolled.member), replayed=enrolled.replayed)
