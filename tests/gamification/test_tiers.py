from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.metrics import Aggregate
from gamification.tiers import (
    CompiledTierSet,
    Tier,
    TierSet,
    TierState,
    climb,
    level_of,
    next_slip,
    qualified_until,
    slip,
)
from tests.gamification.factories import (
    ALWAYS,
    day,
    definition,
    entry,
    folded,
    happening,
    metric,
    programme,
    purchase,
)

LEVELS = tuple(
    Tier(key=key, name=key, threshold=threshold)
    for key, threshold in (("bronze", 0), ("silver", 100), ("gold", 250))
)


def tier_set(rolling_days=None, aggregate=Aggregate.SUM, field="amount"):
    counted = metric(aggregate, field)
    body = TierSet(
        key="club", name="", metric=counted.metric, levels=LEVELS, rolling_days=rolling_days
    )
    return CompiledTierSet(tier_set=body, version=1, metric=counted, bonuses=(Fraction(1),) * 3)


LIFETIME, ROLLING = tier_set(), tier_set(10)


def climbed(compiled, *bought):
    state = TierState()
    changes = [
        climb(state, compiled, happening(day(number), amount=amount)) for number, amount in bought
    ]
    return state, changes


@pytest.mark.parametrize(
    "value, level", [(-5, 0), (0, 0), (99, 0), (100, 1), (249, 1), (250, 2), (9_999, 2)]
)
def test_a_value_reaches_the_highest_threshold_below_it(value, level):
    assert level_of(LEVELS, value) == level


def test_a_member_climbs_at_once_and_several_levels_at_a_time():
    state, changes = climbed(LIFETIME, (0, 99), (1, 1), (2, 0), (3, 500))
    assert changes == [False, True, False, True]
    assert (state.level, state.value, state.since) == (2, 600, day(3))
    assert next_slip(state) is None


def test_what_does_not_count_changes_nothing():
    state = TierState()
    assert not climb(state, LIFETIME, happening(kind="visit", amount=500))
    assert state == TierState()


def test_a_rolling_value_leaves_after_its_days():
    state, _ = climbed(ROLLING, (0, 60), (3, 60))
    assert (state.level, next_slip(state)) == (1, day(10))
    assert slip(state, ROLLING, day(10) - 1) is False
    assert slip(state, ROLLING, day(10)) is True
    assert (state.level, state.value, state.since) == (0, 60, day(10))
    assert slip(state, ROLLING, day(13)) is False
    assert (state.value, next_slip(state)) == (0, None)


def test_what_leaves_at_one_instant_leaves_together():
    state, _ = climbed(ROLLING, (0, 60), (0, 60), (1, 100))
    assert slip(state, ROLLING, day(10)) is False
    assert state.value == 100


def test_a_count_of_nothing_is_no_part():
    state, _ = climbed(ROLLING, (0, 0))
    assert state.parts == []


@pytest.mark.parametrize(
    "bought, until",
    [
        (((0, 50),), None),
        (((0, 100),), day(10)),
        (((0, 60), (3, 60)), day(10)),
        (((0, 10), (3, 100)), day(13)),
        (((0, 300),), day(10)),
        (((0, 200), (1, 60), (2, 60)), day(10)),
        (((0, 30), (1, 300), (2, 60)), day(11)),
    ],
)
def test_a_tier_is_kept_until_what_is_left_is_not_worth_it(bought, until):
    state, _ = climbed(ROLLING, *bought)
    assert qualified_until(state, ROLLING.tier_set) == until


def test_a_lifetime_tier_has_no_end():
    state, _ = climbed(LIFETIME, (0, 300))
    assert qualified_until(state, LIFETIME.tier_set) is None


def test_a_version_that_counts_something_else_begins_anew():
    state, _ = climbed(ROLLING, (0, 300))
    counting = tier_set(10, Aggregate.COUNT, "")
    assert climb(state, counting, happening(day(1), amount=300)) is True
    assert (state.level, state.value, state.parts) == (0, 1, [[day(11), 1]])


def test_a_shorter_period_lets_go_of_what_is_new_before_what_is_old():
    state, _ = climbed(ROLLING, (0, 60))
    shorter = tier_set(3)
    climb(state, shorter, happening(day(1), amount=60))
    assert (state.value, next_slip(state)) == (120, day(4))
    assert slip(state, shorter, day(4)) is True
    assert (state.value, next_slip(state)) == (60, day(10))


