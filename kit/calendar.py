"""Civil periods: the days, weeks and months of a time zone as half-open ranges of instants.

A period is named by an index, an integer that grows by one from each civil period to the next, so
that "the period after" is an addition. Weeks begin on Monday (ISO 8601). A day may begin at another
hour than midnight (`day_starts_at`, whole hours, local wall time).
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from kit.clock import SECOND, Instant, from_datetime, to_datetime

MICROSECONDS_PER_DAY = 86_400_000_000


class Unit(StrEnum):
    """The civil units that a length of time can be told in."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.YEAR: 12}


class Period(StrEnum):
    """The civil periods that a streak or a leaderboard can count in."""

    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name; `ZoneInfoNotFoundError` or `ValueError` where there is none."""
    return ZoneInfo(name)


def day_of(at: Instant, zone: str, day_starts_at: int = 0) -> date:
    """The local day that holds the instant: `start of the day <= at < start of the next`."""
    local = datetime.fromtimestamp(at // 1_000_000, zone_of(zone))
    day = local.date() if local.hour >= day_starts_at else local.date() - timedelta(days=1)
    # Where clocks go back across the boundary a wall time repeats, and its date alone would lie.
    if local.fold and at >= _start_of_day(day.toordinal() + 1, zone, day_starts_at):
        return day + timedelta(days=1)
    if at < _start_of_day(day.toordinal(), zone, day_starts_at):
        return day - timedelta(days=1)
    return day


@lru_cache(maxsize=16_384)
def index_of(at: Instant, *, period: Period, zone: str, day_starts_at: int = 0) -> int:
    """The index of the civil period that holds the instant."""
    return index_of_day(day_of(at, zone, day_starts_at), period)


def index_of_day(day: date, period: Period) -> int:
    """The index of the period that a local day belongs to."""
    if period is Period.DAY:
        return day.toordinal()
    if period is Period.WEEK:
        return (day.toordinal() - 1) // 7
    return day.year * 12 + day.month - 1


def first_day(index: int, period: Period) -> date:
    """The first local day of a period."""
    if period is Period.DAY:
        return date.fromordinal(index)
    if period is Period.WEEK:
        return date.fromordinal(index * 7 + 1)
    return date(index // 12, index % 12 + 1, 1)


@lru_cache(maxsize=16_384)
def start_of(index: int, *, period: Period, zone: str, day_starts_at: int = 0) -> Instant:
    """The instant at which a period begins; the one before it ends there."""
    return _start_of_day(first_day(index, period).toordinal(), zone, day_starts_at)


def following(index: int, *, period: Period, zone: str, day_starts_at: int = 0) -> int:
    """The next period that has any time in it: a zone that jumps over a day has an empty one."""
    after = index + 1
    while start_of(after, period=period, zone=zone, day_starts_at=day_starts_at) == start_of(
        after + 1, period=period, zone=zone, day_starts_at=day_starts_at
    ):
        after += 1
    return after


def shifted(day: date, *, count: int, unit: Unit) -> date:
    """The day so many units later; where its month is too short, the month's last day."""
    months = _MONTHS.get(unit)
    if months is None:
        return day + timedelta(days=count * (7 if unit is Unit.WEEK else 1))
    year, month = divmod(day.year * 12 + day.month - 1 + count * months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=16_384)
def later(at: Instant, *, count: int, unit: Unit, zone: str) -> Instant:
    """The same time of the day so many units later.

    Where the month has no such day, it is the month's end. Of a time of the day that comes twice
    it is the second; one that does not come is when the clocks go on.
    """
    day = day_of(at, zone)
    target = shifted(day, count=count, unit=unit)
    end = end_of(target, unit=Unit.DAY, zone=zone)
    if unit in _MONTHS and target.day != day.day:
        return end
    wall = _wall_time(at, zone) - datetime.combine(day, time())
    return min(end, _instant_of(datetime.combine(target, time()) + wall, zone))


def end_of(day: date, *, unit: Unit, zone: str) -> Instant:
    """The first instant after the unit that the local day belongs to."""
    if unit is Unit.DAY:
        last = day
    elif unit is Unit.WEEK:
        last = day + timedelta(days=6 - day.weekday())
    else:
        months = _MONTHS[unit]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        last = shifted(first, count=1, unit=unit) - timedelta(days=1)
    return _start_of_day(last.toordinal() + 1, zone, 0)


def _wall_time(at: Instant, zone: str) -> datetime:
    """What the clock shows; of a time that it shows again, the time at which it goes on."""
    local = to_datetime(at).astimezone(zone_of(zone))
    if not local.fold:
        return local.replace(tzinfo=None)
    first = local.replace(fold=0)
    change = _change_between(from_datetime(first), at, zone)
    offset = first.utcoffset()
    assert offset is not None
    return to_datetime(change).replace(tzinfo=None) + offset


def _instant_of(wall: datetime, zone: str) -> Instant:
    """When the clock shows that, the second time if it does so twice."""
    aware = wall.replace(tzinfo=zone_of(zone))
    first, second = from_datetime(aware), from_datetime(aware.replace(fold=1))
    return second if first <= second else _change_between(second, first, zone)


def _change_between(before: Instant, after: Instant, zone: str) -> Instant:
    """The second at which the clocks change between two instants that they differ at."""
    low, high = before // SECOND, after // SECOND
    offset = datetime.fromtimestamp(low, zone_of(zone)).utcoffset()
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone_of(zone)).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high * SECOND


@lru_cache(maxsize=65_536)
def _start_of_day(ordinal: int, zone: str, day_starts_at: int) -> Instant:
    # In a gap the wall time is read with the offset before it, which is just where the gap begins.
    day = date.fromordinal(ordinal)
    return from_datetime(
        datetime(day.year, day.month, day.day, day_starts_at, tzinfo=zone_of(zone))
    )
