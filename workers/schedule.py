"""Which work at which hour: one table."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from kit.clock import DAY, HOUR, SECOND, Instant
from workers.keeping import audit, prune_outbox
from workers.relay import relay
from workers.settling import seal, settle, sweep

Work: TypeAlias = Callable[[], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Work that comes again: every so many seconds, or daily at an hour (UTC).

    `on_bell` work also runs whenever something was recorded; its interval is the sweep that finds
    what no bell rang for.
    """

    work: Work
    every_seconds: int = 0
    at_hour: int = 0
    on_bell: bool = False

    def __post_init__(self) -> None:
        # Any worker may keep the time, so intervals must fall on the same seconds for all.
        assert not self.every_seconds or 60 % self.every_seconds == 0

    @property
    def name(self) -> str:
        """The work's own name."""
        return self.work.__name__

    def seconds_until(self, now: Instant) -> float:
        """How long it is from `now` to the next time."""
        if self.every_seconds:
            return self.every_seconds
        return ((self.at_hour * HOUR - now - 1) % DAY + 1) / SECOND


SCHEDULE: Final = (
    Duty(work=settle, every_seconds=1, on_bell=True),
    Duty(work=relay, every_seconds=1, on_bell=True),
    Duty(work=seal, every_seconds=1),
    Duty(work=sweep, every_seconds=10),
    Duty(work=prune_outbox, at_hour=2),
    Duty(work=audit, at_hour=3),
)
DUTIES: Final[Mapping[str, Duty]] = {duty.name: duty for duty in SCHEDULE}
