"""Recording what members did, one by one or many at once, and taking it back."""

from collections.abc import Sequence
from fractions import Fraction
from math import isfinite
from typing import Annotated, Any, Final, TypeAlias

import strawberry

import rewards
from api import errors, events
from api.acting import source_of
from api.activities import Activity
from api.activity_inputs import (
    RecordActivitiesInput,
    RecordActivityInput,
    RetractActivityInput,
    Wait,
    recording_of,
)
from api.context import Info
from api.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InsufficientPoints,
    InTheFuture,
    NotFound,
    TooLate,
)
from api.errors import InvalidInput as InvalidInputResult
from api.events import Effect
from api.staff import refuse_own
from gamification import engine, journal
from gamification.engine import Recorded, Recording
from gamification.journal import Entry
from kit import bells
from kit import errors as house
from kit.errors import InvalidInput, PialaError
from kit.settings import settings

PRECISION: Final = 10**6
"""A fraction is counted in millionths."""


async def effects_of(info: Info, entry: Entry) -> list[Any]:
    """What an entry brought about, as far as it is settled."""
    reader = await info.context.reader()
    facts = await info.context.loaders.effects.load(entry.id)
    found = (events.told(fact, entry.member_id, reader) for fact in facts)
    return [one for one in found if one is not None]


@strawberry.type(description="The activity is recorded, and will never be lost.")
class RecordActivityPayload:
    activity: Activity = strawberry.field(description="The activity, as it was recorded first.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")
    settled: bool = strawberry.field(description="Whether its effects have happened by now.")
    entry: strawberry.Private[Entry]

    @strawberry.field(description="What it has brought the member so far.")
    async def effects(self, info: Info) -> list[Effect]:
        return await effects_of(info, self.entry) if self.settled else []


RecordActivityResult: TypeAlias = Annotated[
    RecordActivityPayload
    | InvalidInputResult
    | NotFound
    | Denied
    | IdempotencyConflict
    | TooLate
    | InTheFuture,
    strawberry.union("RecordActivityResult", description="An activity recorded, or why not."),
]


@strawberry.type(description="What became of each of many activities.")
class RecordActivitiesPayload:
    accepted: int = strawberry.field(description="How many were recorded now.")
    replayed: int = strawberry.field(description="How many had been recorded before.")
    results: list[RecordActivityResult] = strawberry.field(
        description="What became of each, in the order in which they were sent."
    )


RecordActivitiesResult: TypeAlias = Annotated[
    RecordActivitiesPayload | InvalidInputResult | Denied,
    strawberry.union("RecordActivitiesResult", description="Activities recorded, or why none."),
]


@strawberry.type(description="The activity is taken back, wholly or in part.")
class RetractActivityPayload:
    activity: Activity = strawberry.field(description="The activity, as it was recorded.")
    replayed: bool = strawberry.field(description="Whether the same call had come before.")
    settled: bool = strawberry.field(description="Whether its effects have happened by now.")
    entry: strawberry.Private[Entry]

    @strawberry.field(description="What taking it back has brought about so far.")
    async def effects(self, info: Info) -> list[Effect]:
        return await effects_of(info, self.entry) if self.settled else []


RetractActivityResult: TypeAlias = Annotated[
    RetractActivityPayload
    | InvalidInputResult
    | NotFound
    | Denied
    | IdempotencyConflict
    | AlreadyResolved
    | InsufficientPoints,
    strawberry.union("RetractActivityResult", description="An activity taken back, or why not."),
]


