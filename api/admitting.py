"""Deciding about what is parked, and trying dead letters again."""

from typing import Annotated, Any, TypeAlias

import strawberry

from api.acting import source_of
from api.activity_inputs import Wait
from api.context import Info
from api.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from api.events import Effect
from api.members import Member
from api.parked import DeadLetter, ParkedActivity, member_of
from api.recording import effects_of, settle
from api.staff import staff_of
from gamification import engine
from gamification.engine import Judged
from gamification.journal import Entry
from kit import bells


@strawberry.input(description="A parked activity that is to count.")
class AdmitParkedActivityInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this decision among all of the caller's: 1 to 200 characters."
    )
    wait: Wait = strawberry.field(default=Wait.NONE, description="What to wait for.")


@strawberry.input(description="A parked activity that is to stay out.")
class DismissParkedActivityInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this decision among all of the caller's: 1 to 200 characters."
    )


@strawberry.input(description="A dead letter to try again.")
class RetryDeadLetterInput:
    id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The activity is recorded, at its own time.")
class AdmitParkedActivityPayload:
    parked_activity: ParkedActivity = strawberry.field(description="The activity.")
    member: Member = strawberry.field(description="Whose it is.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")
    settled: bool = strawberry.field(description="Whether its effects have happened by now.")
    entry: strawberry.Private[Entry]

    @strawberry.field(description="What it has brought the member so far.")
    async def effects(self, info: Info) -> list[Effect]:
        return await effects_of(info, self.entry) if self.settled else []


@strawberry.type(description="The activity stays out of the journal.")
class DismissParkedActivityPayload:
    parked_activity: ParkedActivity = strawberry.field(description="The activity.")
    member: Member = strawberry.field(description="Whose it would be.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")


@strawberry.type(description="It was tried again.")
class RetryDeadLetterPayload:
    dead_letter: DeadLetter = strawberry.field(description="The dead letter, as it was.")
    member: Member = strawberry.field(description="Whose it is.")
    folded: bool = strawberry.field(
        description="Whether it worked; else there is a new dead letter."
    )


AdmitParkedActivityResult: TypeAlias = Annotated[
    AdmitParkedActivityPayload
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | NotAvailable
    | Denied
    | IdempotencyConflict,
    strawberry.union("AdmitParkedActivityResult", description="An activity admitted, or why not."),
]
DismissParkedActivityResult: TypeAlias = Annotated[
    DismissParkedActivityPayload
    | AlreadyResolved
    | InvalidInput
    | NotFound
    | Denied
    | IdempotencyConflict,
    strawberry.union("DismissParkedActivityResult", description="One dismissed, or why not."),
]
RetryDeadLetterResult: TypeAlias = Annotated[
    RetryDeadLetterPayload | InvalidInput | NotFound | Denied,
    strawberry.union("RetryDeadLetterResult", description="One tried again, or why not."),
]


@strawberry.type
class AdmittingMutations:
    @strawberry.mutation(description="Let an activity count that came too late, or too early.")
    async def admit_parked_activity(
        self,
        info: Info,
        input: Annotated[
            AdmitParkedActivityInput, strawberry.argument(description="Which, and why.")
        ],
    ) -> AdmitParkedActivityResult:
        judged = await engine.admit(
            input.id,
            by=staff_of(info),
            reason=input.reason,
            source=source_of(info, input.idempotency_key),
        )
        settled = await settle([judged.apart.entry.member_id], wait=input.wait)
        return AdmitParkedActivityPayload(
            **await _told(info, judged), settled=settled, entry=judged.apart.entry
        )

    @strawberry.mutation(description="Leave an activity out for good.")
    async def dismiss_parked_activity(
        self,
        info: Info,
        input: Annotated[
            DismissParkedActivityInput, strawberry.argument(description="Which, and why.")
        ],
    ) -> DismissParkedActivityResult:
        judged = await engine.dismiss(
            input.id,
            by=staff_of(info),
            reason=input.reason,
            source=source_of(info, input.idempotency_key),
        )
        return DismissParkedActivityPayload(**await _told(info, judged))

    @strawberry.mutation(description="Try to fold again what could not be folded.")
    async def retry_dead_letter(
        self,
        info: Info,
        input: Annotated[RetryDeadLetterInput, strawberry.argument(description="Which.")],
    ) -> RetryDeadLetterResult:
        retried = await engine.retry(input.id, by=staff_of(info))
        await bells.ring([retried.letter.member_id])
        info.context.loaders.forget()
        return RetryDeadLetterPayload(
            dead_letter=DeadLetter.of(retried.letter),
            member=await member_of(info, retried.letter.member_id),
            folded=retried.folded,
        )


async def _told(info: Info, judged: Judged) -> dict[str, Any]:
    info.context.loaders.forget()
    return {
        "parked_activity": ParkedActivity.of(judged.apart),
        "member": await member_of(info, judged.apart.entry.member_id),
        "replayed": judged.replayed,
    }
