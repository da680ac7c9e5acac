"""Finding what is wrong with an earning rule. Pure."""

import re
from collections.abc import Iterator, Sequence

from gamification.programme.checks import (
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
from gamification.programme.kinds import DefinitionKind
from gamification.rules import Budget, Cap, Earn, EarningRule, Hours, Rounding, Stacking, minutes_of
from gamification.tiers import TierSet
from kit.errors import Problem

LIST_MAX = 100
PARTNER_MAX = 200
_PAYER = re.compile(r"|partner|(partner|campaign|pool):[a-z0-9][a-z0-9-]{0,63}")


def rule_problems(rule: EarningRule, catalogue: Catalogue) -> Iterator[Problem]:
    """All that is wrong with a rule."""
    yield from reference(DefinitionKind.ACTIVITY_KIND, rule.kind, "kind", catalogue)
    yield from reference(DefinitionKind.CURRENCY, rule.currency, "currency", catalogue)
    yield from condition_problems(rule.condition, rule.kind, "condition", catalogue)
    yield from window_problems(rule.starts_at, rule.ends_at)
    if (rule.earn is None) == (not rule.multiplier):
        yield Problem("earn", "give either points to earn or a multiplier")
    if rule.earn is not None:
        yield from _earn_problems(rule.earn, rule.kind, catalogue)
    if rule.multiplier:
        yield from factor_problems(rule.multiplier, "multiplier")
        yield from _multiplier_problems(rule)
    yield from _reach_problems(rule, catalogue)
    yield from _limit_problems(rule.caps, rule.budget)
    if not _PAYER.fullmatch(rule.funded_by):
        said = "'partner', 'partner:<key>', 'campaign:<key>' or 'pool:<key>'"
        yield Problem("funded_by", f"must be {said}")


def _earn_problems(earn: Earn, kind: str, catalogue: Catalogue) -> Iterator[Problem]:
    if earn.percent:
        yield from _percent_problems(earn)
    elif not 1 <= earn.points <= POINTS_MAX:
        yield Problem("earn.points", f"must be from 1 to {POINTS_MAX:,}")
    if not earn.percent and bool(earn.per) != bool(earn.of):
        yield Problem("earn.per", "'per' and 'of' go together")
    if earn.per:
        yield from at_least(earn.per, 1, "earn.per")
    if earn.per or earn.percent:
        yield from field_problems(earn.of, kind, "earn.of", catalogue, numeric=True)


def _percent_problems(earn: Earn) -> Iterator[Problem]:
    yield from factor_problems(earn.percent, "earn.percent")
    if earn.points:
        yield Problem("earn.points", "give either points or a percentage")
    if earn.per:
        yield Problem("earn.per", "a percentage is of the whole")


def _multiplier_problems(rule: EarningRule) -> Iterator[Problem]:
    """A multiplier grants nothing, so that there is nothing to limit, round or pay."""
    said = {
        "caps": bool(rule.caps),
        "stacking": rule.stacking is not Stacking.MULTIPLICATIVE,
        "rounding": rule.rounding is not Rounding.DOWN,
        "budget": rule.budget is not None,
        "funded_by": bool(rule.funded_by),
    }
    for path, is_said in said.items():
        if is_said:
            yield Problem(path, "belongs to the rules that grant points, not to a multiplier")


def _reach_problems(rule: EarningRule, catalogue: Catalogue) -> Iterator[Problem]:
    for path, values in (
        ("hours", rule.hours),
        ("channels", rule.channels),
        ("partners", rule.partners),
        ("tiers", rule.tiers),
    ):
        if len(values) > LIST_MAX:
            yield Problem(path, f"must be at most {LIST_MAX}")
    for number, hours in enumerate(rule.hours):
        yield from _hours_problems(hours, f"hours.{number}")
    for number, partner in enumerate(rule.partners):
        if not 1 <= len(partner) <= PARTNER_MAX:
            yield Problem(f"partners.{number}", f"must be 1 to {PARTNER_MAX} characters")
    known = _tiers(catalogue)
    for number, tier in enumerate(rule.tiers):
        if tier not in known:
            yield Problem(f"tiers.{number}", f"there is no tier '{tier}'")


def _hours_problems(hours: Hours, path: str) -> Iterator[Problem]:
    for number, weekday in enumerate(hours.weekdays):
        if not 1 <= weekday <= 7:
            yield Problem(f"{path}.weekdays.{number}", "must be from 1 (Monday) to 7 (Sunday)")
        elif weekday in hours.weekdays[:number]:
            yield Problem(f"{path}.weekdays.{number}", "must be there once only")
    times = (("from", hours.from_), ("until", hours.until))
    wrong = [name for name, text in times if not _is_time(text) or (name, text) == _NO_BEGINNING]
    for name in wrong:
        yield Problem(f"{path}.{name}", "must be a time such as 17:30")
    if not wrong and hours.from_ == hours.until:
        yield Problem(f"{path}.until", "must be another time than 'from'")
    if hours.zone:
        yield from zone_problems(hours.zone, f"{path}.zone")


_NO_BEGINNING = ("from", "24:00")


def _is_time(text: str) -> bool:
    try:
        minutes_of(text)
    except ValueError:
        return False
    return True


def _limit_problems(caps: Sequence[Cap], budget: Budget | None) -> Iterator[Problem]:
    for number, cap in enumerate(caps):
        yield from at_least(cap.points, 0, f"caps.{number}.points")
        if cap.balance and cap.per is not None:
            yield Problem(f"caps.{number}.per", "a cap is on a period or on the balance")
    if budget is not None:
        yield from at_least(budget.points, 1, "budget.points")


def _tiers(catalogue: Catalogue) -> set[str]:
    return {
        level.key
        for body in catalogue.values()
        if isinstance(body, TierSet)
        for level in body.levels
    }
