"""Happy hours: stretches of every week, told by the clock on a wall. Pure.

What a wall clock shows twice when it is set back is in the hours twice, and what it skips is not.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from gamification.rules.definition import Hours
from kit.calendar import zone_of
from kit.clock import Instant

_MINUTES_PER_DAY = 1_440
_MINUTES_PER_WEEK = 7 * _MINUTES_PER_DAY
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")


class Opening(msgspec.Struct, frozen=True):
    """Hours ready to be asked: half-open stretches of the week, in minutes since its Monday."""

    zone: str
    stretches: tuple[tuple[int, int], ...]


def opening_of(hours: Hours) -> Opening:
    """The hours as stretches; what runs into the next week is cut there."""
    begin, end = minutes_of(hours.from_), minutes_of(hours.until)
    if end <= begin:
        end += _MINUTES_PER_DAY
    stretches: list[tuple[int, int]] = []
    for weekday in sorted(set(hours.weekdays)) or range(1, 8):
        midnight = (weekday - 1) * _MINUTES_PER_DAY
        start, stop = midnight + begin, midnight + end
        stretches.append((start, min(stop, _MINUTES_PER_WEEK)))
        if stop > _MINUTES_PER_WEEK:
            stretches.append((0, stop - _MINUTES_PER_WEEK))
    return Opening(hours.zone, tuple(stretches))


def is_open(openings: Sequence[Opening], at: Instant, zone: str) -> bool:
    """Whether an instant falls into any of these hours; `zone` is the member's."""
    for opening in openings:
        minute = _minute_of_week(at, opening.zone or zone)
        if any(start <= minute < stop for start, stop in opening.stretches):
            return True
    return False


def minutes_of(text: str) -> int:
    """How many minutes after midnight `14:30` is. Raises `ValueError`."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("must be a time from 00:00 to 24:00")
    return int(match[1] or match[3]) * 60 + int(match[2] or match[4])


@lru_cache(maxsize=16_384)
def _minute_of_week(at: Instant, zone: str) -> int:
    local = datetime.fromtimestamp(at // 1_000_000, zone_of(zone))
    return local.weekday() * _MINUTES_PER_DAY + local.hour * 60 + local.minute
