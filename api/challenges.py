"""Challenges: tasks within a window, and how far a member is with them."""

from collections.abc import Iterator
from enum import Enum
from typing import Annotated, TypeAlias

import strawberry

from api import paging
from api.badges import Badge
from api.context import Info, Reader
from api.paging import After, Connection, First
from api.points import Currency
from api.progress import Progress
from api.scalars import BigInt, DateTime
from gamification import challenges
from gamification.challenges import ChallengeState as Progressed
from gamification.challenges import CompiledChallenge, Enrolment, Mode
from gamification.engine import Standing
from gamification.metrics import Counter
from gamification.programme import DefinitionState
from kit import clock
from kit.settings import settings


@strawberry.enum(description="Where a challenge is in its life.")
class ChallengeState(Enum):
    DRAFT = strawberry.enum_value("DRAFT", description="It is not published yet.")
    SCHEDULED = strawberry.enum_value("SCHEDULED", description="Its time has not come.")
    ACTIVE = strawberry.enum_value("ACTIVE", description="It is on.")
    SETTLING = strawberry.enum_value(
        "SETTLING", description="It is over, and what happened in it may still be reported."
    )
    CLOSED = strawberry.enum_value("CLOSED", description="It is over, and so is its result.")
    ARCHIVED = strawberry.enum_value("ARCHIVED", description="It is put away.")


@strawberry.type(description="Points as a prize.")
class PointsPrize:
    amount: BigInt = strawberry.field(description="How many.")
    currency: Currency = strawberry.field(description="Which.")


@strawberry.type(description="A badge as a prize.")
class BadgePrize:
    badge: Badge = strawberry.field(description="The badge.")


Prize: TypeAlias = Annotated[
    PointsPrize | BadgePrize,
    strawberry.union("Prize", description="What completing a challenge brings, once."),
]


@strawberry.type(description="One task of a challenge.")
class Task:
    key: str = strawberry.field(description="Its key, or its number.")
    title: str | None = strawberry.field(description="What is to be done.")
    goal: BigInt = strawberry.field(description="What it takes.")


@strawberry.type(description="A task, and how far a member is with it.")
class TaskProgress:
    task: Task = strawberry.field(description="The task.")
    progress: Progress = strawberry.field(description="How far it is done.")


@strawberry.type(description="Tasks within a window of time, with prizes.")
class Challenge:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title, in the viewer's language.")
    description: str | None = strawberry.field(description="What it is about.")
    starts_at: DateTime = strawberry.field(description="When it begins.")
    ends_at: DateTime = strawberry.field(description="The first moment after it.")
    state: ChallengeState = strawberry.field(description="Where it is in its life.")
    enrolment: Enrolment = strawberry.field(description="Who takes part.")
    mode: Mode = strawberry.field(description="Whether it takes all tasks, or any.")
    prizes: list[Prize] = strawberry.field(description="What completing it brings.")
    tasks: list[Task] = strawberry.field(description="What is to be done.")
    version: int = strawberry.field(description="Which version of the definition this is.")

    @classmethod
    def of(
        cls,
        challenge: challenges.Challenge,
        version: int,
        reader: Reader,
        state: DefinitionState = DefinitionState.PUBLISHED,
    ) -> "Challenge":
        """The challenge in the reader's words."""
        is_draft = state is DefinitionState.DRAFT
        return cls(
            key=challenge.key,
            title=reader.say(challenge.title),
            description=reader.say(challenge.description) or None,
            starts_at=DateTime(challenge.starts_at),
            ends_at=DateTime(challenge.ends_at),
            state=ChallengeState.DRAFT if is_draft else phase(challenge, reader),
            enrolment=challenge.enrolment,
            mode=challenge.mode,
            prizes=list(_prizes(challenge, reader)),
            tasks=[_task(task, place, reader) for place, task in enumerate(challenge.tasks)],
            version=version,
        )


@strawberry.type(description="A challenge, and how far a member is with it.")
class MemberChallenge:
    challenge: Challenge = strawberry.field(description="The challenge.")
    progress: Progress = strawberry.field(description="How far the member is with the whole.")
    tasks: list[TaskProgress] = strawberry.field(description="How far with each of its tasks.")
    enrolled: bool = strawberry.field(description="Whether what the member does counts.")
    completed_at: DateTime | None = strawberry.field(description="When it was completed.")

    @classmethod
    def of(
        cls, compiled: CompiledChallenge, state: Progressed, reader: Reader
    ) -> "MemberChallenge":
        """The challenge with the member's state of it."""
        told = Challenge.of(compiled.challenge, compiled.version, reader)
        tasks = compiled.challenge.tasks
        counters = state.counters or [Counter() for _ in tasks]
        return cls(
            challenge=told,
            progress=Progress.of(*challenges.reached(state, compiled.challenge)),
            tasks=[
                TaskProgress(task=task, progress=Progress.of(counter.value, task.goal))
                for task, counter in zip(told.tasks, counters, strict=True)
            ],
            enrolled=challenges.takes_part(state, compiled.challenge),
            completed_at=None if state.completed_at is None else DateTime(state.completed_at),
        )


def phase(challenge: challenges.Challenge, reader: Reader) -> ChallengeState:
    """Where a published challenge is in its life now."""
    lateness = settings().lateness_days * clock.DAY
    return ChallengeState(challenges.phase_of(challenge, reader.at, lateness=lateness).value)


def of_member(
    standing: Standing, reader: Reader, state: ChallengeState | None
) -> list[MemberChallenge]:
    """The challenges in that state (or all) with the member's part in them, by key."""
    return [
        MemberChallenge.of(compiled, standing.challenges.get(key, Progressed()), reader)
        for key, compiled in sorted(reader.edition.challenges.items())
        if state is None or phase(compiled.challenge, reader) is state
    ]


def _prizes(challenge: challenges.Challenge, reader: Reader) -> Iterator[Prize]:
    # A draft may promise a badge that is itself a draft still: it shows once that is published.
    for prize in challenge.prizes:
        if prize.points is not None:
            currency = Currency.named(prize.points.currency, reader)
            yield PointsPrize(amount=BigInt(prize.points.amount), currency=currency)
        elif compiled := reader.edition.badges.get(prize.badge):
            yield BadgePrize(badge=Badge.of(compiled.badge, compiled.version, reader))


def _task(task: challenges.Task, place: int, reader: Reader) -> Task:
    return Task(
        key=task.key or str(place + 1),
        title=reader.say(task.title) or None,
        goal=BigInt(task.goal),
    )


@strawberry.type
class ChallengeQueries:
    @strawberry.field(description="The published challenges, by key.")
    async def challenges(
        self,
        info: Info,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        state: Annotated[
            ChallengeState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
    ) -> Connection[Challenge]:
        reader = await info.context.reader()
        found = [
            Challenge.of(compiled.challenge, compiled.version, reader)
            for key, compiled in sorted(reader.edition.challenges.items())
            if state is None or phase(compiled.challenge, reader) is state
        ]
        return Connection.of(
            paging.of_sorted(found, key=lambda one: one.key, first=first, after=after)
        )

    @strawberry.field(description="One published challenge; null where there is none.")
    async def challenge(
        self, info: Info, key: Annotated[str, strawberry.argument(description="Its key.")]
    ) -> Challenge | None:
        reader = await info.context.reader()
        compiled = reader.edition.challenges.get(key)
        if compiled is None:
            return None
        return Challenge.of(compiled.challenge, compiled.version, reader)
