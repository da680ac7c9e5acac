"""What staff say when they define a challenge."""

from enum import StrEnum

import msgspec

from gamification.metrics import Metric
from gamification.texts import Text
from kit.clock import Instant


class Enrolment(StrEnum):
    """Everybody takes part, or only those who joined, from the moment at which they did."""

    AUTOMATIC = "AUTOMATIC"
    OPT_IN = "OPT_IN"


class Mode(StrEnum):
    """Whether all tasks complete a challenge, or any one of them."""

    ALL = "ALL"
    ANY = "ANY"


class Task(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bring a metric to a goal within the challenge's window."""

    metric: Metric
    goal: int
    key: str = ""
    title: Text = ""


class PointsPrize(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points in a currency."""

    currency: str
    amount: int


class Prize(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either points or a badge (by key), once for each member who completes the challenge."""

    points: PointsPrize | None = None
    badge: str = ""


class Challenge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tasks within a window. It begins at `starts_at`; `ends_at` is the first instant after it."""

    key: str
    title: Text
    tasks: tuple[Task, ...]
    starts_at: Instant
    ends_at: Instant
    description: Text = ""
    enrolment: Enrolment = Enrolment.AUTOMATIC
    mode: Mode = Mode.ALL
    prizes: tuple[Prize, ...] = ()

    @property
    def identity(self) -> str:
        """Two versions of one identity count the same, task by task."""
        return "\n".join(task.metric.identity for task in self.tasks)
