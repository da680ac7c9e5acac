"""Defining the game: one mutation for each kind of definition, each making a draft."""

import strawberry

from api.defining.badges import BadgeMutations
from api.defining.challenges import ChallengeMutations
from api.defining.currencies import CurrencyMutations
from api.defining.donations import DonationMutations
from api.defining.kinds import KindMutations
from api.defining.leaderboards import LeaderboardMutations
from api.defining.rewards import RewardMutations
from api.defining.rules import RuleMutations
from api.defining.streaks import StreakMutations
from api.defining.tiers import TierMutations

__all__ = ["DefiningMutations"]


@strawberry.type
class DefiningMutations(
    KindMutations,
    CurrencyMutations,
    RuleMutations,
    BadgeMutations,
    ChallengeMutations,
    StreakMutations,
    TierMutations,
    LeaderboardMutations,
    RewardMutations,
    DonationMutations,
):
    """Every `define…` mutation."""
