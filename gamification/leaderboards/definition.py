"""What staff say when they define a leaderboard."""

from enum import StrEnum

import msgspec

from gamification.metrics import Metric
from gamification.texts import Text
from kit.calendar import Period


class BoardPeriod(StrEnum):
    """How long a score counts."""

    ALL_TIME = "ALL_TIME"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"

    @property
    def civil(self) -> Period | None:
        """The civil period behind it; None for all time."""
        return _CIVIL.get(self)


_CIVIL = {
    BoardPeriod.DAILY: Period.DAY,
    BoardPeriod.WEEKLY: Period.WEEK,
    BoardPeriod.MONTHLY: Period.MONTH,
}


class RankStyle(StrEnum):
    """ORDINAL 1234, COMPETITION 1224, DENSE 1223."""

    ORDINAL = "ORDINAL"
    COMPETITION = "COMPETITION"
    DENSE = "DENSE"


class Leaderboard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members by score: the metric's COUNT, SUM or MAX within the period, in the board's zone.

    Of equal scores the one that was reached first stands first.
    """

    key: str
    title: Text
    metric: Metric
    period: BoardPeriod = BoardPeriod.ALL_TIME
    zone: str = "UTC"
    rank_style: RankStyle = RankStyle.ORDINAL
