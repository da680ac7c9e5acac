"""Tiers: ordered levels on one metric."""

from gamification.tiers.definition import Benefit, Tier, TierSet
from gamification.tiers.ladder import (
    CompiledTierSet,
    TierState,
    climb,
    level_of,
    next_slip,
    qualified_until,
    slip,
)

__all__ = [
    "Benefit",
    "CompiledTierSet",
    "Tier",
    "TierSet",
    "TierState",
    "climb",
    "level_of",
    "next_slip",
    "qualified_until",
    "slip",
]
