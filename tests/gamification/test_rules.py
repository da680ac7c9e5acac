"""What activities earn: a table for each thing a rule can say, and an oracle for all of it."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.conditions import compile_condition
from gamification.rules import (
    Budget,
    Cap,
    CapMode,
    Earn,
    Earning,
    EarningRule,
    Hours,
    Rounding,
    Stacking,
    compiled_rule,
    earnings_of,
)
from gamification.rules.factors import rounded, stacked
from kit.calendar import Period
from tests.gamification.earning_oracle import slowly
from tests.gamification.factories import day, happening

ONE = Fraction(1)
PER_HUNDRED = Earn(points=1, per=100, of="amount")
DAY, WEEK, MONTH = Period
REDUCE, REJECT = CapMode
MULTIPLICATIVE, ADDITIVE, HIGHEST = Stacking
DOWN, UP, HALF_EVEN = Rounding


def rule(key="per-dollar", *, condition="", currency="points", money=None, version=1, **more):
    body = EarningRule(key=key, title=key, kind="purchase", currency=currency, **more)
    condition = compile_condition(condition, {})
    return compiled_rule(body, version=version, condition=condition, money=money)


def capped(*caps, points=10):
    return rule(earn=Earn(points=points), caps=tuple(Cap(points=p, per=per) for p, per in caps))


def percent(text, of="amount", **more):
    return rule(earn=Earn(percent=text, of=of), **more)


def earnings(rules, what=None, *, zone="UTC", bonus=ONE, tier="", spent=None, has=0, **known):
    return earnings_of(
        happening() if what is None else what,
        rules,
        zone=zone,
        bonus=bonus,
        tier=tier,
        spent={} if spent is None else spent,
        holdings=lambda _: has,
        granted=known.get("granted", {}),
        taken=known.get("taken", {}),
    )


def points(rules, what=None, **state):
    return [one.points for one in earnings(rules, what, **state)]


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
    assert earnings([one]) == [Earning(rule=one.rule, version=1, points=5)]


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


@pytest.mark.parametrize(
    "text, amount, rounding, expected",
    [
        ("5", 1299, DOWN, [64]),
        ("5", 1299, UP, [65]),
        ("5", 1299, HALF_EVEN, [65]),
        ("2.5", 100, HALF_EVEN, [2]),
        ("2.5", 140, HALF_EVEN, [4]),
        ("0.000001", 99_999_999, DOWN, []),
        ("0.000001", 100_000_000, DOWN, [1]),
        ("33.333333", 3, DOWN, []),
        ("33.333333", 3, UP, [1]),
        ("100", 7, DOWN, [7]),
        ("150", 7, DOWN, [10]),
        ("5", 0, UP, []),
    ],
)
def test_a_percentage_is_exact_until_it_is_rounded(text, amount, rounding, expected):
    assert points([percent(text, rounding=rounding)], happening(amount=amount)) == expected


def test_a_percentage_can_be_of_any_whole_number():
    what = happening(quantity=30, attributes={"discs": 50, "text": "x", "less": -50})
    assert points([percent("10", "quantity")], what) == [3]
    assert points([percent("10", "attributes.discs")], what) == [5]
    assert points([percent("10", "attributes.text")], what) == []
    assert points([percent("10", "attributes.less", rounding=UP)], what) == []


def test_a_percentage_is_multiplied_before_it_is_rounded():
    rules = [percent("5", rounding=DOWN), rule("m", multiplier="2")]
    assert points(rules, happening(amount=1299)) == [129]


def test_cash_back_is_for_activities_in_the_money_of_the_wallet():
    cash = [percent("5", currency="cash", money="IDR")]
    assert points(cash, happening(amount=1000, currency="IDR")) == [50]
    assert points(cash, happening(amount=1000, currency="USD")) == []
    assert points(cash, happening(amount=1000)) == []
    unknown = [percent("5", currency="cash", money="")]
    assert points(unknown, happening(amount=1000)) == []


def test_points_for_each_unit_of_any_money_can_become_money():
    fixed = [rule(earn=PER_HUNDRED, currency="cash", money="IDR")]
    assert points(fixed, happening(amount=1000, currency="USD")) == [10]


@pytest.mark.parametrize(
    "stacking, factors, expected",
    [
        (MULTIPLICATIVE, [], "1"),
        (ADDITIVE, [], "1"),
        (HIGHEST, [], "1"),
        (MULTIPLICATIVE, ["2", "1.5", "1.1"], "3.3"),
        (ADDITIVE, ["2", "1.5", "1.1"], "2.6"),
        (HIGHEST, ["2", "1.5", "1.1"], "2"),
        (MULTIPLICATIVE, ["0.5", "0.5"], "0.25"),
        (ADDITIVE, ["0.5", "0.5"], "0"),
        (ADDITIVE, ["0.1", "0.1", "0.1"], "0"),
        (ADDITIVE, ["0.5", "2"], "1.5"),
        (HIGHEST, ["0.5"], "0.5"),
        (HIGHEST, ["0.5", "0.2"], "0.5"),
    ],
)
def test_multipliers_stack_in_three_ways(stacking, factors, expected):
    assert stacked(stacking, [Fraction(text) for text in factors]) == Fraction(expected)


@pytest.mark.parametrize(
    "fraction, down, up, half_even",
    [
        ("7", 7, 7, 7),
        ("7.1", 7, 8, 7),
        ("7.5", 7, 8, 8),
        ("8.5", 8, 9, 8),
        ("8.500001", 8, 9, 9),
        ("8.9", 8, 9, 9),
        ("0.5", 0, 1, 0),
    ],
)
def test_fractions_are_rounded_in_three_ways(fraction, down, up, half_even):
    exact = Fraction(fraction)
    found = [rounded(exact.numerator, exact.denominator, way) for way in (DOWN, UP, HALF_EVEN)]
    assert found == [down, up, half_even]


def test_the_granting_rule_says_how_multipliers_go_together():
    rules = [
        rule(f"a-{way}", earn=Earn(points=10), stacking=way)
        for way in (MULTIPLICATIVE, ADDITIVE, HIGHEST)
    ]
    rules += [rule("double", multiplier="2"), rule("half-more", multiplier="1.5")]
    assert points(rules) == [30, 25, 20]
    assert points(rules, bonus=Fraction(3)) == [90, 45, 30]


def test_a_tier_without_a_bonus_is_no_multiplier():
    rules = [rule(earn=Earn(points=10), stacking=HIGHEST), rule("less", multiplier="0.5")]
    assert points(rules) == [5]
    assert points(rules, bonus=Fraction(9, 10)) == [9]


def test_a_bonus_below_one_takes_away():
    assert points([rule(earn=Earn(points=10))], bonus=Fraction(1, 3)) == [3]
    assert points([rule(earn=Earn(points=10), rounding=UP)], bonus=Fraction(1, 3)) == [4]


def test_a_cap_that_rejects_grants_nothing_of_what_goes_over():
    spent = {}
    limited = [rule(earn=PER_HUNDRED, caps=(Cap(points=10, per=DAY, mode=REJECT),))]
    bought = [700, 400, 300, 100]
    granted = [points(limited, happening(amount=amount), spent=spent) for amount in bought]
    assert granted == [[7], [], [3], []]


def test_a_cap_leaves_the_other_rules_alone():
    over = rule("a", earn=Earn(points=10), caps=(Cap(points=9, mode=REJECT),))
    cut = rule("b", earn=Earn(points=10), caps=(Cap(points=9),))
    assert points([over, cut, rule("c", earn=Earn(points=10))]) == [9, 10]


def test_a_cap_for_an_activity_is_asked_first_and_one_on_the_balance_last():
    """The activity's leaves 6, which the period's takes whole; the balance has room for 4."""
    spent = {}
    caps = (
        Cap(points=10, balance=True),
        Cap(points=10, per=DAY, mode=REJECT),
        Cap(points=6),
    )
    limited = [rule(earn=Earn(points=10), caps=caps)]
    assert points(limited, spent=spent, has=6) == [4]
    # What was not granted does not count in the period.
    assert points(limited, spent=spent, has=7) == [3]
    assert points(limited, spent=spent, has=0) == []


@pytest.mark.parametrize(
    "has, mode, expected",
    [
        (0, REDUCE, [10]),
        (15, REDUCE, [10]),
        (16, REDUCE, [9]),
        (25, REDUCE, []),
        (99, REDUCE, []),
        (-5, REDUCE, [10]),
        (15, REJECT, [10]),
        (16, REJECT, []),
    ],
)
def test_a_cap_on_the_balance_looks_at_all_that_the_member_has(has, mode, expected):
    limited = [rule(earn=Earn(points=10), caps=(Cap(points=25, mode=mode, balance=True),))]
    assert points(limited, has=has) == expected


def test_rules_of_one_activity_share_the_room_on_a_balance():
    room = (Cap(points=25, balance=True),)
    rules = [rule(key, earn=Earn(points=10), caps=room) for key in "abcd"]
    assert points(rules) == [10, 10, 5]
    other = rule("x", earn=Earn(points=10), currency="xp", caps=room)
    assert points([*rules[:2], other]) == [10, 10, 10]


def test_a_rule_applies_in_its_hours_channels_partners_and_tiers():
    what = happening(day(0, 15), channel="APP", partner="harbour")
    for narrowed, other in (
        ({"channels": ("APP", "ONLINE")}, {"channels": ("IN_STORE",)}),
        ({"partners": ("harbour",)}, {"partners": ("station",)}),
        ({"tiers": ("silver", "gold")}, {"tiers": ("bronze",)}),
        ({"hours": (Hours(from_="14:00", until="17:00"),)}, {"hours": (Hours(weekdays=(2,)),)}),
    ):
        assert points([rule(earn=Earn(points=1), **narrowed)], what, tier="gold") == [1]
        assert points([rule(earn=Earn(points=1), **other)], what, tier="gold") == []


def test_a_multiplier_is_narrowed_down_too():
    happy = rule("happy", multiplier="2", hours=(Hours(from_="14:00", until="17:00"),))
    rules = [rule(earn=Earn(points=10)), happy]
    assert [points(rules, happening(day(0, hour))) for hour in (13, 14, 17)] == [[10], [20], [10]]


@pytest.mark.parametrize(
    "funded_by, partner, account",
    [
        ("", "harbour", ""),
        ("partner", "harbour", "partner:harbour"),
        ("partner", "", ""),
        ("partner:station", "harbour", "partner:station"),
        ("campaign:spring", "", "campaign:spring"),
        ("pool:green", "", "pool:green"),
    ],
)
def test_an_earning_is_paid_by_whoever_funds_its_rule(funded_by, partner, account):
    funded = rule(earn=Earn(points=5), funded_by=funded_by)
    [earning] = earnings([funded], happening(partner=partner))
    assert earning.account == account


def test_a_budget_makes_a_wish_until_it_is_decided():
    limited = [rule("b", earn=Earn(points=10), budget=Budget(points=100))]

    def found(**known):
        return [(one.points, one.wished) for one in earnings(limited, **known)]

    assert found() == [(10, 10)]
    assert found(granted={"b": 4}) == [(4, 0)]
    assert found(granted={"b": 12}) == [(10, 0)]
    assert found(granted={"b": 0}) == []
    assert found(granted={"another": 0}) == [(10, 10)]


@pytest.mark.parametrize(
    "mode, taken, expected",
    [
        (REDUCE, 90, 10),
        (REDUCE, 94, 6),
        (REDUCE, 100, 0),
        (REDUCE, 120, 0),
        (REJECT, 90, 10),
        (REJECT, 94, 0),
    ],
)
def test_of_a_budget_that_ran_short_no_more_is_assumed_than_is_left(mode, taken, expected):
    limited = rule("b", earn=Earn(points=10), budget=Budget(points=100, mode=mode))
    [wish] = earnings([limited], taken={"b": taken})
    assert (wish.points, wish.wished) == (expected, 10)
    [decided] = earnings([limited], taken={"b": taken}, granted={"b": 7})
    assert (decided.points, decided.wished) == (7, 0)


def test_what_a_budget_did_not_grant_does_not_count_in_a_period():
    spent = {}
    caps = (Cap(points=12, per=DAY),)
    limited = [rule("b", earn=Earn(points=10), budget=Budget(points=100), caps=caps)]
    assert points(limited, spent=spent, granted={"b": 3}) == [3]
    assert points(limited, spent=spent) == [9]


def test_a_rule_without_a_budget_asks_nobody():
    [earning] = earnings([rule("b", earn=Earn(points=10))], granted={"b": 4})
    assert (earning.points, earning.wished) == (10, 0)


decimals = st.sampled_from(["0.1", "0.5", "0.75", "1", "1.1", "1.333333", "2", "7.5"])
earns = st.one_of(
    st.builds(Earn, points=st.integers(1, 50)),
    st.builds(
        Earn, points=st.integers(1, 5), per=st.sampled_from([1, 7, 100]), of=st.just("amount")
    ),
    st.builds(
        Earn, percent=st.sampled_from(["0.5", "2.5", "5", "33.333333"]), of=st.just("amount")
    ),
)
limits = st.one_of(
    st.builds(Cap, points=st.integers(0, 60), mode=st.sampled_from(CapMode)),
    st.builds(Cap, points=st.integers(0, 90), mode=st.sampled_from(CapMode), per=st.just(DAY)),
    st.builds(Cap, points=st.integers(0, 90), mode=st.sampled_from(CapMode), balance=st.just(True)),
)
granting = st.fixed_dictionaries(
    {
        "earn": earns,
        "stacking": st.sampled_from(Stacking),
        "rounding": st.sampled_from(Rounding),
        "caps": st.lists(limits, max_size=4).map(tuple),
    }
)


@given(
    st.lists(granting, min_size=1, max_size=3),
    st.lists(decimals, max_size=3),
    decimals.map(Fraction),
    st.integers(-20, 120),
    st.lists(st.integers(0, 3_000), min_size=1, max_size=4),
)
def test_stackings_roundings_and_caps_are_those_of_a_slow_oracle(
    granted, factors, bonus, has, amounts
):
    rules = [rule(f"r{number}", **facts) for number, facts in enumerate(granted)]
    rules += [rule(f"x{number}", multiplier=text) for number, text in enumerate(factors)]
    spent, used = {}, {}
    for amount in amounts:
        found = points(rules, happening(amount=amount), bonus=bonus, has=has, spent=spent)
        plain = [one.rule for one in rules]
        assert found == slowly(plain, amount, bonus=bonus, has=has, used=used)
        has += sum(found)
