from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.streaks import (
    CompiledStreak,
    Freezes,
    Streak,
    StreakState,
    extend,
    freezes_left,
    lapse,
)
from kit import clock
from kit.calendar import Period, index_of, start_of
from kit.clock import DAY, HOUR, MINUTE
from tests.gamification.factories import (
    ALWAYS,
    day,
    definition,
    folded,
    happening,
    metric,
    programme,
    purchase,
)


def streak(period="DAY", *, since=ALWAYS, version=1, **facts):
    body = {"key": "s", "name": "S", "period": period, "metric": {"kind": "purchase"}}
    return definition("STREAK", body | facts, version=version, since=since)


def run(moments, *definitions, zone="UTC", until=None, **facts):
    """The streak's state after purchases at these instants."""
    published = programme(*(definitions or [streak(**facts)]))
    entries = [purchase(at, amount=100) for at in moments]
    standing, _ = folded(published, entries, zone=zone, until=until)
    return standing.streaks["s"]


def days(*numbers):
    return [day(number, 12) for number in numbers]


def test_a_missed_day_breaks_the_streak():
    state = run(days(0, 2))
    assert (state.length, state.longest) == (1, 1)


def test_days_in_a_row_make_it_longer():
    state = run(days(0, 1, 2, 3))
    assert (state.length, state.longest, state.started_at) == (4, 4, day(0, 12))
    assert state.breaks_at == day(5)


def test_a_day_counts_once():
    assert run([day(0), day(0, 1), day(0, 23.99), day(1)]).length == 2


def test_the_longest_run_is_remembered():
    state = run(days(0, 1, 2, 5, 6))
    assert (state.length, state.longest, state.started_at) == (2, 3, day(5, 12))


@pytest.mark.parametrize("until, length", [(day(2) - 1, 1), (day(2), 0), (day(9), 0)])
def test_it_breaks_when_the_next_day_has_passed(until, length):
    state = run(days(0), until=until)
    assert state.length == length
    assert state.breaks_at == (day(2) if length else None)
    assert state.started_at == (day(0, 12) if length else None)
    assert state.longest == 1


def test_an_activity_that_does_not_count_leaves_no_trace():
    state, compiled = StreakState(), CompiledStreak(streak=BODY, version=1, metric=metric())
    assert not extend(state, compiled, happening(kind="visit"), "UTC")
    assert state == StreakState()


BODY = Streak(key="s", name="S", period=Period.DAY, metric=metric().metric)


def test_extending_says_whether_the_period_counts_now_and_did_not_before():
    body = Streak(key="s", name="S", period=Period.DAY, metric=metric().metric, goal=2)
    state, compiled = StreakState(), CompiledStreak(streak=body, version=1, metric=metric())
    moments = (0, 1, 2, 24, 25, 0)
    told = [extend(state, compiled, happening(day(0, hour)), "UTC") for hour in moments]
    assert told == [False, True, False, False, True, False]


def test_lapsing_says_whether_the_run_broke():
    body = Streak(**{**plain(), "freezes": Freezes(initial=1)})
    state, compiled = StreakState(), CompiledStreak(streak=body, version=1, metric=metric())
    extend(state, compiled, happening(day(0)), "UTC")
    assert [lapse(state, body, "UTC") for _ in range(2)] == [False, True]
    assert (state.length, state.longest) == (0, 1)


def test_whoever_did_nothing_has_no_run():
    assert (StreakState().length, StreakState().longest) == (0, 0)
    spent = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
    state = run([day(0)], metric=spent, goal=9_999)
    assert (state.length, state.longest, state.breaks_at) == (0, 0, None)


def test_a_period_counts_once_its_goal_is_reached():
    spent = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
    moments = [day(0), day(0, 1), day(1), day(1, 1)]
    assert run(moments[:1], metric=spent, goal=200).length == 0
    assert run(moments[:2], metric=spent, goal=200).length == 1
    assert run(moments[:3], metric=spent, goal=200).length == 1
    assert run(moments, metric=spent, goal=200).length == 2
    assert run([day(0), day(1)], metric=spent, goal=200).length == 0