@strawberry.type
class RecordingMutations:
    @strawberry.mutation(description="Record something that a member did.")
    async def record_activity(
        self,
        info: Info,
        input: Annotated[RecordActivityInput, strawberry.argument(description="What was done.")],
    ) -> RecordActivityResult:
        [answer] = await _record(info, [input])
        if isinstance(answer, PialaError):
            raise answer
        return answer

    @strawberry.mutation(description="Record many activities; each is answered for by itself.")
    async def record_activities(
        self,
        info: Info,
        input: Annotated[RecordActivitiesInput, strawberry.argument(description="What was done.")],
    ) -> RecordActivitiesResult:
        if not 1 <= len(input.activities) <= settings().limit_batch:
            raise InvalidInput.at("activities", f"must be from 1 to {settings().limit_batch:,}")
        answers = await _record(info, input.activities)
        told = [errors.told(one) if isinstance(one, PialaError) else one for one in answers]
        recorded = [one for one in answers if isinstance(one, RecordActivityPayload)]
        replayed = sum(one.replayed for one in recorded)
        return RecordActivitiesPayload(
            accepted=len(recorded) - replayed, replayed=replayed, results=told
        )

    @strawberry.mutation(description="Take back what was recorded: a refund, or a mistake.")
    async def retract_activity(
        self,
        info: Info,
        input: Annotated[RetractActivityInput, strawberry.argument(description="What and why.")],
    ) -> RetractActivityResult:
        target = await _target(info, input)
        recorded = await rewards.retract(
            source=source_of(info, input.idempotency_key),
            reason=input.reason,
            target_id=target.id,
            share=_share(input.fraction),
            amount=_amount(input, target),
        )
        settled = await settle([target.member_id], wait=Wait.NONE)
        info.context.loaders.forget()
        return RetractActivityPayload(
            activity=Activity.of(target),
            replayed=recorded.replayed,
            settled=settled,
            entry=recorded.entry,
        )


async def settle(member_ids: Sequence[str], *, wait: Wait) -> bool:
    """Let what was recorded take effect now, where this process does the work or somebody waits.

    Rings for whoever listens. Whether it is settled.
    """
    now = settings().redis_url is None or wait is Wait.SETTLED
    if now and member_ids:
        await engine.settle(member_ids)
    await bells.ring(member_ids)
    return now


_Answer: TypeAlias = RecordActivityPayload | PialaError


async def _record(info: Info, said: Sequence[RecordActivityInput]) -> list[_Answer]:
    judged = [await _judged(info, one) for one in said]
    answers = iter(await engine.record([one for one in judged if isinstance(one, Recording)]))
    recorded = [next(answers) if isinstance(one, Recording) else one for one in judged]
    fresh = [
        (answer.entry.member_id, asked.wait)
        for answer, asked in zip(recorded, said, strict=True)
        if isinstance(answer, Recorded)
    ]
    waits = Wait.SETTLED if any(wait is Wait.SETTLED for _, wait in fresh) else Wait.NONE
    settled = await settle(sorted({member_id for member_id, _ in fresh}), wait=waits)
    info.context.loaders.forget()
    return [one if isinstance(one, PialaError) else _payload(one, settled) for one in recorded]


async def _judged(info: Info, said: RecordActivityInput) -> Recording | PialaError:
    try:
        recording = recording_of(info, said)
        if info.context.viewer.is_staff:
            await refuse_own(info, said.member)
    except (InvalidInput, house.Denied) as error:
        return error
    return recording


def _payload(recorded: Recorded, settled: bool) -> RecordActivityPayload:
    return RecordActivityPayload(
        activity=Activity.of(recorded.entry),
        replayed=recorded.replayed,
        settled=settled,
        entry=recorded.entry,
    )


async def _target(info: Info, said: RetractActivityInput) -> Entry:
    ref = said.activity
    if bool(ref.id) == bool(ref.idempotency_key):
        raise InvalidInput.at("activity", "give either id or idempotencyKey")
    if ref.id:
        return await journal.find_entry(id=ref.id)
    path = "activity.idempotencyKey"
    return await journal.find_entry(source=source_of(info, ref.idempotency_key or "", path))


def _share(fraction: float | None) -> Fraction | None:
    if fraction is None:
        return None
    if not isfinite(fraction) or not 0 < fraction <= 1:
        raise InvalidInput.at("fraction", "must be above 0 and at most 1")
    return Fraction(round(fraction * PRECISION), PRECISION)


def _amount(said: RetractActivityInput, target: Entry) -> int | None:
    if said.amount is None:
        return None
    if said.amount.currency != target.facts.currency:
        expected = target.facts.currency or "no money at all"
        raise InvalidInput.at("amount.currency", f"the activity was about {expected}")
    return said.amount.minor
