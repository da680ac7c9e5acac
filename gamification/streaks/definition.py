"""What staff say when they define a streak."""

import msgspec

from gamification.metrics import Metric
from gamification.texts import Text
from kit.calendar import Period


class Freezes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Missed periods that a streak survives: some to begin with, one more every k periods."""

    initial: int = 0
    earned_every: int = 0
    max: int = 0


class Streak(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A period (in the member's zone) counts once its metric reaches `goal` in it.

    `day_starts_at` is the hour (0 to 23, local wall time) at which a day begins.
    """

    key: str
    name: Text
    period: Period
    metric: Metric
    goal: int = 1
    day_starts_at: int = 0
    freezes: Freezes = Freezes()
