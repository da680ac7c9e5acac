"""What staff say when they define a badge."""

from enum import StrEnum

import msgspec

from gamification.metrics import Metric
from gamification.texts import Text


class Visibility(StrEnum):
    """A HIDDEN badge shows no title, icon or count to those who have not won it."""

    VISIBLE = "VISIBLE"
    HIDDEN = "HIDDEN"


class OnRefund(StrEnum):
    """What becomes of a badge that was won when what it was won with is refunded."""

    REVOKE = "REVOKE"
    KEEP = "KEEP"


class BadgeLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One step of a badge, reached when the metric is at least `goal`."""

    key: str
    name: Text
    goal: int


class Badge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An achievement. With `goal` it is won once; with `levels` (ascending goals) step by step.

    Without a `metric` it is won only as the prize of something else.
    """

    key: str
    name: Text
    description: Text = ""
    icon_url: str = ""
    visibility: Visibility = Visibility.VISIBLE
    metric: Metric | None = None
    goal: int = 0
    levels: tuple[BadgeLevel, ...] = ()
    on_refund: OnRefund = OnRefund.REVOKE

    @property
    def steps(self) -> tuple[tuple[str, int], ...]:
        """The level keys with their goals, ascending; a badge without levels has the level ''."""
        if self.levels:
            return tuple((level.key, level.goal) for level in self.levels)
        return (("", self.goal),)
