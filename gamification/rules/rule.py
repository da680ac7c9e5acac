"""A published rule, ready to run: all that can be read off its definition is."""

from fractions import Fraction

import msgspec

from gamification.conditions import Condition
from gamification.metrics import Happening
from gamification.rules.caps import NumberedCap, in_order
from gamification.rules.definition import EarningRule
from gamification.rules.hours import Opening, is_open, opening_of

PARTNER = "partner"
"""Who funds a rule that the partner of each activity pays for; their accounts begin with it."""


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """When, where, for whom and in which money a rule applies; empty is any, except `money`."""

    openings: tuple[Opening, ...]
    channels: frozenset[str]
    partners: frozenset[str]
    tiers: frozenset[str]
    money: frozenset[str] | None

    def holds(self, happening: Happening, *, zone: str, tier: str) -> bool:
        """Whether an activity of a member in that zone and tier is within."""
        if self.channels and happening.channel not in self.channels:
            return False
        if self.partners and happening.partner not in self.partners:
            return False
        if self.tiers and tier not in self.tiers:
            return False
        if self.money is not None and happening.currency not in self.money:
            return False
        return not self.openings or is_open(self.openings, happening.at, zone)


class CompiledRule(msgspec.Struct, frozen=True, kw_only=True):
    """A published rule, ready to run.

    A percentage grants `rate` for each `parts` of what it looks at. Without a `reach` the rule
    applies whatever the activity is like.
    """

    rule: EarningRule
    version: int
    condition: Condition | None = None
    factor: Fraction | None = None
    rate: int = 0
    parts: int = 1
    caps: tuple[NumberedCap, ...] = ()
    reach: Reach | None = None

    def account(self, happening: Happening) -> str:
        """The ledger account that pays; empty where it is the programme itself.

        What a partner should pay for an activity at no partner's, the programme does.
        """
        if self.rule.funded_by != PARTNER:
            return self.rule.funded_by
        return f"{PARTNER}:{happening.partner}" if happening.partner else ""


def compiled_rule(
    rule: EarningRule, *, version: int, condition: Condition | None, money: str | None = None
) -> CompiledRule:
    """Prepare a rule; `money` is the money of the currency that it pays, where it pays money."""
    percent = rule.earn.percent if rule.earn is not None else ""
    share = Fraction(percent) / 100 if percent else Fraction(0)
    return CompiledRule(
        rule=rule,
        version=version,
        condition=condition,
        factor=Fraction(rule.multiplier) if rule.multiplier else None,
        rate=share.numerator,
        parts=share.denominator,
        caps=in_order(rule.caps),
        reach=_reach(rule, money if percent else None),
    )


def _reach(rule: EarningRule, money: str | None) -> Reach | None:
    filters = (rule.hours, rule.channels, rule.partners, rule.tiers)
    if not any(filters) and money is None:
        return None
    return Reach(
        openings=tuple(opening_of(hours) for hours in rule.hours),
        channels=frozenset(rule.channels),
        partners=frozenset(rule.partners),
        tiers=frozenset(rule.tiers),
        money=None if money is None else frozenset({money} - {""}),
    )
