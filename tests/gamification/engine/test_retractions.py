"""What a retraction takes back: parts of the whole are the whole, however they are told."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.engine import Retracting
from gamification.engine.retractions import decided
from gamification.journal import WHOLE, Entry, EntryType, Facts, effective
from kit.errors import AlreadyResolved, InvalidInput

REST: dict = {}


def an_activity(amount, quantity=None):
    return Entry(
        id="1",
        member_id="m",
        type=EntryType.ACTIVITY,
        kind="purchase",
        source="p",
        at=0,
        facts=Facts(amount=amount, currency="USD" if amount else "", quantity=quantity),
    )


def told(**taken):
    return Retracting(source="r", reason="refund", target_source="p", **taken)


def after(target, parts):
    """What is left of an activity, the journal read with these retractions in it."""
    entries = [target] + [
        Entry(
            id=f"r{number}",
            member_id="m",
            type=EntryType.RETRACTION,
            kind="purchase",
            source=f"r{number}",
            at=number + 1,
            facts=facts,
            target="p",
        )
        for number, facts in enumerate(parts)
    ]
    left = [one for one in effective(entries, lambda _: frozenset()) if one.source == "p"]
    return left[0].facts if left else None


def take(target, *wishes):
    parts = []
    for wish in wishes:
        parts.append(decided(told(**wish), target, parts))
    return parts


@pytest.mark.parametrize(
    "amount, wishes",
    [
        (1177, [{"amount": 500}, REST]),
        (1177, [{"share": Fraction(1, 3)}, {"amount": 784}]),
        (1177, [{"amount": 784}, {"share": Fraction(1, 3)}]),
        (3, [{"amount": 1}, REST]),
        (10_000_000, [{"amount": 3_333_333}, REST]),
        (300, [{"share": Fraction(1, 3)}] * 3),
        (300, [{"share": Fraction(333_333, WHOLE)}] * 3),
        (None, [{"share": Fraction(1, 7)}] * 7),
        (1, [{"share": Fraction(1, 2)}] * 2),
        (0, [{"share": Fraction(1, 2)}] * 2),
    ],
)
def test_parts_of_the_whole_leave_nothing(amount, wishes):
    target = an_activity(amount)
    parts = take(target, *wishes)
    assert after(target, parts[:-1]) is not None
    assert after(target, parts) is None
    with pytest.raises(AlreadyResolved):
        decided(told(), target, parts)


def test_half_of_one_cent_leaves_the_other_half():
    target = an_activity(1, quantity=4)
    left = after(target, take(target, {"share": Fraction(1, 2)}))
    assert (left.amount, left.quantity) == (0, 2)


def test_what_rounding_leaves_of_a_fortune_is_still_money():
    target = an_activity(10**12)
    parts = take(target, *[{"share": Fraction(1, 3)}] * 3)
    assert after(target, parts).amount == 10**6


@pytest.mark.parametrize(
    "wish, problem",
    [
        ({"amount": 678}, "amount: must be from 1 to 677 minor units: what is left"),
        ({"share": Fraction(3, 5)}, "fraction: at most 0.575192 of it is left"),
        (
            {"amount": 5, "currency": "EUR"},
            "amount.currency: the activity was about USD",
        ),
    ],
)
def test_no_more_than_is_left_is_taken(wish, problem):
    target = an_activity(1177)
    with pytest.raises(InvalidInput) as refused:
        decided(told(**wish), target, take(target, {"amount": 500}))
    assert refused.value.message == problem


wishes = st.one_of(
    st.just(REST),
    st.builds(lambda share: {"share": share}, st.fractions(Fraction(1, 50), 1)),
    st.builds(lambda amount: {"amount": amount}, st.integers(1, 3_000)),
)


@given(st.one_of(st.none(), st.integers(0, 10**9)), st.lists(wishes, max_size=6))
def test_however_it_began_the_rest_leaves_nothing_and_no_part_is_too_much(amount, begun):
    target = an_activity(amount, quantity=100)
    parts, before = [], target.facts
    for wish in [*begun, REST]:
        try:
            parts.append(decided(told(**wish), target, parts))
        except (InvalidInput, AlreadyResolved):
            continue
        left = after(target, parts)
        assert left is None or 0 <= (left.amount or 0) <= (before.amount or 0)
        if left is not None and "amount" in wish:
            assert before.amount - left.amount in (wish["amount"], wish["amount"] - 1)
        before = left or before
    assert after(target, parts) is None
