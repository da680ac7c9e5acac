from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit import clock
from kit.calendar import (
    Period,
    day_of,
    first_day,
    following,
    index_of,
    index_of_day,
    start_of,
    zone_of,
)
from kit.clock import DAY, HOUR, MINUTE
from tests.profiles import EFFORT

ZONES = sorted(available_timezones() - {"localtime"})
ODD_ZONES = (
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/Juneau",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Manila",
    "Asia/Tehran",
)
zones = st.sampled_from(ODD_ZONES) | st.sampled_from(ZONES)
instants = st.integers(clock.parse("1880-01-01T00:00:00Z"), clock.parse("2150-01-01T00:00:00Z"))
periods = st.sampled_from(list(Period))
hours = st.sampled_from([0, 0, 1, 2, 3, 4, 12, 23])


def at(text):
    return clock.parse(text)


def bounds(index, **where):
    return start_of(index, **where), start_of(index + 1, **where)


@given(instants, zones, periods, hours)
@example(at("2011-12-30T09:59:59.999999Z"), "Pacific/Apia", Period.DAY, 0)
@example(at("2011-12-30T10:00:00Z"), "Pacific/Apia", Period.DAY, 0)
@example(at("1867-10-18T12:00:00Z"), "America/Juneau", Period.DAY, 4)
def test_each_instant_is_in_exactly_one_period(instant, zone, period, hour):
    where = {"period": period, "zone": zone, "day_starts_at": hour}
    index = index_of(instant, **where)
    start, end = bounds(index, **where)
    assert start <= instant < end
    assert index_of(start, **where) == index
    assert index_of(end - 1, **where) == index
    assert index_of(end, **where) > index


@given(zones, periods, hours, st.dates(date(1880, 1, 1), date(2149, 12, 31)))
def test_periods_partition_time(zone, period, hour, day):
    where = {"period": period, "zone": zone, "day_starts_at": hour}
    index = index_of_day(day, period)
    starts = [start_of(index + step, **where) for step in range(4)]
    assert starts == sorted(starts)
    for step, (start, end) in enumerate(pairwise(starts)):
        if start < end:
            assert index_of(start, **where) == index + step
            assert index_of(end - 1, **where) == index + step
    after = following(index, **where)
    assert start_of(after, **where) < start_of(after + 1, **where)
    assert all(
        start_of(empty, **where) == start_of(empty + 1, **where)
        for empty in range(index + 1, after)
    )


