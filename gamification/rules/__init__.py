"""Earning rules: which activity is worth how many points."""

from gamification.rules.caps import within
from gamification.rules.definition import (
    Budget,
    Cap,
    CapMode,
    Earn,
    EarningRule,
    Hours,
    Rounding,
    Stacking,
)
from gamification.rules.earnings import Earning, earnings_of
from gamification.rules.hours import minutes_of
from gamification.rules.rule import PARTNER, CompiledRule, compiled_rule

__all__ = [
    "PARTNER",
    "Budget",
    "Cap",
    "CapMode",
    "CompiledRule",
    "Earn",
    "Earning",
    "EarningRule",
    "Hours",
    "Rounding",
    "Stacking",
    "compiled_rule",
    "earnings_of",
    "minutes_of",
    "within",
]
