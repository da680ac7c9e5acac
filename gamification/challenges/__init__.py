"""Challenges: tasks within a window, with prizes."""

from gamification.challenges.definition import (
    Challenge,
    Enrolment,
    Mode,
    PointsPrize,
    Prize,
    Task,
)
from gamification.challenges.progress import (
    ChallengeState,
    CompiledChallenge,
    Phase,
    phase_of,
    progress,
    reached,
    takes_part,
)

__all__ = [
    "Challenge",
    "ChallengeState",
    "CompiledChallenge",
    "Enrolment",
    "Mode",
    "Phase",
    "PointsPrize",
    "Prize",
    "Task",
    "phase_of",
    "progress",
    "reached",
    "takes_part",
]
