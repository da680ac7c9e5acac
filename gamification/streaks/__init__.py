"""Streaks: civil periods in a row, in the member's own time zone."""

from gamification.streaks.definition import Freezes, Streak
from gamification.streaks.run import CompiledStreak, StreakState, extend, freezes_left, lapse

__all__ = [
    "CompiledStreak",
    "Freezes",
    "Streak",
    "StreakState",
    "extend",
    "freezes_left",
    "lapse",
]
