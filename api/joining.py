"""Joining challenges."""

from typing import Annotated, TypeAlias

import strawberry

from api.acting import MemberRef, acting_for, source_of
from api.activity_inputs import Wait
from api.challenges import MemberChallenge
from api.context import Info
from api.errors import Denied, IdempotencyConflict, InvalidInput, NotAvailable, NotFound
from api.members import Member
from api.recording import settle
from gamification import engine, members
from gamification.challenges import ChallengeState


@strawberry.input(description="A challenge to take part in.")
class JoinChallengeInput:
    challenge: str = strawberry.field(description="The challenge's key.")
    idempotency_key: str = strawberry.field(
        description="Names this choice among all of the caller's: 1 to 200 characters."
    )
    member: MemberRef | None = strawberry.field(
        default=None, description="Who joins; a member may leave it out."
    )


@strawberry.type(description="The member takes part from now on.")
class JoinChallengePayload:
    challenge: MemberChallenge = strawberry.field(description="The challenge.")
    member: Member = strawberry.field(description="Who joined.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


JoinChallengeResult: TypeAlias = Annotated[
    JoinChallengePayload | NotAvailable | InvalidInput | NotFound | Denied | IdempotencyConflict,
    strawberry.union("JoinChallengeResult", description="A challenge joined, or why not."),
]


@strawberry.type
class JoiningMutations:
    @strawberry.mutation(description="Take part in a challenge that asks to be joined.")
    async def join_challenge(
        self,
        info: Info,
        input: Annotated[JoinChallengeInput, strawberry.argument(description="Which.")],
    ) -> JoinChallengeResult:
        member_id = await acting_for(info, input.member)
        joined = await engine.join(
            member_id,
            challenge=input.challenge,
            source=source_of(info, input.idempotency_key),
        )
        # A choice takes effect at once, wherever the work is done: the screen shows it.
        await settle([member_id], wait=Wait.SETTLED)
        info.context.loaders.forget()
        return JoinChallengePayload(
            challenge=await _challenge(info, member_id, input.challenge),
            member=Member.of(await members.find(id=member_id)),
            replayed=joined.replayed,
        )


async def _challenge(info: Info, member_id: str, key: str) -> MemberChallenge:
    reader = await info.context.reader()
    standing = (await info.context.standing(member_id)).standing
    state = standing.challenges.get(key, ChallengeState())
    return MemberChallenge.of(reader.edition.challenges[key], state, reader)
