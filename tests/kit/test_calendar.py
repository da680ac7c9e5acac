from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kit import clock
from kit.calendar import (
    Period,
    Unit,
    day_of,
    end_of,
    first_day,
    following,
    index_of,
    index_of_day,
    later,
    shifted,
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


units = st.sampled_from(list(Unit))
counts = st.integers(1, 60)
# Near to each other, so that both sides of one change of the clocks are looked at.
near = st.integers(0, 3 * DAY) | st.integers(0, 2 * HOUR) | st.integers(0, 90 * DAY)


@pytest.mark.parametrize(
    "day, count, unit, expected",
    [
        ("2026-03-02", 1, Unit.DAY, "2026-03-03"),
        ("2026-02-28", 2, Unit.DAY, "2026-03-02"),
        ("2026-03-02", 3, Unit.WEEK, "2026-03-23"),
        ("2026-01-31", 1, Unit.MONTH, "2026-02-28"),
        ("2024-01-31", 1, Unit.MONTH, "2024-02-29"),
        ("2026-01-31", 2, Unit.MONTH, "2026-03-31"),
        ("2026-12-15", 1, Unit.MONTH, "2027-01-15"),
        ("2026-11-30", 1, Unit.QUARTER, "2027-02-28"),
        ("2024-02-29", 1, Unit.YEAR, "2025-02-28"),
        ("2024-02-29", 4, Unit.YEAR, "2028-02-29"),
        ("2024-02-29", -24, Unit.YEAR, "2000-02-29"),
    ],
)
def test_a_day_some_units_later_is_the_months_last_where_the_month_is_too_short(
    day, count, unit, expected
):
    assert shifted(date.fromisoformat(day), count=count, unit=unit).isoformat() == expected


@pytest.mark.parametrize(
    "unit, expected",
    [
        (Unit.DAY, "2026-05-21"),
        (Unit.WEEK, "2026-05-25"),
        (Unit.MONTH, "2026-06-01"),
        (Unit.QUARTER, "2026-07-01"),
        (Unit.YEAR, "2027-01-01"),
    ],
)
def test_a_unit_ends_where_the_next_begins(unit, expected):
    end = end_of(date(2026, 5, 20), unit=unit, zone="Asia/Jakarta")
    assert end == at(f"{expected}T00:00:00+07:00")


NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    "text, count, unit, zone, expected",
    [
        ("2026-03-02T12:00:00Z", 12, Unit.MONTH, "UTC", "2027-03-02T12:00:00Z"),
        # A day in which the clocks change has 23 or 25 hours: the time of the day stays.
        ("2026-03-07T12:00:00-05:00", 1, Unit.DAY, NEW_YORK, "2026-03-08T12:00:00-04:00"),
        ("2026-03-08T12:00:00-04:00", 1, Unit.DAY, NEW_YORK, "2026-03-09T12:00:00-04:00"),
        ("2026-10-31T12:00:00-04:00", 1, Unit.DAY, NEW_YORK, "2026-11-01T12:00:00-05:00"),
        ("2026-11-01T12:00:00-05:00", 1, Unit.DAY, NEW_YORK, "2026-11-02T12:00:00-05:00"),
        # A time that does not come, and one that comes twice.
        ("2026-03-07T02:30:00-05:00", 1, Unit.DAY, NEW_YORK, "2026-03-08T03:00:00-04:00"),
        ("2026-10-31T01:30:00-04:00", 1, Unit.DAY, NEW_YORK, "2026-11-01T01:30:00-05:00"),
        ("2026-11-01T01:30:00-04:00", 1, Unit.DAY, NEW_YORK, "2026-11-02T01:30:00-05:00"),
        ("2026-11-01T01:30:00-05:00", 1, Unit.DAY, NEW_YORK, "2026-11-02T02:00:00-05:00"),
        # A month without such a day ends.
        ("2026-01-31T09:00:00+07:00", 1, Unit.MONTH, "Asia/Jakarta", "2026-03-01T00:00:00+07:00"),
        ("2024-02-29T09:00:00Z", 1, Unit.YEAR, "UTC", "2025-03-01T00:00:00Z"),
        # Apia had no December 30 in 2011.
        ("2011-12-29T12:00:00-10:00", 1, Unit.DAY, "Pacific/Apia", "2011-12-31T00:00:00+14:00"),
    ],
)
def test_the_same_time_some_units_later(text, count, unit, zone, expected):
    assert later(at(text), count=count, unit=unit, zone=zone) == at(expected)


@given(instants, zones, units, counts)
@example(at("1996-03-01T02:30:00Z"), "America/Asuncion", Unit.MONTH, 1)
@example(at("1998-03-01T03:30:00Z"), "America/Asuncion", Unit.MONTH, 1)
@example(at("2006-10-29T03:30:30Z"), "America/St_Johns", Unit.MONTH, 1)
def test_what_is_rounded_up_is_no_sooner_and_all_is_later(instant, zone, unit, count):
    exact = later(instant, count=count, unit=unit, zone=zone)
    assert instant < exact
    day = shifted(day_of(instant, zone), count=count, unit=unit)
    assert end_of(day - timedelta(days=1), unit=Unit.DAY, zone=zone) <= exact
    for to in Unit:
        assert exact <= end_of(day, unit=to, zone=zone)


@given(instants, near, zones, units, counts)
def test_what_begins_later_is_later_some_units_later(instant, after, zone, unit, count):
    first, second = (
        later(moment, count=count, unit=unit, zone=zone) for moment in (instant, instant + after)
    )
    assert first <= second


@pytest.mark.parametrize("zone", ODD_ZONES if EFFORT == 1 else ZONES)
def test_later_stays_in_order_around_every_change_of_the_clocks(zone):
    steps = (-DAY, -2 * HOUR, -HOUR - 1, -HOUR // 2, -1, 0, 1, HOUR // 2, HOUR, 2 * HOUR, DAY)
    for change in transitions(zone):
        for count, unit in ((1, Unit.DAY), (1, Unit.MONTH)):
            # From around the change on, and to around the change.
            for base in (change, change - DAY, change - 28 * DAY):
                moments = [later(base + one, count=count, unit=unit, zone=zone) for one in steps]
                assert moments == sorted(moments), (clock.isoformat(base), zone)
                assert all(base + one < moment for one, moment in zip(steps, moments, strict=True))
