import pytest

from gamification.badges import Badge, BadgeLevel, BadgeState, CompiledBadge, award, next_goal
from gamification.badges import progress as count
from gamification.metrics import Aggregate
from tests.gamification.factories import (
    day,
    definition,
    entry,
    folded,
    happening,
    metric,
    programme,
    purchase,
)


def badge(goal=0, *, levels=(), aggregate=Aggregate.SUM, field="amount", counted=True):
    wanted = metric(aggregate, field) if counted else None
    body = Badge(
        key="b",
        name="B",
        metric=wanted.metric if wanted else None,
        goal=goal,
        levels=tuple(BadgeLevel(key=key, name=key, goal=goal) for key, goal in levels),
    )
    return CompiledBadge(badge=body, version=1, metric=wanted, steps=body.steps)


THREE = badge(levels=(("bronze", 10), ("silver", 25), ("gold", 50)))


def won(compiled, *amounts):
    state = BadgeState()
    return [count(state, compiled, happening(day(n), amount=one)) for n, one in enumerate(amounts)]


def test_a_badge_is_won_once_when_its_goal_is_reached():
    assert won(badge(10), 9, 1, 10, 10) == [[], [""], [], []]


def test_levels_are_won_in_order_and_several_at_a_time():
    assert won(THREE, 9, 30, 10, 1, 100) == [[], ["bronze", "silver"], [], ["gold"], []]


def test_each_level_is_dated_by_what_reached_it():
    state = BadgeState()
    for number, amount in enumerate((12, 12, 12)):
        count(state, THREE, happening(day(number), amount=amount))
    assert state.achieved == {"bronze": day(0), "silver": day(2)}


def test_the_steps_of_a_badge_ascend_and_the_last_is_the_top():
    assert THREE.steps == (("bronze", 10), ("silver", 25), ("gold", 50))
    assert THREE.top == 50
    assert (badge(7).steps, badge(7).top) == ((("", 7),), 7)


def test_a_level_that_was_won_is_not_lost_by_counting_down():
    assert won(badge(10), 10, -5, 5) == [[""], [], []]


@pytest.mark.parametrize(
    "aggregate, field, facts, at",
    [
        (Aggregate.COUNT, "", [{}, {}, {}], 2),
        (Aggregate.MAX, "amount", [{"amount": 2}, {"amount": 2}, {"amount": 3}], 2),
        (Aggregate.DISTINCT, "day", [{"day": "a"}, {"day": "a"}, {"day": "b"}, {"day": "c"}], 3),
    ],
)
def test_each_aggregate_reaches_its_goal(aggregate, field, facts, at):
    compiled, state = badge(3, aggregate=aggregate, field=field), BadgeState()
    taken = [bool(count(state, compiled, happening(**one))) for one in facts]
    assert taken == [number == at for number in range(len(facts))]


def test_what_does_not_count_changes_nothing():
    state = BadgeState()
    assert count(state, badge(1), happening(kind="visit", amount=5)) == []
    assert count(state, badge(counted=False), happening(amount=5)) == []
    assert state == BadgeState()


def test_a_prize_is_awarded_once():
    state = BadgeState()
    assert award(state, "", day(1)) is True
    assert award(state, "", day(2)) is False
    assert state.achieved == {"": day(1)}


def test_the_next_goal_is_that_of_the_lowest_level_not_won():
    state = BadgeState()
    goals = []
    for amount in (0, 10, 15, 25):
        count(state, THREE, happening(amount=amount))
        goals.append(next_goal(state, THREE.badge))
    assert goals == [10, 25, 50, 50]


def test_a_version_that_counts_something_else_begins_from_nothing():
    state = BadgeState()
    count(state, badge(100), happening(amount=99))
    counting = badge(2, aggregate=Aggregate.COUNT, field="")
    assert count(state, counting, happening(amount=99)) == []
    assert count(state, counting, happening(amount=99)) == [""]


def test_a_version_with_another_goal_goes_on_counting():
    state = BadgeState()
    count(state, badge(100), happening(amount=60))
    assert count(state, badge(80), happening(amount=20)) == [""]


# --- through the fold -----------------------------------------------------------------------------

BODY = {"key": "b", "name": "B", "metric": {"kind": "purchase"}, "goal": 2}


def honours(definitions, entries):
    _, effects = folded(programme(*definitions), entries)
    return [(one.key, one.at, one.version, one.cause) for one in effects.honours]


def test_an_award_has_its_version_instant_and_cause():
    entries = [purchase(day(n), f"p{n}", amount=1) for n in range(3)]
    assert honours([("BADGE", BODY)], entries) == [("badge:b:", day(1), 1, "p1")]


def test_the_refund_of_what_won_it_takes_a_badge_away():
    entries = [purchase(day(n), f"p{n}", amount=1) for n in range(2)]
    refund = entry("RETRACTION", day(3), "r", target="p0", share=1_000_000)
    assert honours([("BADGE", BODY)], [*entries, refund]) == []


def test_an_entry_meets_the_version_in_force_at_its_time():
    lower = definition("BADGE", BODY | {"goal": 1}, version=2, since=day(5))
    first = definition("BADGE", BODY)
    assert honours([first, lower], [purchase(day(4), "a", amount=1)]) == []
    assert honours([first, lower], [purchase(day(5), "a", amount=1)]) == [
        ("badge:b:", day(5), 2, "a")
    ]


def test_points_earned_can_win_a_badge():
    earned = {"currency": "points", "aggregate": "SUM", "field": "amount"}
    rule = {"key": "r", "title": "", "kind": "purchase", "currency": "points"}
    definitions = [
        ("BADGE", BODY | {"metric": earned, "goal": 15}),
        ("EARNING_RULE", rule | {"earn": {"points": 10}}),
    ]
    entries = [purchase(day(n), f"p{n}", amount=1) for n in range(3)]
    assert honours(definitions, entries) == [("badge:b:", day(1), 1, "p1")]
