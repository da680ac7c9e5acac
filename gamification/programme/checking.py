"""Finding what is wrong with a definition before it can do any harm. Pure."""

import re
from collections.abc import Iterator, Sequence

from gamification.badges import Badge
from gamification.challenges import Challenge
from gamification.journal import ActivityKind, AttributeType
from gamification.leaderboards import Leaderboard
from gamification.ledger import Currency
from gamification.metrics import Aggregate, Metric
from gamification.programme.checks import (
    DAYS_MAX,
    POINTS_MAX,
    Catalogue,
    at_least,
    condition_problems,
    factor_problems,
    field_problems,
    reference,
    window_problems,
    zone_problems,
)
from gamification.programme.currency_checks import currency_problems
from gamification.programme.kinds import Body, DefinitionKind, declared
from gamification.programme.rule_checks import rule_problems
from gamification.rules import EarningRule
from gamification.streaks import Streak
from gamification.tiers import TierSet
from kit.errors import Problem

FREEZES_MAX = 1_000
DISTINCT_MAX = 1_000
"""A distinct count remembers what it has seen, in every member's standing."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_WORDS_OF_CEL = frozenset({"in", "true", "false", "null"})


def problems_of(kind: DefinitionKind, body: Body, catalogue: Catalogue) -> list[Problem]:
    """All that is wrong with a body; paths as in its input."""
    check = declared(kind).check
    if check is not None:
        return check(body, catalogue)
    return list(_problems(body, catalogue))


def _problems(body: Body, catalogue: Catalogue) -> Iterator[Problem]:
    match body:
        case ActivityKind():
            yield from _kind_problems(body)
        case Currency():
            yield from currency_problems(body, catalogue)
        case EarningRule():
            yield from rule_problems(body, catalogue)
        case Badge():
            yield from _badge_problems(body, catalogue)
        case Challenge():
            yield from _challenge_problems(body, catalogue)
        case Streak():
            yield from _streak_problems(body, catalogue)
        case TierSet():
            yield from _tier_problems(body, catalogue)
        case Leaderboard():
            yield from _metric_problems(
                body.metric, "metric", catalogue, (Aggregate.COUNT, Aggregate.SUM, Aggregate.MAX)
            )
            yield from zone_problems(body.zone, "zone")


def _kind_problems(kind: ActivityKind) -> Iterator[Problem]:
    for name, rule in kind.attributes.items():
        if not _NAME.fullmatch(name):
            yield Problem(f"attributes.{name}", "must be letters, digits and '_', at most 64")
        if name in _WORDS_OF_CEL:
            yield Problem(f"attributes.{name}", "means something else in conditions")
        if rule.additive and rule.type is not AttributeType.INTEGER:
            yield Problem(f"attributes.{name}.additive", "only whole numbers can be additive")


def _streak_problems(streak: Streak, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _metric_problems(streak.metric, "metric", catalogue)
    yield from at_least(streak.goal, 1, "goal", most=_goal_max(streak.metric))
    yield from at_least(streak.freezes.initial, 0, "freezes.initial", most=FREEZES_MAX)
    yield from at_least(streak.freezes.earned_every, 0, "freezes.earned_every")
    yield from at_least(streak.freezes.max, 0, "freezes.max", most=FREEZES_MAX)
    if not 0 <= streak.day_starts_at <= 23:
        yield Problem("day_starts_at", "must be an hour from 0 to 23")
    if streak.metric.currency:
        yield Problem("metric.currency", "a streak counts activities: give a kind")


def _badge_problems(badge: Badge, catalogue: Catalogue) -> Iterator[Problem]:
    if badge.metric is None:
        if badge.goal or badge.levels:
            yield Problem("metric", "is required with a goal or levels")
        return
    yield from _metric_problems(badge.metric, "metric", catalogue)
    if bool(badge.goal) == bool(badge.levels):
        yield Problem("goal", "give either one goal or levels")
    elif badge.levels:
        goals = [level.goal for level in badge.levels]
        yield from _ascending(goals, "levels", "goal", least=1, most=_goal_max(badge.metric))
        yield from _distinct([level.key for level in badge.levels], "levels")
    else:
        yield from at_least(badge.goal, 1, "goal", most=_goal_max(badge.metric))


def _challenge_problems(challenge: Challenge, catalogue: Catalogue) -> Iterator[Problem]:
    yield from window_problems(challenge.starts_at, challenge.ends_at)
    if not 1 <= len(challenge.tasks) <= 20:
        yield Problem("tasks", "must be from 1 to 20")
    for number, task in enumerate(challenge.tasks):
        yield from _metric_problems(task.metric, f"tasks.{number}.metric", catalogue)
        most = _goal_max(task.metric)
        yield from at_least(task.goal, 1, f"tasks.{number}.goal", most=most)
    for number, prize in enumerate(challenge.prizes):
        path = f"prizes.{number}"
        if (prize.points is None) == (not prize.badge):
            yield Problem(path, "give either points or a badge")
        if prize.points is not None:
            yield from reference(
                DefinitionKind.CURRENCY, prize.points.currency, f"{path}.points.currency", catalogue
            )
            if not 1 <= prize.points.amount <= POINTS_MAX:
                yield Problem(f"{path}.points.amount", f"must be from 1 to {POINTS_MAX:,}")
        if prize.badge:
            yield from reference(DefinitionKind.BADGE, prize.badge, f"{path}.badge", catalogue)


def _tier_problems(tier_set: TierSet, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _metric_problems(
        tier_set.metric, "metric", catalogue, (Aggregate.COUNT, Aggregate.SUM)
    )
    if not tier_set.levels:
        yield Problem("levels", "must be at least one")
        return
    yield from _ascending(
        [level.threshold for level in tier_set.levels], "levels", "threshold", least=0
    )
    yield from _distinct([level.key for level in tier_set.levels], "levels")
    if tier_set.levels[0].threshold != 0:
        yield Problem("levels.0.threshold", "must be 0: every member has a tier")
    for number, level in enumerate(tier_set.levels):
        if level.earn_multiplier:
            yield from factor_problems(level.earn_multiplier, f"levels.{number}.earn_multiplier")
    if tier_set.rolling_days is not None:
        yield from at_least(tier_set.rolling_days, 1, "rolling_days", most=DAYS_MAX)
    others = [
        key for kind, key in catalogue if kind is DefinitionKind.TIER_SET and key != tier_set.key
    ]
    if others:
        yield Problem("key", f"there is a tier set already: '{others[0]}'")


def _metric_problems(
    metric: Metric,
    path: str,
    catalogue: Catalogue,
    aggregates: Sequence[Aggregate] = tuple(Aggregate),
) -> Iterator[Problem]:
    if metric.aggregate not in aggregates:
        names = ", ".join(aggregates)
        yield Problem(f"{path}.aggregate", f"must be one of {names}")
    if bool(metric.kind) == bool(metric.currency):
        yield Problem(f"{path}.kind", "give either an activity kind or a currency of points")
        return
    if metric.aggregate is Aggregate.COUNT:
        if metric.field:
            yield Problem(f"{path}.field", "a count looks at no field")
    elif not metric.field and not metric.currency:
        yield Problem(f"{path}.field", f"is required for {metric.aggregate}")
    if metric.currency:
        yield from reference(
            DefinitionKind.CURRENCY, metric.currency, f"{path}.currency", catalogue
        )
        if metric.field not in ("", "amount"):
            yield Problem(f"{path}.field", "of points earned only the amount can be counted")
        if metric.where:
            yield Problem(f"{path}.where", "points earned have no condition")
        return
    yield from reference(DefinitionKind.ACTIVITY_KIND, metric.kind, f"{path}.kind", catalogue)
    yield from condition_problems(metric.where, metric.kind, f"{path}.where", catalogue)
    if metric.field:
        yield from field_problems(
            metric.field,
            metric.kind,
            f"{path}.field",
            catalogue,
            numeric=metric.aggregate in (Aggregate.SUM, Aggregate.MAX),
        )


def _goal_max(metric: Metric) -> int:
    return DISTINCT_MAX if metric.aggregate is Aggregate.DISTINCT else POINTS_MAX


def _ascending(
    values: Sequence[int], path: str, name: str, *, least: int, most: int = POINTS_MAX
) -> Iterator[Problem]:
    for number, value in enumerate(values):
        yield from at_least(value, least, f"{path}.{number}.{name}", most=most)
        if number and value <= values[number - 1]:
            yield Problem(f"{path}.{number}.{name}", "must be higher than the one before")


def _distinct(keys: Sequence[str], path: str) -> Iterator[Problem]:
    for number, key in enumerate(keys):
        if not key or key in keys[:number]:
            yield Problem(f"{path}.{number}.key", "must be given, and once only")
