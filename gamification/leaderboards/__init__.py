"""Leaderboards: members by score, and who reached it first."""

from gamification.leaderboards.definition import BoardPeriod, Leaderboard, RankStyle
from gamification.leaderboards.models import SCORES
from gamification.leaderboards.ranking import (
    Placing,
    Position,
    around,
    count,
    page,
    rank_if,
    rank_of,
)
from gamification.leaderboards.score import (
    ALL_TIME,
    CompiledBoard,
    ScoreState,
    period_end,
    period_start,
    score,
    tiebreak,
)

__all__ = [
    "ALL_TIME",
    "SCORES",
    "BoardPeriod",
    "CompiledBoard",
    "Leaderboard",
    "Placing",
    "Position",
    "RankStyle",
    "ScoreState",
    "around",
    "count",
    "page",
    "period_end",
    "period_start",
    "rank_if",
    "rank_of",
    "score",
    "tiebreak",
]
