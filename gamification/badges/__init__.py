"""Badges: achievements won by counts, sums, distinct values and maxima."""

from gamification.badges.criteria import BadgeState, CompiledBadge, award, next_goal, progress
from gamification.badges.definition import Badge, BadgeLevel, OnRefund, Visibility

__all__ = [
    "Badge",
    "BadgeLevel",
    "BadgeState",
    "CompiledBadge",
    "OnRefund",
    "Visibility",
    "award",
    "next_goal",
    "progress",
]
