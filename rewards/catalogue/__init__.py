"""The catalogue: what members can have for their points, and what is left of it."""

from gamification import programme
from gamification.programme import DefinitionKind
from rewards.catalogue.definition import Price, Reward, RewardKind, problems_of
from rewards.catalogue.listing import find, offers_of, page
from rewards.catalogue.offers import (
    Lock,
    LockReason,
    Offer,
    affordable,
    lock_of,
    locked,
    offer_of,
)
from rewards.catalogue.stocking import put_one_back, take_one

__all__ = [
    "Lock",
    "LockReason",
    "Offer",
    "Price",
    "Reward",
    "RewardKind",
    "affordable",
    "find",
    "lock_of",
    "locked",
    "offer_of",
    "offers_of",
    "page",
    "put_one_back",
    "take_one",
]

programme.declare(DefinitionKind.REWARD, Reward, problems_of)