def test_what_a_rolling_period_had_gathered_stays_when_a_lifetime_counts():
    state, _ = climbed(ROLLING, (0, 300))
    assert slip(state, LIFETIME, day(10)) is False
    assert (state.level, state.value, state.parts) == (2, 300, [])
    state, _ = climbed(ROLLING, (0, 300))
    assert climb(state, LIFETIME, happening(day(11), amount=1)) is False
    assert (state.level, state.value, state.parts) == (2, 301, [])


def test_a_level_above_those_that_are_left_reads_as_the_highest():
    state = TierState(level=5, value=300, parts=[[day(10), 300]])
    assert qualified_until(state, ROLLING.tier_set) == day(10)


bought = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 150)), max_size=20)


@given(bought, st.integers(1, 15))
def test_a_rolling_level_is_that_of_the_last_days_alone(purchases, window):
    compiled, state = tier_set(window), TierState()
    ordered = sorted(purchases)
    for place, (number, amount) in enumerate(ordered):
        slip(state, compiled, day(number))
        climb(state, compiled, happening(day(number), amount=amount))
        value = sum(one for when, one in ordered[: place + 1] if when > number - window)
        assert state.value == value
        assert state.level == level_of(LEVELS, value)


# --- through the fold -----------------------------------------------------------------------------

BODY = {
    "key": "club",
    "name": "Club",
    "metric": {"kind": "purchase", "aggregate": "SUM", "field": "amount"},
    "levels": [
        {"key": "bronze", "name": "", "threshold": 0},
        {"key": "silver", "name": "", "threshold": 100, "earn_multiplier": "2"},
        {"key": "gold", "name": "", "threshold": 250, "earn_multiplier": "3"},
    ],
}
RULE = {"key": "r", "title": "", "kind": "purchase", "currency": "points", "earn": {"points": 10}}


def changes(entries, *, until=None, **facts):
    published = programme(("TIER_SET", BODY | facts))
    _, effects = folded(published, entries, until=until)
    return [(one.previous, one.value, one.at, one.cause) for one in effects.honours]


def test_each_change_is_told_with_its_cause():
    entries = [purchase(day(0), "a", amount=120), purchase(day(1), "b", amount=200)]
    assert changes(entries) == [
        ("bronze", "silver", day(0), "a"),
        ("silver", "gold", day(1), "b"),
    ]
    assert changes(entries, rolling_days=10, until=day(11)) == [
        ("bronze", "silver", day(0), "a"),
        ("silver", "gold", day(1), "b"),
        ("gold", "silver", day(10), ""),
        ("silver", "bronze", day(11), ""),
    ]


def test_the_tier_at_the_events_time_multiplies():
    published = programme(("TIER_SET", BODY), ("EARNING_RULE", RULE))
    entries = [purchase(day(number), f"{number}", amount=130) for number in range(3)]
    _, effects = folded(published, entries)
    assert [one.amount for one in effects.postings] == [10, 20, 30]


def test_spending_points_never_demotes():
    by_points = {"currency": "points", "aggregate": "SUM", "field": "amount"}
    published = programme(
        ("TIER_SET", BODY | {"metric": by_points}),
        ("EARNING_RULE", RULE | {"earn": {"points": 120}}),
    )
    spend = entry("SPEND", day(1), "z", points=120, currency="points", account="redemption")
    standing, effects = folded(published, [purchase(day(0), "a", amount=1), spend])
    assert standing.tiers["club"].level == 1
    assert [one.value for one in effects.honours] == ["silver"]


def test_fewer_levels_in_a_new_version_leave_nobody_outside():
    two = {**BODY, "levels": BODY["levels"][:2]}
    published = programme(
        definition("TIER_SET", BODY, since=ALWAYS),
        definition("TIER_SET", two, version=2, since=day(5)),
        ("EARNING_RULE", RULE),
    )
    entries = [purchase(day(0), "a", amount=300), purchase(day(6), "b", amount=0)]
    standing, effects = folded(published, entries)
    assert standing.tiers["club"].level == 1
    assert [one.amount for one in effects.postings] == [10, 20]