def transitions(zone, since=1900, until=2040):
    """The instants at which a zone's offset changes, found by halving."""
    info = ZoneInfo(zone)

    def offset(moment):
        return datetime.fromtimestamp(moment, UTC).astimezone(info).utcoffset()

    step = 7 * 86_400
    moment = int(datetime(since, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(until, 1, 1, tzinfo=UTC).timestamp())
    while moment < end:
        low, high = moment, moment + step
        if offset(low) != offset(high):
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
            yield high * 1_000_000
        moment += step


@pytest.mark.parametrize("zone", ODD_ZONES if EFFORT == 1 else ZONES)
def test_windows_hold_around_every_change_of_the_clocks(zone):
    for change in transitions(zone):
        for hour in (0, 1, 2, 3, 4, 23):
            for instant in (change - DAY, change - 1, change, change + 1, change + HOUR):
                for period in Period:
                    where = {"period": period, "zone": zone, "day_starts_at": hour}
                    start, end = bounds(index_of(instant, **where), **where)
                    assert start <= instant < end, (clock.isoformat(instant), where)


def test_every_zone_partitions_a_year_into_days_without_a_gap():
    for zone in ZONES:
        where = {"period": Period.DAY, "zone": zone}
        first = date(2025, 12, 31).toordinal()
        starts = [start_of(first + number, **where) for number in range(368)]
        for start, end in pairwise(starts):
            assert 22 * HOUR <= end - start <= 26 * HOUR
            assert index_of(end - 1, **where) == index_of(start, **where)


def test_the_day_that_apia_lost_has_no_time_in_it():
    lost = date(2011, 12, 30).toordinal()
    where = {"period": Period.DAY, "zone": "Pacific/Apia"}
    assert bounds(lost, **where) == (at("2011-12-30T10:00:00Z"), at("2011-12-30T10:00:00Z"))
    assert following(lost - 1, **where) == lost + 1
    assert following(lost, **where) == lost + 1
    assert following(lost - 2, **where) == lost - 1
    assert day_of(at("2011-12-30T09:59:59Z"), "Pacific/Apia") == date(2011, 12, 29)
    assert day_of(at("2011-12-30T10:00:00Z"), "Pacific/Apia") == date(2011, 12, 31)


def test_lord_howe_moves_its_clocks_by_half_an_hour():
    where = {"period": Period.DAY, "zone": "Australia/Lord_Howe"}

    def length(day):
        start, end = bounds(date.fromisoformat(day).toordinal(), **where)
        return end - start

    assert length("2026-04-05") == 24 * HOUR + 30 * MINUTE
    assert length("2026-10-04") == 24 * HOUR - 30 * MINUTE
    assert length("2026-06-01") == DAY


@pytest.mark.parametrize(
    "zone, offset", [("Asia/Jakarta", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)]
)
def test_indonesia_has_three_midnights(zone, offset):
    midnight = at("2026-03-02T00:00:00Z") - offset * HOUR
    assert day_of(midnight - 1, zone) == date(2026, 3, 1)
    assert day_of(midnight, zone) == date(2026, 3, 2)


def test_a_day_that_is_skipped_at_midnight_begins_when_the_clocks_go_on():
    # In São Paulo 2018-11-04 began at 01:00.
    assert day_of(at("2018-11-04T02:59:59Z"), "America/Sao_Paulo") == date(2018, 11, 3)
    assert day_of(at("2018-11-04T03:00:00Z"), "America/Sao_Paulo") == date(2018, 11, 4)


def test_a_midnight_that_comes_twice_begins_one_day():
    # In São Paulo the hour before midnight came twice on 2018-02-17.
    where = {"period": Period.DAY, "zone": "America/Sao_Paulo"}
    start, end = bounds(date(2018, 2, 17).toordinal(), **where)
    assert end - start == 25 * HOUR
    assert {day_of(start + hour * HOUR, "America/Sao_Paulo") for hour in range(25)} == {
        date(2018, 2, 17)
    }


@pytest.mark.parametrize(
    "text, day",
    [
        ("2026-03-02T03:59:59Z", date(2026, 3, 1)),
        ("2026-03-02T04:00:00Z", date(2026, 3, 2)),
        ("2026-03-03T03:59:59Z", date(2026, 3, 2)),
    ],
)
def test_a_day_may_begin_at_four(text, day):
    assert day_of(at(text), "UTC", 4) == day


def test_a_leap_day_is_a_day_like_others():
    assert day_of(at("2024-02-29T12:00:00Z"), "UTC") == date(2024, 2, 29)
    february = index_of(at("2024-02-29T23:59:59Z"), period=Period.MONTH, zone="UTC")
    assert bounds(february, period=Period.MONTH, zone="UTC") == (
        at("2024-02-01T00:00:00Z"),
        at("2024-03-01T00:00:00Z"),
    )


@pytest.mark.parametrize("period", Period)
@given(day=st.dates(date(1, 1, 8), date(9999, 12, 1)))
def test_the_first_day_of_a_period_belongs_to_it(period, day):
    index = index_of_day(day, period)
    first = first_day(index, period)
    assert first <= day
    assert index_of_day(first, period) == index
    assert index_of_day(first - timedelta(days=1), period) == index - 1


def test_weeks_begin_on_monday():
    index = index_of_day(date(2026, 3, 8), Period.WEEK)
    assert first_day(index, Period.WEEK) == date(2026, 3, 2)
    assert index_of_day(date(2026, 3, 9), Period.WEEK) == index + 1


def test_a_month_follows_december():
    december = index_of_day(date(2025, 12, 31), Period.MONTH)
    assert first_day(december, Period.MONTH) == date(2025, 12, 1)
    assert first_day(december + 1, Period.MONTH) == date(2026, 1, 1)


def test_an_unknown_zone_is_an_error():
    with pytest.raises(KeyError):
        zone_of("Mars/Olympus")
    with pytest.raises(ValueError):
        zone_of("../etc/passwd")