# --- freezes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "active, freezes, length, left",
    [
        ((0, 2), {"initial": 1}, 2, 0),
        ((0, 3), {"initial": 1}, 1, 0),
        ((0, 3), {"initial": 2}, 2, 0),
        ((0, 1, 3, 4), {"initial": 0}, 2, 0),
        ((0, 1, 2, 4), {"earned_every": 3, "max": 1}, 4, 0),
        ((0, 1, 2, 3, 4, 5), {"earned_every": 2, "max": 2}, 6, 2),
        ((0, 1, 2, 3, 4, 5), {"initial": 5, "earned_every": 2, "max": 2}, 6, 5),
        ((0, 1, 3, 5), {"initial": 1, "earned_every": 2, "max": 3}, 4, 1),
        ((0, 1), {"earned_every": 0, "max": 9}, 2, 0),
    ],
)
def test_freezes_are_earned_and_used_by_themselves(active, freezes, length, left):
    state = run(days(*active), freezes=freezes)
    assert state.length == length
    assert freezes_left(state, Streak(**{**plain(), "freezes": Freezes(**freezes)})) == left


def plain():
    return {"key": "s", "name": "S", "period": Period.DAY, "metric": metric().metric}


def test_a_freeze_is_taken_when_the_day_is_over():
    state = run(days(0), freezes={"initial": 1}, until=day(2) - 1)
    assert (state.length, state.freezes, state.breaks_at) == (1, None, day(2))
    state = run(days(0), freezes={"initial": 1}, until=day(2))
    assert (state.length, state.freezes, state.breaks_at) == (1, 0, day(3))
    state = run(days(0), freezes={"initial": 1}, until=day(3))
    assert (state.length, state.freezes, state.breaks_at) == (0, 0, None)


def test_late_activity_restores_the_streak_and_gives_the_freeze_back():
    before = run(days(0, 2, 4), freezes={"initial": 1})
    assert (before.length, before.freezes) == (1, 0)
    after = run(days(0, 2, 3, 4), freezes={"initial": 1})
    assert (after.length, after.freezes) == (4, 0)
    whole = run(days(0, 1, 2, 3, 4), freezes={"initial": 1})
    assert (whole.length, whole.freezes) == (5, None)


# --- weeks, months, zones -------------------------------------------------------------------------


def test_weeks_begin_on_monday():
    assert run(days(6, 7), period="WEEK").length == 2
    assert run(days(0, 6), period="WEEK").length == 1
    state = run(days(6, 14), period="WEEK")
    assert (state.length, state.breaks_at) == (1, day(28))


def test_months_are_as_long_as_they_are():
    def at(text):
        return clock.parse(f"{text}T12:00:00Z")

    state = run([at("2024-01-01"), at("2024-02-29"), at("2024-03-31")], period="MONTH")
    assert (state.length, state.breaks_at) == (3, clock.parse("2024-05-01T00:00:00Z"))
    assert run([at("2024-01-31"), at("2024-03-01")], period="MONTH").length == 1


@pytest.mark.parametrize(
    "zone, length", [("UTC", 1), ("Asia/Jakarta", 2), ("America/Los_Angeles", 1)]
)
def test_the_day_is_that_of_the_members_zone(zone, length):
    assert run([day(0, 16), day(0, 18)], zone=zone).length == length


def test_a_day_may_begin_at_four():
    evening, night, morning = day(0, 23), day(1, 3.9), day(1, 4)
    assert run([evening, night], day_starts_at=4).length == 1
    assert run([evening, night, morning], day_starts_at=4).length == 2
    assert run([night], day_starts_at=4).breaks_at == day(2, 4)


