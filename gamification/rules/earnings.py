"""What an activity earns: base → multipliers → rounding → caps. Pure."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import msgspec

from gamification.metrics import Happening
from gamification.rules.caps import Spent, capped, within
from gamification.rules.definition import Earn, EarningRule, Stacking
from gamification.rules.factors import rounded, stacked
from gamification.rules.rule import CompiledRule

POINTS_MAX = 10**12
"""What one rule grants for one activity, at most."""

Holdings = Callable[[str], int]
"""All that a member has of a currency before the activity, whether or not it can be spent."""


class Earning(msgspec.Struct, frozen=True, kw_only=True):
    """Points that one rule grants for one activity, and the account that pays.

    The programme itself pays where `account` is empty. `wished` is what a common budget has yet
    to decide on: `points` are what it would grant for all that is known, and may be none.
    """

    rule: EarningRule
    version: int
    points: int
    account: str = ""
    wished: int = 0


class _Member(msgspec.Struct, kw_only=True):
    """Of whom all that earns has to know, and what they have earned by now."""

    zone: str
    spent: Spent
    holdings: Holdings
    granted: Mapping[str, int]
    taken: Mapping[str, int]
    earnings: list[Earning]

    def held(self, currency: str) -> int:
        """All that the member has of a currency, with what this activity has brought so far."""
        just_now = sum(one.points for one in self.earnings if one.rule.currency == currency)
        return self.holdings(currency) + just_now


def earnings_of(
    happening: Happening,
    rules: Sequence[CompiledRule],
    *,
    zone: str,
    bonus: Fraction,
    tier: str,
    spent: Spent,
    holdings: Holdings,
    granted: Mapping[str, int],
    taken: Mapping[str, int],
) -> list[Earning]:
    """The points each rule grants; `bonus` is the multiplier of the member's `tier`.

    `granted` is what common budgets have allowed this activity already, by rule, and `taken` what
    is known to be gone of them. Notes in `spent` what capped rules have used up.
    """
    applying = [rule for rule in rules if _applies(rule, happening, zone, tier)]
    if not applying:
        return []
    factors = _factors_of(applying, bonus)
    member = _Member(
        zone=zone, spent=spent, holdings=holdings, granted=granted, taken=taken, earnings=[]
    )
    for compiled in applying:
        rule = compiled.rule
        if rule.earn is None:
            continue
        points = _points(compiled, rule.earn, happening, factors)
        wished = 0
        if compiled.caps or rule.budget is not None:
            points, wished = _limited(points, compiled, happening, member)
        if points or wished:
            member.earnings.append(
                Earning(
                    rule=rule,
                    version=compiled.version,
                    points=points,
                    account=compiled.account(happening) if rule.funded_by else "",
                    wished=wished,
                )
            )
    return member.earnings


def _applies(compiled: CompiledRule, happening: Happening, zone: str, tier: str) -> bool:
    rule = compiled.rule
    if rule.starts_at is not None and happening.at < rule.starts_at:
        return False
    if rule.ends_at is not None and happening.at >= rule.ends_at:
        return False
    if compiled.reach is not None and not compiled.reach.holds(happening, zone=zone, tier=tier):
        return False
    return compiled.condition is None or compiled.condition.matches(happening.activation)


class _Factors:
    """What multiplies the points of an activity, by currency and stacking."""

    __slots__ = ("_bonus", "_known", "_multipliers")

    def __init__(self, bonus: Sequence[Fraction], multipliers: Sequence[CompiledRule]) -> None:
        self._bonus = bonus
        self._multipliers = multipliers
        self._known: dict[tuple[str, Stacking], tuple[int, int]] = {}

    def of(self, rule: EarningRule) -> tuple[int, int]:
        """The parts of the one factor that the multipliers of the rule's currency come to."""
        place = rule.currency, rule.stacking
        factor = self._known.get(place)
        if factor is None:
            own = [
                other.factor
                for other in self._multipliers
                if other.factor is not None and other.rule.currency == rule.currency
            ]
            exact = stacked(rule.stacking, [*self._bonus, *own])
            factor = self._known[place] = exact.numerator, exact.denominator
        return factor


def _factors_of(applying: Sequence[CompiledRule], bonus: Fraction) -> _Factors | None:
    """What multiplies; None where nothing does, and whole points stay as they are."""
    multipliers = [compiled for compiled in applying if compiled.factor is not None]
    if bonus == 1:
        return _Factors((), multipliers) if multipliers else None
    return _Factors((bonus,), multipliers)


def _points(
    compiled: CompiledRule, earn: Earn, happening: Happening, factors: _Factors | None
) -> int:
    points, parts = _base(compiled, earn, happening), compiled.parts
    if factors is not None:
        numerator, denominator = factors.of(compiled.rule)
        points, parts = points * numerator, parts * denominator
    if parts != 1:
        points = rounded(points, parts, compiled.rule.rounding)
    return max(0, min(points, POINTS_MAX))


def _base(compiled: CompiledRule, earn: Earn, happening: Happening) -> int:
    """The points before anything multiplies them, counted in the rule's `parts`."""
    if compiled.rate:
        return _measured(earn.of, happening) * compiled.rate
    if not earn.per:
        return earn.points
    return _measured(earn.of, happening) // earn.per * earn.points


def _measured(field: str, happening: Happening) -> int:
    if field == "amount":
        return happening.amount
    if field == "quantity":
        return happening.quantity
    value = happening.attributes.get(field.removeprefix("attributes."), 0)
    # An attribute may have been of another type when the activity was recorded.
    return value if isinstance(value, int) else 0


def _limited(
    points: int, compiled: CompiledRule, happening: Happening, member: _Member
) -> tuple[int, int]:
    """What is granted, and what of it is a wish."""
    rule = compiled.rule
    points, counts = capped(
        points,
        compiled.caps,
        happening,
        key=rule.key,
        zone=member.zone,
        spent=member.spent,
        held=lambda: member.held(rule.currency),
    )
    wished = 0
    if rule.key in member.granted and rule.budget is not None:
        points = min(points, member.granted[rule.key])
    elif rule.budget is not None:
        wished = points
        if rule.key in member.taken:
            room = rule.budget.points - member.taken[rule.key]
            points = within(points, room, rule.budget.mode)
    for count in counts:
        count[1] += points
    return points, wished
