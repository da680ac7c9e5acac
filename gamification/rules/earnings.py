"""What an activity earns: base → multipliers → rounding down → caps."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from gamification.conditions import Condition
from gamification.metrics import Happening
from gamification.rules.definition import Earn, EarningRule
from kit.calendar import index_of

POINTS_MAX = 10**12
"""What one rule grants for one activity, at most."""


class CompiledRule(msgspec.Struct, frozen=True, kw_only=True):
    """A published rule, ready to run."""

    rule: EarningRule
    version: int
    condition: Condition | None
    factor: Fraction | None


class Earning(msgspec.Struct, frozen=True, kw_only=True):
    """Points that one rule grants for one activity."""

    rule: EarningRule
    version: int
    points: int


Spent = dict[str, list[int]]
"""What a member had from capped rules: `rule key:cap` → [period index, points in that period]."""


def earnings_of(
    happening: Happening,
    rules: Sequence[CompiledRule],
    *,
    zone: str,
    bonus: Fraction,
    spent: Spent,
) -> list[Earning]:
    """The points each rule grants; `bonus` is the multiplier of the member's tier.

    Notes in `spent` what capped rules have used up.
    """
    applying = [rule for rule in rules if _applies(rule, happening)]
    if not applying:
        return []
    earnings = []
    for compiled in applying:
        rule = compiled.rule
        if rule.earn is None:
            continue
        factor = bonus
        for other in applying:
            if other.factor is not None and other.rule.currency == rule.currency:
                factor *= other.factor
        points = _base(rule.earn, happening) * factor.numerator // factor.denominator
        points = max(0, min(points, POINTS_MAX))
        if rule.caps:
            points = _capped(points, rule, happening, zone=zone, spent=spent)
        if points > 0:
            earnings.append(Earning(rule=rule, version=compiled.version, points=points))
    return earnings


def _applies(compiled: CompiledRule, happening: Happening) -> bool:
    rule = compiled.rule
    if rule.starts_at is not None and happening.at < rule.starts_at:
        return False
    if rule.ends_at is not None and happening.at >= rule.ends_at:
        return False
    return compiled.condition is None or compiled.condition.matches(happening.activation)


def _base(earn: Earn, happening: Happening) -> int:
    if not earn.per:
        return earn.points
    if earn.of == "amount":
        measured = happening.amount
    elif earn.of == "quantity":
        measured = happening.quantity
    else:
        value = happening.attributes.get(earn.of.removeprefix("attributes."), 0)
        # An attribute may have been of another type when the activity was recorded.
        measured = value if isinstance(value, int) else 0
    return measured // earn.per * earn.points


def _capped(
    points: int, rule: EarningRule, happening: Happening, *, zone: str, spent: Spent
) -> int:
    counts: list[list[int]] = []
    for number, cap in enumerate(rule.caps):
        if cap.per is None:
            points = min(points, cap.points)
            continue
        period = index_of(happening.at, period=cap.per, zone=zone)
        count = spent.setdefault(f"{rule.key}:{number}", [period, 0])
        if count[0] != period:
            count[:] = [period, 0]
        # Where a cap was lowered, more than it may have been granted before.
        points = min(points, max(0, cap.points - count[1]))
        counts.append(count)
    for count in counts:
        count[1] += points
    return points
