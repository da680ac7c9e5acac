"""Which levels of a badge a member has just reached."""

import msgspec

from gamification.badges.definition import Badge
from gamification.metrics import CompiledMetric, Counter, Happening
from kit.clock import Instant


class CompiledBadge(msgspec.Struct, frozen=True, kw_only=True):
    """A published badge, ready to run."""

    badge: Badge
    version: int
    metric: CompiledMetric | None
    steps: tuple[tuple[str, int], ...]

    @property
    def top(self) -> int:
        """The goal of the highest level."""
        return self.steps[-1][1]


class BadgeState(msgspec.Struct, array_like=True):
    """How far a member is, and when (event time) each level was achieved."""

    identity: str = ""
    counter: Counter = msgspec.field(default_factory=Counter)
    achieved: dict[str, Instant] = {}


def progress(state: BadgeState, compiled: CompiledBadge, happening: Happening) -> list[str]:
    """Count the happening; the levels that it completes, lowest first."""
    metric = compiled.metric
    if metric is None:
        return []
    value = metric.value(happening)
    if value is None:
        return []
    if state.identity != metric.identity:
        # A new version that counts something else begins from nothing.
        state.identity, state.counter = metric.identity, Counter()
    if not state.counter.add(value, metric.metric.aggregate, up_to=compiled.top):
        return []
    return [
        level
        for level, goal in compiled.steps
        if state.counter.value >= goal and award(state, level, happening.at)
    ]


def award(state: BadgeState, level: str, at: Instant) -> bool:
    """Note a level as achieved; False where the member has it already."""
    if level in state.achieved:
        return False
    state.achieved[level] = at
    return True


def next_goal(state: BadgeState, badge: Badge) -> int:
    """The goal of the lowest level not yet achieved, else of the highest."""
    for level, goal in badge.steps:
        if level not in state.achieved:
            return goal
    return badge.steps[-1][1]
