"""The journal's pure pieces: what retractions leave of entries, what activities may carry."""

from itertools import pairwise
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.journal import (
    WHOLE,
    ActivityKind,
    AmountRule,
    Attribute,
    AttributeType,
    Facts,
    amount_taken,
    effective,
    problems_of,
    share_taken,
    typed,
)
from gamification.journal.kinds import MAGNITUDE_MAX
from tests.gamification.factories import day, entry, purchase

DISCS = frozenset({"discs"})


def retraction(target, at=None, source="r", **facts):
    return entry("RETRACTION", day(9) if at is None else at, source, target=target, **facts)


def rest(bought, *taken):
    retractions = [
        retraction(bought.source, source=f"r{number}", **one) for number, one in enumerate(taken)
    ]
    left = effective([bought, *retractions], lambda _entry: DISCS)
    assert len(left) <= 1
    return left[0].facts if left else None


BOUGHT = purchase(
    day(0),
    "p",
    amount=1000,
    currency="IDR",
    quantity=9,
    attributes={"discs": 7, "store": "solo", "price": 7},
)


def test_without_retractions_entries_come_in_the_order_of_time_and_source():
    entries = [purchase(at, source, amount=1) for at in (2, 1) for source in "ba"]
    shuffled = Random(1).sample(entries, 4)
    places = [(one.at, one.source) for one in effective(shuffled, lambda _entry: DISCS)]
    assert places == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]


def test_others_stay_as_they_are_and_retractions_are_no_entries():
    other = purchase(day(1), "q", amount=5)
    left = effective([retraction("p", share=WHOLE), other, BOUGHT], lambda _entry: DISCS)
    assert left == [other]


