"""What staff say when they define a reward."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

import msgspec

from gamification.programme import Catalogue
from gamification.texts import Text
from gamification.tiers import TierSet
from kit.clock import Instant
from kit.errors import Problem
from rewards.currencies import AMOUNT_MAX, currency_problem

COUNT_MAX: Final = 1_000_000_000_000
VOUCHER_DAYS_MAX: Final = 3_650


class RewardKind(StrEnum):
    """What a member gets. So far only those can be offered that a code stands for."""

    DISCOUNT = "DISCOUNT"
    FREE_PRODUCT = "FREE_PRODUCT"
    VOUCHER = "VOUCHER"
    MERCHANDISE = "MERCHANDISE"
    EXPERIENCE = "EXPERIENCE"
    EARLY_ACCESS = "EARLY_ACCESS"
    UPGRADE = "UPGRADE"
    CASH_BACK = "CASH_BACK"
    DONATION = "DONATION"


BY_CODE: Final = (RewardKind.DISCOUNT, RewardKind.FREE_PRODUCT, RewardKind.VOUCHER)


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points of one currency."""

    currency: str
    amount: int


class Reward(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to have for points, as a code that its owner shows at the till.

    `stock` is how many there ever are, over all versions, and `per_member` how many one member may
    have; None is no limit. `tier` is the lowest tier that may. It opens at `starts_at`; `ends_at`
    is the first instant after it. A code is good for `voucher_valid_days` periods of 24 hours;
    None is for ever.
    """

    key: str
    title: Text
    price: tuple[Price, ...]
    kind: RewardKind = RewardKind.VOUCHER
    description: Text = ""
    stock: int | None = None
    per_member: int | None = None
    tier: str = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    voucher_valid_days: int | None = None

    @property
    def cost(self) -> Price:
        """The one price that a reward has so far."""
        return self.price[0]


def problems_of(reward: Reward, bodies: Catalogue) -> list[Problem]:
    """All that is wrong with a reward; paths as in its definition."""
    return [
        *_own_problems(reward),
        *_price_problems(reward, bodies),
        *_tier_problems(reward, bodies),
    ]


def _own_problems(reward: Reward) -> Iterator[Problem]:
    if reward.kind not in BY_CODE:
        yield Problem("kind", f"cannot be {reward.kind} yet; choose one of {', '.join(BY_CODE)}")
    if reward.stock is not None and not 0 <= reward.stock <= COUNT_MAX:
        yield Problem("stock", f"must be from 0 to {COUNT_MAX:,}, or none for no limit")
    if reward.per_member is not None and not 1 <= reward.per_member <= COUNT_MAX:
        yield Problem("per_member", f"must be from 1 to {COUNT_MAX:,}, or none for no limit")
    opens, closes = reward.starts_at, reward.ends_at
    if opens is not None and closes is not None and closes <= opens:
        yield Problem("ends_at", "must be after starts_at")
    days = reward.voucher_valid_days
    if days is not None and not 1 <= days <= VOUCHER_DAYS_MAX:
        yield Problem("voucher_valid_days", f"must be from 1 to {VOUCHER_DAYS_MAX:,} days")


def _price_problems(reward: Reward, bodies: Catalogue) -> Iterator[Problem]:
    if len(reward.price) != 1:
        yield Problem("price", "must be exactly one price so far")
    for place, price in enumerate(reward.price):
        if not 1 <= price.amount <= AMOUNT_MAX:
            yield Problem(f"price.{place}.amount", f"must be from 1 to {AMOUNT_MAX:,}")
        if reason := currency_problem(price.currency, bodies):
            yield Problem(f"price.{place}.currency", reason)


def _tier_problems(reward: Reward, bodies: Catalogue) -> Iterator[Problem]:
    if reward.tier and reward.tier not in _tiers(bodies):
        yield Problem("tier", f"there is no tier '{reward.tier}'")


def _tiers(bodies: Catalogue) -> set[str]:
    return {
        level.key for body in bodies.values() if isinstance(body, TierSet) for level in body.levels
    }
