"""The one place that reads the clock, so that a whole programme can run on a test clock.

Inside the house a moment is an `Instant`: microseconds since the Unix epoch, UTC. Aware
datetimes exist at the edges only (GraphQL, CSV, log lines).
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

Instant: TypeAlias = int

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _system_now() -> Instant:
    return time.time_ns() // 1_000


_now: Callable[[], Instant] = _system_now


def now() -> Instant:
    """The present moment, in microseconds since the epoch."""
    return _now()


def set_now(read: Callable[[], Instant] | None) -> None:
    """Read the time from `read` from now on; `None` goes back to the system's clock."""
    global _now
    _now = read or _system_now


@contextmanager
def fixed(instant: Instant) -> Iterator[None]:
    """Let the clock stand still at `instant` inside the block."""
    before = _now
    set_now(lambda: instant)
    try:
        yield
    finally:
        set_now(before)


def to_datetime(instant: Instant) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


def from_datetime(moment: datetime) -> Instant:
    """The instant of an aware datetime. Raises `ValueError` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone or an offset")
    return (moment - _EPOCH) // timedelta(microseconds=1)


def parse(text: str) -> Instant:
    """The instant of an ISO 8601 text with `Z` or an offset. Raises `ValueError` otherwise."""
    return from_datetime(datetime.fromisoformat(text))


def isoformat(instant: Instant) -> str:
    """ISO 8601 in UTC, `2026-01-01T00:00:00Z`; the fraction only where there is one."""
    return to_datetime(instant).replace(tzinfo=None).isoformat() + "Z"