@pytest.mark.parametrize(
    "zone, moments, length",
    [
        # New York's day of 23 hours, and its day of 25.
        ("America/New_York", ["2026-03-08T04:59", "2026-03-08T05:00", "2026-03-09T03:59"], 2),
        ("America/New_York", ["2026-03-08T05:00", "2026-03-09T04:00"], 2),
        ("America/New_York", ["2026-11-01T04:00", "2026-11-02T04:59"], 1),
        ("America/New_York", ["2026-11-01T04:00", "2026-11-02T05:00"], 2),
        # Lord Howe's clocks move by half an hour.
        ("Australia/Lord_Howe", ["2026-04-04T13:00", "2026-04-05T13:29"], 1),
        ("Australia/Lord_Howe", ["2026-04-04T13:00", "2026-04-05T13:30"], 2),
        # Apia never had a 30th of December 2011: the 31st follows the 29th.
        ("Pacific/Apia", ["2011-12-30T09:00", "2011-12-30T10:00"], 2),
        ("Pacific/Apia", ["2011-12-29T09:00", "2011-12-30T10:00"], 1),
    ],
)
def test_days_around_a_change_of_the_clocks(zone, moments, length):
    assert run([clock.parse(f"{one}:00Z") for one in moments], zone=zone).length == length


def test_a_deadline_after_the_lost_day_is_the_end_of_the_day_that_follows():
    state = run([clock.parse("2011-12-30T09:00:00Z")], zone="Pacific/Apia")
    assert state.breaks_at == clock.parse("2011-12-31T10:00:00Z")


actives = st.sets(st.integers(0, 25), min_size=1)


@given(
    actives,
    st.integers(0, 3),
    st.sampled_from(["UTC", "Australia/Lord_Howe", "America/New_York"]),
    st.sampled_from([0, 4, 23]),
    st.integers(0, 24 * 60 - 1),
)
def test_a_run_is_what_a_calendar_on_the_wall_says(active, freezes, zone, hour, minute):
    moments = [day(number) + minute * MINUTE for number in sorted(active)]
    facts = {"freezes": {"initial": freezes}, "day_starts_at": hour}
    state = run(moments, zone=zone, **facts)
    where = {"period": Period.DAY, "zone": zone, "day_starts_at": hour}
    marked = sorted({index_of(moment, **where) for moment in moments})
    length, longest, left, last = 0, 0, freezes, marked[0] - 1
    for index in marked:
        missed = index - last - 1
        if length and missed > left:
            length = 0
            left = 0
        elif length:
            left -= missed
        length += 1
        longest, last = max(longest, length), index
    assert (state.length, state.longest, state.last) == (length, longest, last)
    assert state.breaks_at == start_of(last + 2, **where)


# --- new versions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("before, after", [("DAY", "MONTH"), ("MONTH", "DAY"), ("WEEK", "DAY")])
@pytest.mark.parametrize("freezes", [0, 3])
def test_a_version_that_counts_other_periods_begins_anew(before, after, freezes):
    kept = {"freezes": {"initial": freezes}}
    first, second = streak(before, **kept), streak(after, version=2, since=day(20), **kept)
    state = run(days(0, 1, 2), first, second, until=day(60))
    assert state.length == 0
    state = run(days(0, 1, 2, 22), first, second)
    assert (state.length, state.longest, state.unit) == (1, 1, after)
    moments = [day(22, 12), day(23, 12)] if after == "DAY" else [day(22), day(31)]
    assert run([*days(0, 1, 2), *moments], first, second).length == 2


def test_a_version_that_counts_something_else_begins_its_period_anew():
    spent = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
    first = streak(metric=spent, goal=250)
    second = streak(goal=3, version=2, since=day(0, 6))
    assert run([day(0), day(0, 1), day(0, 7)], first, second).length == 0
    assert run([day(0), day(0, 7), day(0, 8), day(0, 9)], first, second).length == 1


def test_more_freezes_in_a_new_version_save_a_run_that_is_under_way():
    first = streak()
    second = streak(version=2, since=day(1), freezes={"initial": 1})
    assert run(days(0, 2), first, second).length == 2


def test_the_deadline_is_told_in_the_members_zone():
    state = run([clock.parse("2026-03-01T23:30:00Z")], zone="Asia/Jayapura")
    midnight = clock.parse("2026-03-04T00:00:00Z") - 9 * HOUR
    assert state.breaks_at == midnight
    assert state.last == date(2026, 3, 2).toordinal()
    assert state.breaks_at - state.started_at < 2 * DAY
