"""What staff say when they define a tier set."""

import msgspec

from gamification.metrics import Metric
from gamification.texts import Text


class Benefit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A perk in words."""

    name: Text


class Tier(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One level, reached at `threshold` of the set's metric.

    `earn_multiplier` (a decimal such as `"1.5"`) applies to earnings made while in this tier.
    """

    key: str
    name: Text
    threshold: int
    benefits: tuple[Benefit, ...] = ()
    earn_multiplier: str = ""


class TierSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Levels by ascending thresholds, the first at 0, on one metric.

    The metric (COUNT or SUM) counts over a lifetime, or over the last `rolling_days` periods of
    24 hours: then a member keeps a tier as long as those days are worth it.
    """

    key: str
    name: Text
    metric: Metric
    levels: tuple[Tier, ...]
    rolling_days: int | None = None