@pytest.mark.parametrize(
    "taken, amount, quantity, discs",
    [
        ([{"share": WHOLE // 2}], 500, 4, 3),
        ([{"share": WHOLE // 4}, {"share": WHOLE // 4}], 500, 4, 3),
        ([{"amount": 500}], 500, 4, 3),
        ([{"amount": 1}], 999, 8, 6),
        ([{"amount": 999}], 1, 0, 0),
        ([{"share": 1}], 999, 8, 6),
        ([{"share": WHOLE - 1}], 0, 0, 0),
        ([{"amount": 250}, {"share": WHOLE // 2}], 250, 2, 1),
    ],
)
def test_what_is_left_of_quantities_is_their_share_rounded_down(taken, amount, quantity, discs):
    left = rest(BOUGHT, *taken)
    assert (left.amount, left.quantity) == (amount, quantity)
    assert left.attributes == {"discs": discs, "store": "solo", "price": 7}


@pytest.mark.parametrize(
    "taken",
    [
        [{"share": WHOLE}],
        [{"share": WHOLE // 2}, {"share": WHOLE // 2}],
        [{"amount": 1000}],
        [{"amount": 333}, {"amount": 333}, {"amount": 334}],
        [{"amount": 500}, {"share": WHOLE // 2}],
        [{"share": WHOLE}, {"share": WHOLE}],
    ],
)
def test_what_is_taken_back_wholly_is_gone(taken):
    assert rest(BOUGHT, *taken) is None


def test_a_last_unit_is_not_taken_unasked():
    dear = purchase(day(0), "p", amount=10**9)
    assert rest(dear, {"amount": 10**9 - 1}).amount == 1
    assert rest(dear, {"amount": 10**9 - 1}, {"amount": 1}) is None


def test_an_entry_without_an_amount_is_taken_back_by_shares():
    visit = purchase(day(0), "p", kind="visit")
    assert rest(visit, {"share": 1}) == visit.facts
    assert rest(visit, {"share": WHOLE}) is None


amounts = st.integers(0, 10**13)


@given(amounts, st.lists(st.integers(1, 10**13), max_size=6), st.lists(st.integers(1, WHOLE)))
def test_parts_take_no_more_than_the_whole_and_the_whole_is_all_of_its_parts(amount, by, shares):
    bought = purchase(day(0), "p", amount=amount)
    taken = [Facts(amount=one) for one in by if amount] + [Facts(share=one) for one in shares]
    share, minor = share_taken(bought, taken), amount_taken(bought, taken)
    assert 0 <= share <= WHOLE
    assert 0 <= minor <= amount
    exact = sum(shares) * amount + sum(by) * WHOLE if amount else sum(shares)
    assert (share == WHOLE) == (exact >= (WHOLE * amount if amount else WHOLE))
    if share == WHOLE:
        assert minor == amount
    more = [*taken, Facts(share=1)]
    assert share_taken(bought, more) >= share
    assert amount_taken(bought, more) >= minor


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), min_size=1, max_size=6))
def test_partial_amounts_sum_to_the_whole_to_the_unit(amount, cuts):
    edges = sorted({0, amount, *(cut % amount for cut in cuts)})
    parts = [later - earlier for earlier, later in pairwise(edges)]
    bought = purchase(day(0), "p", amount=amount)
    left = amount
    for number, part in enumerate(parts, start=1):
        left -= part
        found = rest(bought, *({"amount": one} for one in parts[:number]))
        assert (found.amount if found else 0) == left
        assert (found is None) == (left == 0)


# --- what an activity may carry -------------------------------------------------------------------

PURCHASE = ActivityKind(
    key="purchase",
    title="Purchase",
    amount=AmountRule(required=True, currencies=("IDR", "USD")),
    attributes={
        "store": Attribute(type=AttributeType.STRING, required=True),
        "size": Attribute(type=AttributeType.STRING, choices=("S", "L")),
        "discs": Attribute(type=AttributeType.INTEGER, min=1, max=10, additive=True),
        "weight": Attribute(type=AttributeType.DECIMAL, min=0.5),
        "gift": Attribute(type=AttributeType.BOOLEAN),
    },
)
SOUND = {"amount": 5, "currency": "IDR", "quantity": None, "attributes": {"store": "solo"}}


def problems(kind=PURCHASE, **facts):
    attributes = SOUND["attributes"] | facts.pop("attributes", {})
    found = problems_of(kind, **{**SOUND, **facts, "attributes": attributes})
    return [(one.path, one.message) for one in found]


def test_a_sound_activity_has_no_problem():
    full = {"size": "S", "discs": 10, "weight": 0.5, "gift": False}
    assert problems() == []
    assert problems(quantity=0, attributes=full) == []
    assert problems(attributes={"weight": 3, "size": None}) == []


@pytest.mark.parametrize(
    "facts, path, message",
    [
        ({"amount": None}, "amount", "is required for the kind 'purchase'"),
        ({"amount": -1}, "amount.minor", "must be from 0 to 10,000,000,000,000 minor units"),
        ({"amount": MAGNITUDE_MAX + 1}, "amount.minor", "must be from 0 to"),
        ({"currency": None}, "amount.currency", "is required: an ISO 4217 code"),
        ({"currency": ""}, "amount.currency", "is required: an ISO 4217 code"),
        ({"currency": "idr"}, "amount.currency", "must be an ISO 4217 code"),
        ({"currency": "IDR\n"}, "amount.currency", "must be an ISO 4217 code"),
        ({"currency": "EUR"}, "amount.currency", "must be one of IDR, USD"),
        ({"quantity": -1}, "quantity", "must be from 0 to"),
        ({"quantity": MAGNITUDE_MAX + 1}, "quantity", "must be from 0 to"),
        ({"attributes": {"store": None}}, "attributes.store", "is required"),
        ({"attributes": {"store": 5}}, "attributes.store", "must be a string"),
        ({"attributes": {"store": "x" * 501}}, "attributes.store", "at most 500"),
        ({"attributes": {"size": "M"}}, "attributes.size", "must be one of S, L"),
        ({"attributes": {"discs": "5"}}, "attributes.discs", "must be a whole number"),
        ({"attributes": {"discs": 5.0}}, "attributes.discs", "must be a whole number"),
        ({"attributes": {"discs": True}}, "attributes.discs", "must be a whole number"),
        ({"attributes": {"discs": [1]}}, "attributes.discs", "must be a whole number"),
        ({"attributes": {"discs": 0}}, "attributes.discs", "must be at least 1"),
        ({"attributes": {"discs": 11}}, "attributes.discs", "must be at most 10"),
        ({"attributes": {"discs": 10**30}}, "attributes.discs", "is out of range"),
        ({"attributes": {"weight": "1"}}, "attributes.weight", "must be a number"),
        ({"attributes": {"weight": True}}, "attributes.weight", "must be a number"),
        ({"attributes": {"weight": 0.4}}, "attributes.weight", "must be at least 0.5"),
        ({"attributes": {"weight": float("nan")}}, "attributes.weight", "is out of range"),
        ({"attributes": {"weight": float("inf")}}, "attributes.weight", "is out of range"),
        ({"attributes": {"gift": 1}}, "attributes.gift", "must be true or false"),
        ({"attributes": {"gift": "true"}}, "attributes.gift", "must be true or false"),
        ({"attributes": {"colour": "red"}}, "attributes.colour", "is not an attribute of"),
    ],
)
def test_each_bad_fact_is_named_by_its_path(facts, path, message):
    [(found_path, found_message)] = problems(**facts)
    assert found_path == path
    assert found_message.startswith(message) or message in found_message


def test_all_problems_are_told_at_once():
    found = problems(amount=-1, currency="", quantity=-1, attributes={"store": 1, "x": 1, "a": 1})
    assert [path for path, _ in found] == [
        "amount.minor",
        "amount.currency",
        "quantity",
        "attributes.a",
        "attributes.x",
        "attributes.store",
    ]


def test_a_kind_without_money_takes_none():
    visit = ActivityKind(key="visit", title="Visit", attributes=PURCHASE.attributes)
    assert problems(visit, amount=None) == []
    assert problems(visit) == [("amount", "the kind 'visit' carries no amount")]


def test_where_money_is_optional_it_may_be_missing_and_of_any_currency():
    tip = ActivityKind(key="tip", title="Tip", amount=AmountRule())
    assert problems_of(tip, amount=None, currency=None, quantity=None, attributes={}) == []
    assert problems_of(tip, amount=1, currency="EUR", quantity=None, attributes={}) == []


def test_attributes_are_kept_in_their_types_without_those_that_say_nothing():
    given_values = {"weight": 3, "store": "solo", "discs": 2, "gift": True, "size": None}
    kept = typed(PURCHASE, given_values)
    assert kept == {"discs": 2, "gift": True, "store": "solo", "weight": 3.0}
    assert list(kept) == ["discs", "gift", "store", "weight"]
    assert isinstance(kept["weight"], float)
    assert kept["gift"] is True


def test_a_kind_knows_which_attributes_are_quantities():
    assert PURCHASE.additive == {"discs"}


def test_facts_say_only_what_they_have_to_say():
    assert msgspec.to_builtins(Facts(amount=5)) == {"amount": 5}
