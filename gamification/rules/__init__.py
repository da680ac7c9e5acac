"""Earning rules: which activity is worth how many points."""

from gamification.rules.definition import Cap, Earn, EarningRule
from gamification.rules.earnings import CompiledRule, Earning, earnings_of

__all__ = ["Cap", "CompiledRule", "Earn", "Earning", "EarningRule", "earnings_of"]
