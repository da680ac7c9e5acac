"""Finding what is wrong with a definition before it can do any harm. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from zoneinfo import ZoneInfoNotFoundError

from gamification.badges import Badge
from gamification.challenges import Challenge
from gamification.conditions import BadCondition, compile_condition
from gamification.journal import ActivityKind, AttributeType
from gamification.leaderboards import Leaderboard
from gamification.ledger import Currency, CurrencyKind
from gamification.metrics import Aggregate, Metric
from gamification.programme.edition import attribute_types
from gamification.programme.kinds import Body, DefinitionKind, declared
from gamification.rules import Earn, EarningRule
from gamification.streaks import Streak
from gamification.tiers import TierSet
from kit.calendar import zone_of
from kit.errors import Problem

Catalogue = Mapping[tuple[DefinitionKind, str], Body]
"""All bodies that a definition may refer to, by kind and key."""

POINTS_MAX = 10**12
DAYS_MAX = 36_525
"""A hundred years: an instant that far ahead can still be stored."""
FREEZES_MAX = 1_000
DISTINCT_MAX = 1_000
"""A distinct count remembers what it has seen, in every member's standing."""
_PLAIN_FIELDS = frozenset({"amount", "quantity", "day", "channel", "partner", "currency"})
_NUMBERS = frozenset({"amount", "quantity"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_WORDS_OF_CEL = frozenset({"in", "true", "false", "null"})
# Not whatever a Fraction reads: "1e999999999" would keep it busy for minutes.
_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")


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
            yield from _currency_problems(body)
        case EarningRule():
            yield from _rule_problems(body, catalogue)
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
            yield from _zone_problems(body.zone)


def _kind_problems(kind: ActivityKind) -> Iterator[Problem]:
    for name, rule in kind.attributes.items():
        if not _NAME.fullmatch(name):
            yield Problem(f"attributes.{name}", "must be letters, digits and '_', at most 64")
        if name in _WORDS_OF_CEL:
            yield Problem(f"attributes.{name}", "means something else in conditions")
        if rule.additive and rule.type is not AttributeType.INTEGER:
            yield Problem(f"attributes.{name}.additive", "only whole numbers can be additive")


def _currency_problems(currency: Currency) -> Iterator[Problem]:
    yield from _at_least(currency.pending_days, 0, "pending_days", most=DAYS_MAX)
    if currency.expires_after_days is not None:
        yield from _at_least(currency.expires_after_days, 1, "expires_after_days", most=DAYS_MAX)
    if currency.main and currency.kind is not CurrencyKind.REDEEMABLE:
        yield Problem("main", "only a redeemable currency can be the main one")


def _streak_problems(streak: Streak, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _metric_problems(streak.metric, "metric", catalogue)
    yield from _at_least(streak.goal, 1, "goal", most=_goal_max(streak.metric))
    yield from _at_least(streak.freezes.initial, 0, "freezes.initial", most=FREEZES_MAX)
    yield from _at_least(streak.freezes.earned_every, 0, "freezes.earned_every")
    yield from _at_least(streak.freezes.max, 0, "freezes.max", most=FREEZES_MAX)
    if not 0 <= streak.day_starts_at <= 23:
        yield Problem("day_starts_at", "must be an hour from 0 to 23")
    if streak.metric.currency:
        yield Problem("metric.currency", "a streak counts activities: give a kind")


def _rule_problems(rule: EarningRule, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _reference(DefinitionKind.ACTIVITY_KIND, rule.kind, "kind", catalogue)
    yield from _reference(DefinitionKind.CURRENCY, rule.currency, "currency", catalogue)
    yield from _condition_problems(rule.condition, rule.kind, "condition", catalogue)
    yield from _window_problems(rule.starts_at, rule.ends_at)
    if (rule.earn is None) == (not rule.multiplier):
        yield Problem("earn", "give either points to earn or a multiplier")
    if rule.earn is not None:
        yield from _earn_problems(rule.earn, rule.kind, catalogue)
    if rule.multiplier:
        yield from _factor_problems(rule.multiplier, "multiplier")
    for number, cap in enumerate(rule.caps):
        yield from _at_least(cap.points, 0, f"caps.{number}.points")


def _earn_problems(earn: Earn, kind: str, catalogue: Catalogue) -> Iterator[Problem]:
    if not 1 <= earn.points <= POINTS_MAX:
        yield Problem("earn.points", f"must be from 1 to {POINTS_MAX:,}")
    if bool(earn.per) != bool(earn.of):
        yield Problem("earn.per", "'per' and 'of' go together")
    if earn.per:
        yield from _at_least(earn.per, 1, "earn.per")
        yield from _field_problems(earn.of, kind, "earn.of", catalogue, numeric=True)


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
        yield from _at_least(badge.goal, 1, "goal", most=_goal_max(badge.metric))


def _challenge_problems(challenge: Challenge, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _window_problems(challenge.starts_at, challenge.ends_at)
    if not 1 <= len(challenge.tasks) <= 20:
        yield Problem("tasks", "must be from 1 to 20")
    for number, task in enumerate(challenge.tasks):
        yield from _metric_problems(task.metric, f"tasks.{number}.metric", catalogue)
        most = _goal_max(task.metric)
        yield from _at_least(task.goal, 1, f"tasks.{number}.goal", most=most)
    for number, prize in enumerate(challenge.prizes):
        path = f"prizes.{number}"
        if (prize.points is None) == (not prize.badge):
            yield Problem(path, "give either points or a badge")
        if prize.points is not None:
            yield from _reference(
                DefinitionKind.CURRENCY, prize.points.currency, f"{path}.points.currency", catalogue
            )
            if not 1 <= prize.points.amount <= POINTS_MAX:
                yield Problem(f"{path}.points.amount", f"must be from 1 to {POINTS_MAX:,}")
        if prize.badge:
            yield from _reference(DefinitionKind.BADGE, prize.badge, f"{path}.badge", catalogue)


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
            yield from _factor_problems(level.earn_multiplier, f"levels.{number}.earn_multiplier")
    if tier_set.rolling_days is not None:
        yield from _at_least(tier_set.rolling_days, 1, "rolling_days", most=DAYS_MAX)
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
        yield from _reference(
            DefinitionKind.CURRENCY, metric.currency, f"{path}.currency", catalogue
        )
        if metric.field not in ("", "amount"):
            yield Problem(f"{path}.field", "of points earned only the amount can be counted")
        if metric.where:
            yield Problem(f"{path}.where", "points earned have no condition")
        return
    yield from _reference(DefinitionKind.ACTIVITY_KIND, metric.kind, f"{path}.kind", catalogue)
    yield from _condition_problems(metric.where, metric.kind, f"{path}.where", catalogue)
    if metric.field:
        yield from _field_problems(
            metric.field,
            metric.kind,
            f"{path}.field",
            catalogue,
            numeric=metric.aggregate in (Aggregate.SUM, Aggregate.MAX),
        )


def _field_problems(
    field: str, kind: str, path: str, catalogue: Catalogue, *, numeric: bool
) -> Iterator[Problem]:
    if field in _PLAIN_FIELDS:
        if numeric and field not in _NUMBERS:
            yield Problem(path, f"'{field}' is no number")
        return
    known = catalogue.get((DefinitionKind.ACTIVITY_KIND, kind))
    if not isinstance(known, ActivityKind):
        return
    rule = known.attributes.get(field.removeprefix("attributes."))
    if not field.startswith("attributes.") or rule is None:
        names = ", ".join(sorted([*_PLAIN_FIELDS, *(f"attributes.{n}" for n in known.attributes)]))
        yield Problem(path, f"must be one of {names}")
    elif numeric and rule.type is not AttributeType.INTEGER:
        yield Problem(path, f"'{field}' is no whole number")


def _condition_problems(
    source: str, kind: str, path: str, catalogue: Catalogue
) -> Iterator[Problem]:
    known = catalogue.get((DefinitionKind.ACTIVITY_KIND, kind))
    try:
        compile_condition(source, attribute_types(known))
    except BadCondition as error:
        yield Problem(path, str(error))


def _reference(
    kind: DefinitionKind, key: str, path: str, catalogue: Catalogue
) -> Iterator[Problem]:
    if (kind, key) not in catalogue:
        yield Problem(path, f"there is no {kind.value.lower().replace('_', ' ')} '{key}'")


def _window_problems(starts_at: int | None, ends_at: int | None) -> Iterator[Problem]:
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        yield Problem("ends_at", "must be after starts_at")


def _factor_problems(text: str, path: str) -> Iterator[Problem]:
    if not _DECIMAL.fullmatch(text):
        yield Problem(path, "must be a decimal such as 1.5")
    elif not 0 < Fraction(text) <= 1_000:
        yield Problem(path, "must be above 0 and at most 1,000")


def _zone_problems(zone: str) -> Iterator[Problem]:
    try:
        zone_of(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem("zone", f"there is no time zone '{zone}'")


def _at_least(value: int, least: int, path: str, *, most: int = POINTS_MAX) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(path, f"must be from {least} to {most:,}")


def _goal_max(metric: Metric) -> int:
    return DISTINCT_MAX if metric.aggregate is Aggregate.DISTINCT else POINTS_MAX


def _ascending(
    values: Sequence[int], path: str, name: str, *, least: int, most: int = POINTS_MAX
) -> Iterator[Problem]:
    for number, value in enumerate(values):
        yield from _at_least(value, least, f"{path}.{number}.{name}", most=most)
        if number and value <= values[number - 1]:
            yield Problem(f"{path}.{number}.{name}", "must be higher than the one before")


def _distinct(keys: Sequence[str], path: str) -> Iterator[Problem]:
    for number, key in enumerate(keys):
        if not key or key in keys[:number]:
            yield Problem(f"{path}.{number}.key", "must be given, and once only")
