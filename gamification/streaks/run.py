"""A run of civil periods, each of which counted."""

import msgspec

from gamification.metrics import CompiledMetric, Counter, Happening
from gamification.streaks.definition import Streak
from kit.calendar import Period, following, index_of, start_of
from kit.clock import Instant


class CompiledStreak(msgspec.Struct, frozen=True, kw_only=True):
    """A published streak, ready to run."""

    streak: Streak
    version: int
    metric: CompiledMetric


class StreakState(msgspec.Struct, array_like=True):
    """Length in periods, the period that counted last, and the counter of the one under way.

    `breaks_at` is the first instant at which the run is over unless another period has counted;
    None where there is no run. `freezes` is None until the first one was used or earned. `unit`
    and `identity` say what was counted: periods of which kind, and which metric.
    """

    length: int = 0
    longest: int = 0
    started_at: Instant | None = None
    last: int | None = None
    breaks_at: Instant | None = None
    freezes: int | None = None
    period: int | None = None
    counter: Counter = msgspec.field(default_factory=Counter)
    unit: Period | None = None
    identity: str = ""


def extend(state: StreakState, compiled: CompiledStreak, happening: Happening, zone: str) -> bool:
    """Count the happening; True where its period counts now and did not before."""
    streak, metric = compiled.streak, compiled.metric
    value = metric.value(happening)
    if value is None:
        return False
    index = index_of(
        happening.at, period=streak.period, zone=zone, day_starts_at=streak.day_starts_at
    )
    if state.unit is not streak.period:
        _begin_anew(state, streak)
    if state.last is not None and index <= state.last:
        return False
    if state.period != index or state.identity != metric.identity:
        state.period, state.counter, state.identity = index, Counter(), metric.identity
    state.counter.add(value, metric.metric.aggregate, up_to=streak.goal)
    if state.counter.value < streak.goal:
        return False
    _count(state, streak, index, happening.at, zone)
    return True


def lapse(state: StreakState, streak: Streak, zone: str) -> bool:
    """A period ended without counting: take a freeze, or break. True where the run broke.

    A run of days is over where a new version of the streak counts weeks.
    """
    assert state.last is not None
    if state.unit is streak.period and freezes_left(state, streak) > 0:
        state.freezes = freezes_left(state, streak) - 1
        state.last = _after(state.last, streak, zone)
        state.breaks_at = _deadline(state.last, streak, zone)
        return False
    state.length, state.started_at, state.breaks_at = 0, None, None
    return True


def freezes_left(state: StreakState, streak: Streak) -> int:
    """How many missed periods the run would survive."""
    return streak.freezes.initial if state.freezes is None else state.freezes


def _begin_anew(state: StreakState, streak: Streak) -> None:
    """Periods of another kind have other indices: nothing of the old run can be compared."""
    state.unit, state.last, state.period = streak.period, None, None
    state.length, state.longest, state.started_at, state.breaks_at = 0, 0, None, None
    state.freezes = None


def _count(state: StreakState, streak: Streak, index: int, at: Instant, zone: str) -> None:
    if state.length == 0:
        state.started_at = at
    state.length += 1
    state.longest = max(state.longest, state.length)
    state.last = index
    state.breaks_at = _deadline(index, streak, zone)
    every = streak.freezes.earned_every
    if every and state.length % every == 0:
        state.freezes = min(
            max(streak.freezes.max, freezes_left(state, streak)), freezes_left(state, streak) + 1
        )


def _after(index: int, streak: Streak, zone: str) -> int:
    return following(index, period=streak.period, zone=zone, day_starts_at=streak.day_starts_at)


def _deadline(last: int, streak: Streak, zone: str) -> Instant:
    """The end of the period after the one that counted last."""
    return start_of(
        _after(_after(last, streak, zone), streak, zone),
        period=streak.period,
        zone=zone,
        day_starts_at=streak.day_starts_at,
    )
