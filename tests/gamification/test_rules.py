from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.conditions import compile_condition
from gamification.rules import CompiledRule, Earning, EarningRule, earnings_of
from gamification.rules.definition import Cap, Earn
from kit.calendar import Period
from tests.gamification.factories import day, happening

ONE = Fraction(1)
PER_HUNDRED = Earn(points=1, per=100, of="amount")
DAY, WEEK, MONTH = Period


def rule(key="per-dollar", *, earn=None, multiplier="", condition="", currency="points", **more):
    body = EarningRule(
        key=key,
        title=key,
        kind="purchase",
        currency=currency,
        earn=earn,
        multiplier=multiplier,
        **more,
    )
    return CompiledRule(
        rule=body,
        version=1,
        condition=compile_condition(condition, {}),
        factor=Fraction(multiplier) if multiplier else None,
    )


def capped(*caps, points=10):
    return rule(earn=Earn(points=points), caps=tuple(Cap(points=p, per=per) for p, per in caps))


def points(rules, what=None, *, zone="UTC", bonus=ONE, spent=None):
    what = happening() if what is None else what
    spent = {} if spent is None else spent
    return [one.points for one in earnings_of(what, rules, zone=zone, bonus=bonus, spent=spent)]


@pytest.mark.parametrize(
    "earn, facts, expected",
    [
        (Earn(points=5), {}, [5]),
        (PER_HUNDRED, {"amount": 99}, []),
        (PER_HUNDRED, {"amount": 100}, [1]),
        (PER_HUNDRED, {"amount": 1999}, [19]),
        (Earn(points=3, per=2, of="quantity"), {"quantity": 5}, [6]),
        (Earn(points=2, per=1, of="attributes.discs"), {"attributes": {"discs": 4}}, [8]),
        (Earn(points=2, per=1, of="attributes.discs"), {}, []),
        (Earn(points=2, per=1, of="attributes.discs"), {"attributes": {"discs": -4}}, []),
        (Earn(points=2, per=1, of="attributes.discs"), {"attributes": {"discs": "four"}}, []),
    ],
)
def test_points_are_fixed_or_for_each_whole_unit(earn, facts, expected):
    assert points([rule(earn=earn)], happening(**facts)) == expected


def test_an_earning_names_its_rule_and_version():
    one = rule(earn=Earn(points=5))
    [earning] = earnings_of(happening(), [one], zone="UTC", bonus=ONE, spent={})
    assert earning == Earning(rule=one.rule, version=1, points=5)


def test_without_rules_nothing_is_earned():
    assert points([]) == []


def test_multipliers_multiply_each_other_and_the_result_is_rounded_down():
    rules = [
        rule(earn=Earn(points=7)),
        rule("half-more", multiplier="1.5"),
        rule("double", multiplier="2"),
        rule("a-third", multiplier="0.3"),
    ]
    assert points(rules) == [6]
    assert points(rules[:2]) == [10]


def test_a_multiplier_is_for_its_own_currency():
    rules = [
        rule("points", earn=Earn(points=10)),
        rule("xp", earn=Earn(points=10), currency="xp"),
        rule("double", multiplier="2", currency="xp"),
    ]
    assert points(rules) == [10, 20]


def test_a_multiplier_alone_earns_nothing():
    assert points([rule("double", multiplier="2")]) == []


def test_the_tiers_bonus_multiplies_before_rounding():
    assert points(
        [rule(earn=Earn(points=5)), rule("m", multiplier="1.5")], bonus=Fraction(3, 2)
    ) == [11]


def test_a_decimal_is_exact():
    assert points([rule(earn=Earn(points=100)), rule("m", multiplier="1.1")]) == [110]


def test_conditions_and_windows_say_when_a_rule_applies():
    windowed = rule(earn=Earn(points=5), starts_at=day(1), ends_at=day(2))
    at = {day(1) - 1: [], day(1): [5], day(2) - 1: [5], day(2): []}
    assert {moment: points([windowed], happening(moment)) for moment in at} == at
    big = rule(earn=Earn(points=5), condition="activity.amount > 10")
    assert points([big], happening(activation={"activity.amount": 11})) == [5]
    assert points([big], happening(activation={"activity.amount": 10})) == []


def test_a_cap_for_each_activity_reduces():
    assert points([capped((6, None))]) == [6]
    assert points([capped((0, None))]) == []


def test_a_cap_for_a_day_reduces_and_then_refuses_until_the_day_is_over():
    spent = {}
    limited = [capped((25, DAY))]
    moments = [day(0), day(0, 12), day(0, 23), day(0, 23.9), day(1)]
    granted = [points(limited, happening(at), spent=spent) for at in moments]
    assert granted == [[10], [10], [5], [], [10]]


def test_the_day_of_a_cap_is_the_members_own():
    spent = {}
    limited = [capped((10, DAY))]
    granted = [
        points(limited, happening(day(0, hour)), zone="Asia/Jakarta", spent=spent)
        for hour in (0, 16.9, 17)
    ]
    assert granted == [[10], [], [10]]


def test_several_caps_hold_together():
    spent = {}
    limited = [capped((9, None), (12, DAY), (20, WEEK))]
    granted = [points(limited, happening(day(n / 2)), spent=spent) for n in range(7)]
    assert granted == [[9], [3], [8], [], [], [], []]
    assert points(limited, happening(day(7)), spent=spent) == [9]


def test_a_lowered_cap_grants_nothing_and_gives_no_room_back():
    spent = {}
    assert points([capped((20, DAY))], spent=spent) == [10]
    assert points([capped((20, DAY))], spent=spent) == [10]
    for _ in range(3):
        assert points([capped((15, DAY))], spent=spent) == []
    assert points([capped((25, DAY))], spent=spent) == [5]


def test_less_than_nothing_makes_no_room_below_a_cap():
    spent = {}
    limited = [rule(earn=Earn(points=1, per=1, of="attributes.n"), caps=(Cap(points=10, per=DAY),))]
    taken = [points(limited, happening(attributes={"n": n}), spent=spent) for n in (10, -50, 10)]
    assert taken == [[10], [], []]


def test_what_one_rule_grants_for_one_activity_is_bounded():
    """Otherwise a slip of a finger fills the ledger with numbers that it cannot hold."""
    generous = [rule(earn=Earn(points=10**12, per=1, of="amount")), rule("m", multiplier="1000")]
    assert points(generous, happening(amount=2**53 - 1)) == [10**12]


amounts = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5_000)), max_size=12)


@given(amounts, st.integers(0, 60), st.integers(0, 200), st.sampled_from(["0.5", "1", "1.7", "3"]))
def test_no_period_ever_gets_more_than_its_cap(bought, a_day, a_month, multiplier):
    limited = [
        rule(
            earn=PER_HUNDRED,
            caps=(Cap(points=a_day, per=DAY), Cap(points=a_month, per=MONTH)),
        ),
        rule("m", multiplier=multiplier),
    ]
    spent, by_day, by_month = {}, {}, {}
    for number, amount in sorted(bought):
        granted = sum(points(limited, happening(day(number), amount=amount), spent=spent))
        free = Fraction(multiplier) * (amount // 100)
        month = number // 30
        room = min(a_day - by_day.get(number, 0), a_month - by_month.get(month, 0))
        assert granted == min(int(free), room)
        by_day[number] = by_day.get(number, 0) + granted
        by_month[month] = by_month.get(month, 0) + granted
