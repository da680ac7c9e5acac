"""Happy hours: what the clock on the wall shows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.rules import Hours, minutes_of
from gamification.rules.hours import is_open, opening_of
from kit import clock
from tests.gamification.factories import day

ZONES = ("UTC", "Asia/Jakarta", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")


def open_at(hours, at, zone="UTC"):
    at = clock.parse(at) if isinstance(at, str) else at
    return is_open([opening_of(hours)], at, zone)


@pytest.mark.parametrize(
    "time, expected",
    [
        ("2026-03-02T13:59:59.999999Z", False),
        ("2026-03-02T14:00:00Z", True),
        ("2026-03-02T16:59:59.999999Z", True),
        ("2026-03-02T17:00:00Z", False),
        ("2026-03-01T15:00:00Z", False),
        ("2026-03-07T15:00:00Z", False),
    ],
)
def test_hours_are_half_open_and_on_their_days(time, expected):
    assert open_at(Hours(weekdays=(1, 2, 3), from_="14:00", until="17:00"), time) is expected


def test_the_clock_is_the_members_or_the_one_that_is_given():
    at = "2026-03-02T08:30:00Z"
    hours = {"from_": "15:00", "until": "16:00"}
    assert open_at(Hours(**hours), at, "Asia/Jakarta")
    assert not open_at(Hours(**hours), at, "UTC")
    assert open_at(Hours(**hours, zone="Asia/Jakarta"), at, "America/New_York")


@pytest.mark.parametrize(
    "time, expected",
    [
        ("2026-03-06T21:59:00Z", False),
        ("2026-03-06T22:00:00Z", True),
        ("2026-03-07T01:59:00Z", True),
        ("2026-03-07T02:00:00Z", False),
        ("2026-03-06T01:00:00Z", False),
        ("2026-03-07T23:00:00Z", False),
    ],
)
def test_hours_over_midnight_belong_to_the_day_on_which_they_begin(time, expected):
    assert open_at(Hours(weekdays=(5,), from_="22:00", until="02:00"), time) is expected


def test_sunday_night_runs_into_monday():
    hours = Hours(weekdays=(7,), from_="22:00", until="02:00")
    found = [open_at(hours, day(0, hour)) for hour in (-2.1, -2, -0.1, 0, 1.9, 2)]
    assert found == [False, True, True, True, True, False]


def test_without_anything_said_hours_are_always():
    assert all(open_at(Hours(), day(0, hour)) for hour in range(168))
    weekend = Hours(weekdays=(6, 7))
    assert [open_at(weekend, day(number, 12)) for number in range(7)] == [False] * 5 + [True] * 2


def test_an_hour_that_the_clock_shows_twice_counts_twice():
    """New York, November 1st, 2026: at 02:00 it becomes 01:00 once more."""
    hours = Hours(from_="01:00", until="02:00")
    shown = ("05:00", "05:59", "06:00", "06:59", "07:00", "04:59")
    found = [open_at(hours, f"2026-11-01T{time}:00Z", "America/New_York") for time in shown]
    assert found == [True, True, True, True, False, False]


def test_an_hour_that_the_clock_skips_is_not_there():
    """New York, March 8th, 2026: at 02:00 it becomes 03:00."""
    skipped = Hours(from_="02:00", until="03:00")
    around = Hours(from_="01:30", until="03:30")
    times = [f"2026-03-08T{time}:00Z" for time in ("06:29", "06:30", "06:59", "07:00", "07:30")]
    assert not any(open_at(skipped, at, "America/New_York") for at in times)
    found = [open_at(around, at, "America/New_York") for at in times]
    assert found == [False, True, True, True, False]


@pytest.mark.parametrize("text, minutes", [("00:00", 0), ("09:05", 545), ("24:00", 1440)])
def test_times_are_minutes_of_the_day(text, minutes):
    assert minutes_of(text) == minutes


@pytest.mark.parametrize("text", ["", "9:00", "24:01", "25:00", "12:60", "12:00:00", "12.00"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="must be a time"):
        minutes_of(text)


def slowly_open(hours, at, zone):
    """Look at a wall clock, and ask each day on which the hours may have begun."""
    local = datetime.fromtimestamp(at // 1_000_000, ZoneInfo(hours.zone or zone))
    now = local.replace(tzinfo=None, second=0)
    for back in (0, 1):
        begun = now.date() - timedelta(days=back)
        if hours.weekdays and begun.isoweekday() not in hours.weekdays:
            continue
        start = datetime.combine(begun, datetime.min.time())
        begin = start + timedelta(minutes=minutes_of(hours.from_))
        end = start + timedelta(minutes=minutes_of(hours.until))
        end += timedelta(days=1) if end <= begin else timedelta(0)
        if begin <= now < end:
            return True
    return False


times = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@given(
    st.builds(
        Hours,
        weekdays=st.lists(st.integers(1, 7), max_size=7, unique=True).map(tuple),
        from_=times,
        until=st.one_of(times, st.just("24:00")),
        zone=st.sampled_from(["", *ZONES]),
    ),
    st.lists(st.integers(day(-200), day(400)), min_size=10, max_size=30),
    st.sampled_from(ZONES),
)
def test_stretches_of_a_week_are_what_a_wall_clock_shows(hours, moments, zone):
    for at in moments:
        assert open_at(hours, at, zone) == slowly_open(hours, at, zone)
