"""How far a member is in a challenge."""

from enum import StrEnum

import msgspec

from gamification.challenges.definition import Challenge, Enrolment, Mode
from gamification.metrics import CompiledMetric, Counter, Happening
from kit.clock import Instant


class CompiledChallenge(msgspec.Struct, frozen=True, kw_only=True):
    """A published challenge, ready to run; `metrics` are those of its tasks, in their order."""

    challenge: Challenge
    version: int
    metrics: tuple[CompiledMetric, ...]
    identity: str


class ChallengeState(msgspec.Struct, array_like=True):
    """A member's counters, one a task, when they joined and when they completed it (event time).

    `identity` says what the counters have counted.
    """

    counters: list[Counter] = []
    joined_at: Instant | None = None
    completed_at: Instant | None = None
    identity: str = ""


class Phase(StrEnum):
    """Where a published challenge is in its life."""

    SCHEDULED = "SCHEDULED"
    ACTIVE = "ACTIVE"
    SETTLING = "SETTLING"
    CLOSED = "CLOSED"


def phase_of(challenge: Challenge, at: Instant, *, lateness: int) -> Phase:
    """After its end a challenge settles as long as late activities are taken (`lateness`, µs)."""
    if at < challenge.starts_at:
        return Phase.SCHEDULED
    if at < challenge.ends_at:
        return Phase.ACTIVE
    return Phase.SETTLING if at < challenge.ends_at + lateness else Phase.CLOSED


def takes_part(state: ChallengeState, challenge: Challenge) -> bool:
    """Whether what the member does counts."""
    return challenge.enrolment is Enrolment.AUTOMATIC or state.joined_at is not None


def progress(state: ChallengeState, compiled: CompiledChallenge, happening: Happening) -> bool:
    """Count the happening; True where it completes the challenge."""
    challenge = compiled.challenge
    if state.completed_at is not None or not takes_part(state, challenge):
        return False
    if not challenge.starts_at <= happening.at < challenge.ends_at:
        return False
    if state.identity != compiled.identity:
        # A new version that counts something else begins from nothing.
        state.identity = compiled.identity
        state.counters = [Counter() for _ in challenge.tasks]
    moved = False
    for counter, metric, task in zip(
        state.counters, compiled.metrics, challenge.tasks, strict=True
    ):
        value = metric.value(happening)
        if value is not None:
            moved |= counter.add(value, metric.metric.aggregate, up_to=task.goal)
    if not moved or not _is_complete(state, challenge):
        return False
    state.completed_at = happening.at
    return True


def reached(state: ChallengeState, challenge: Challenge) -> tuple[int, int]:
    """Value and goal over all tasks: their sums for ALL, the nearest task's for ANY.

    What another version counted is no progress of this one, but what it completed stays so.
    """
    counters = state.counters
    if state.identity != challenge.identity:
        is_complete = state.completed_at is not None
        counters = [Counter(task.goal if is_complete else 0) for task in challenge.tasks]
    pairs = [
        (min(counter.value, task.goal), task.goal)
        for counter, task in zip(counters, challenge.tasks, strict=True)
    ]
    if challenge.mode is Mode.ANY:
        return max(pairs, key=lambda pair: pair[0] * 1_000_000 // pair[1])
    return sum(value for value, _ in pairs), sum(goal for _, goal in pairs)


def _is_complete(state: ChallengeState, challenge: Challenge) -> bool:
    done = [
        counter.value >= task.goal
        for counter, task in zip(state.counters, challenge.tasks, strict=True)
    ]
    return all(done) if challenge.mode is Mode.ALL else any(done)
