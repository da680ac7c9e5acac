"""Where on the ladder a member stands, and until when."""

from bisect import insort
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from gamification.metrics import CompiledMetric, Happening
from gamification.tiers.definition import Tier, TierSet
from kit.calendar import MICROSECONDS_PER_DAY
from kit.clock import Instant


class CompiledTierSet(msgspec.Struct, frozen=True, kw_only=True):
    """A published tier set, ready to run; `bonuses` are the levels' earn multipliers."""

    tier_set: TierSet
    version: int
    metric: CompiledMetric
    bonuses: tuple[Fraction, ...]

    @property
    def window(self) -> int | None:
        """The rolling period in microseconds; None for a lifetime."""
        days = self.tier_set.rolling_days
        return None if days is None else days * MICROSECONDS_PER_DAY


class TierState(msgspec.Struct, array_like=True):
    """The level's index, the metric's value, and what makes it up where the period rolls.

    `parts` are `[leaves at, value]`, oldest first.
    """

    level: int = 0
    value: int = 0
    since: Instant | None = None
    identity: str = ""
    parts: list[list[int]] = []


def climb(state: TierState, compiled: CompiledTierSet, happening: Happening) -> bool:
    """Count the happening; True where the member's level changed."""
    value = compiled.metric.value(happening)
    if value is None:
        return False
    if state.identity != compiled.metric.identity:
        state.identity, state.value, state.parts = compiled.metric.identity, 0, []
    if compiled.window is None:
        state.parts = []
    number = int(value)
    state.value += number
    if compiled.window is not None and number:
        # Not always at the end: a new version may have made the rolling period shorter.
        insort(state.parts, [happening.at + compiled.window, number])
    return _settle(state, compiled, happening.at)


def slip(state: TierState, compiled: CompiledTierSet, at: Instant) -> bool:
    """Let what is older than the rolling period go; True where the member's level changed."""
    if compiled.window is None:
        # A new version counts over a lifetime: what was there then stays.
        state.parts = []
    while state.parts and state.parts[0][0] <= at:
        state.value -= state.parts.pop(0)[1]
    return _settle(state, compiled, at)


def next_slip(state: TierState) -> Instant | None:
    """When the oldest part leaves the rolling period."""
    return state.parts[0][0] if state.parts else None


def qualified_until(state: TierState, tier_set: TierSet) -> Instant | None:
    """When the member leaves this tier downward if nothing more happens; None where never."""
    threshold = tier_set.levels[min(state.level, len(tier_set.levels) - 1)].threshold
    value = state.value
    for leaves_at, part in state.parts:
        value -= part
        if value < threshold:
            return leaves_at
    return None


def level_of(levels: Sequence[Tier], value: int) -> int:
    """The index of the highest level whose threshold the value reaches; 0 where none."""
    reached = 0
    for index, level in enumerate(levels):
        if value >= level.threshold:
            reached = index
    return reached


def _settle(state: TierState, compiled: CompiledTierSet, at: Instant) -> bool:
    level = level_of(compiled.tier_set.levels, state.value)
    if level == state.level:
        return False
    state.level, state.since = level, at
    return True
