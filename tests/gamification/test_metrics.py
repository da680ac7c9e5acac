import pytest

from gamification.conditions import compile_condition
from gamification.metrics import Aggregate, CompiledMetric, Counter, Happening, Metric
from tests.gamification.factories import happening, metric

COUNT, SUM, DISTINCT, MAX = Aggregate


@pytest.mark.parametrize(
    "aggregate, values, value, moves",
    [
        (COUNT, [1, 1, 1], 3, [True, True, True]),
        (SUM, [5, 0, 7, -2], 10, [True, False, True, True]),
        (MAX, [5, 3, 5, 9], 9, [True, False, False, True]),
        (DISTINCT, ["a", "b", "a", "c"], 3, [True, True, False, True]),
        (DISTINCT, ["a", "b", "c", "d", "e"], 4, [True, True, True, True, False]),
        (DISTINCT, [1, "1", 2], 2, [True, False, True]),
        (SUM, [True, True], 2, [True, True]),
    ],
)
def test_a_counter_takes_values_in(aggregate, values, value, moves):
    counter = Counter()
    assert [counter.add(one, aggregate, up_to=4) for one in values] == moves
    assert counter.value == value


def test_only_a_distinct_count_remembers_what_it_saw():
    counter = Counter()
    counter.add(5, SUM, up_to=4)
    assert counter.seen == []
    counter.add("a", DISTINCT, up_to=4)
    assert counter.seen == ["a"]


def test_two_counters_share_nothing():
    one, other = Counter(), Counter()
    one.add("a", DISTINCT, up_to=4)
    assert other.seen == []


BOUGHT = {
    "amount": 1200,
    "quantity": 2,
    "day": "2026-03-02",
    "channel": "APP",
    "partner": "kopi",
    "currency": "IDR",
    "attributes": {"discs": 3, "store": "solo", "gift": True},
}


@pytest.mark.parametrize(
    "field, value",
    [
        ("amount", 1200),
        ("quantity", 2),
        ("day", "2026-03-02"),
        ("channel", "APP"),
        ("partner", "kopi"),
        ("currency", "IDR"),
        ("attributes.discs", 3),
        ("attributes.store", "solo"),
        ("attributes.nothing", None),
    ],
)
def test_a_metric_reads_its_field(field, value):
    assert metric(DISTINCT, field).value(happening(**BOUGHT)) == value


@pytest.mark.parametrize("field", ["channel", "partner", "currency", "day"])
def test_what_an_activity_is_silent_about_is_no_distinct_value(field):
    assert metric(DISTINCT, field).value(happening()) is None


@pytest.mark.parametrize("aggregate", [SUM, MAX])
@pytest.mark.parametrize("value", ["three", "3", 2.5])
def test_what_is_no_whole_number_is_not_summed(aggregate, value):
    """An attribute's type may have changed since: what an old entry says is no reason to fail."""
    odd = happening(attributes={"discs": value})
    assert metric(aggregate, "attributes.discs").value(odd) is None


def test_a_count_counts_one():
    assert metric().value(happening(**BOUGHT)) == 1


def test_another_kind_or_currency_does_not_count():
    assert metric().value(happening(kind="visit")) is None
    assert metric(currency="points").value(happening()) is None
    assert metric(SUM, "amount", currency="points").value(happening(kind="", earned="xp")) is None
    assert (
        metric(SUM, "amount", currency="xp").value(happening(kind="", earned="xp", amount=9)) == 9
    )


def test_a_condition_decides_what_counts():
    condition = compile_condition("activity.amount > 1000", {})
    big = metric(condition=condition)
    assert big.value(happening(activation={"activity.amount": 1001})) == 1
    assert big.value(happening(activation={"activity.amount": 1000})) is None


def test_metrics_that_count_the_same_have_one_identity():
    plain = Metric(kind="purchase", aggregate=SUM, field="amount")
    assert plain.identity == Metric(kind="purchase", aggregate=SUM, field="amount").identity
    others = [
        Metric(kind="visit", aggregate=SUM, field="amount"),
        Metric(currency="purchase", aggregate=SUM, field="amount"),
        Metric(kind="purchase", aggregate=MAX, field="amount"),
        Metric(kind="purchase", aggregate=SUM, field="quantity"),
        Metric(kind="purchase", aggregate=SUM, field="amount", where="true"),
    ]
    assert len({plain.identity, *(one.identity for one in others)}) == 6


@pytest.mark.parametrize("aggregate", ["SUM", "MAX"])
def test_of_points_earned_the_amount_counts_whether_it_is_named_or_not(aggregate):
    plain = Metric(currency="points", aggregate=Aggregate(aggregate))
    named = Metric(currency="points", aggregate=Aggregate(aggregate), field="amount")
    earned = Happening(at=0, earned="points", amount=31)
    for one in (plain, named):
        compiled = CompiledMetric(metric=one, condition=None, identity=one.identity)
        assert compiled.value(earned) == 31
    assert plain.identity == named.identity
