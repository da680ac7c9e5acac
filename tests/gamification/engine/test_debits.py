"""The second book of lots: a debit takes what was there, could be spent and had not expired."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.engine.auditing.debits import fault
from gamification.engine.auditing.sketch import Sketch
from gamification.ledger import HELD, ISSUANCE, MEMBER, NEVER, REDEMPTION, EntryKind, Posting


def earned(key="a", points=10, at=0, available_at=0, expires_at=NEVER):
    return Posting(
        key=key,
        currency="points",
        kind=EntryKind.EARN,
        amount=points,
        debit=ISSUANCE,
        credit=MEMBER,
        subject="",
        at=at,
        available_at=available_at,
        expires_at=expires_at,
    )


def taken(*lots, points=None, at=5, kind=EntryKind.SPEND, key="spend:s", credit=REDEMPTION):
    return Posting(
        key=key,
        currency="points",
        kind=kind,
        amount=sum(part for _, part in lots) if points is None else points,
        debit=MEMBER,
        credit=credit,
        subject="",
        at=at,
        lots=lots,
    )


def held(*lots, points=None):
    return taken(*lots, points=points, kind=EntryKind.HOLD, key="hold:h", credit=HELD)


def released(points, at=6):
    return Posting(
        key="release:h",
        currency="points",
        kind=EntryKind.RELEASE,
        amount=points,
        debit=HELD,
        credit=MEMBER,
        subject="",
        at=at,
    )


def expired(*lots, at, key="expire:a"):
    return taken(*lots, at=at, kind=EntryKind.EXPIRE, key=key, credit="breakage")


SOUND = {
    "all of a lot": [earned(), taken(("a", 10))],
    "of two lots": [earned(), earned("b", 5), taken(("a", 10), ("b", 3))],
    "beyond what is there": [earned(), taken(("a", 10), points=12)],
    "the last moment": [earned(expires_at=6), taken(("a", 1), at=5)],
    "expired in time": [earned(expires_at=5), expired(("a", 10), at=5)],
    "ripe": [earned(available_at=5), taken(("a", 1), at=5)],
    "unripe for want of others": [earned(available_at=9), taken(("a", 4))],
    "unripe beside others": [
        earned(),
        earned("b", available_at=9),
        taken(("a", 10), ("b", 1)),
    ],
    "given back and taken again": [
        earned(),
        held(("a", 10)),
        released(10),
        taken(("a", 10), at=7),
    ],
    "the rest of a hold": [
        earned(points=6),
        earned("b", 4),
        held(("a", 6), ("b", 4)),
        released(3),
        taken(("b", 3), at=7),
    ],
    "a debt that was held": [earned(), held(("a", 10), points=12), released(12)],
}
UNSOUND = {
    "spend:s takes from b, which never was": [earned(), taken(("b", 1))],
    "spend:s takes 11 from a, which has 10": [earned(), taken(("a", 11))],
    "spend:t takes 5 from a, which has 4": [
        earned(),
        taken(("a", 6)),
        taken(("a", 5), key="spend:t"),
    ],
    "spend:s takes more from its lots than its 3": [earned(), taken(("a", 4), points=3)],
    "spend:s takes from a, which has expired": [earned(expires_at=5), taken(("a", 1), at=5)],
    "expire:a lets a expire too soon": [earned(expires_at=5), expired(("a", 10), at=4)],
    "spend:s takes what is pending, although a has 10": [
        earned(),
        earned("b", available_at=9),
        taken(("b", 1)),
    ],
    # What pays a debt is no lot any more.
    "spend:t takes 10 from b, which has 8": [
        earned(),
        taken(("a", 10), points=12),
        earned("b"),
        taken(("b", 10), key="spend:t"),
    ],
    "release:h gives back what was never held": [earned(), released(1)],
    "release:h gives back 11 of 10 that were held": [earned(), held(("a", 10)), released(11)],
    # What was paid out of a hold was paid from its foremost lots.
    "spend:s takes 1 from a, which has 0": [
        earned(points=6),
        earned("b", 4),
        held(("a", 6), ("b", 4)),
        released(3),
        taken(("a", 1), at=7),
    ],
}


@pytest.mark.parametrize("case", SOUND)
def test_a_sound_book_has_no_fault(case):
    assert fault(SOUND[case]) == ""


@pytest.mark.parametrize("problem", UNSOUND)
def test_the_first_fault_is_told(problem):
    assert fault(UNSOUND[problem]) == problem


def test_currencies_have_books_of_their_own():
    miles = msgspec.structs.replace(earned("b"), currency="miles")
    problem = fault([earned(), miles, taken(("a", 10), ("b", 10))])
    assert problem == "spend:s takes from b, which never was"


# --- sketches -------------------------------------------------------------------------------------

ids = st.lists(st.binary(min_size=16, max_size=16), max_size=40)


@given(ids, st.randoms())
def test_the_same_on_both_sides_is_even_in_any_order(found, random):
    sketch, others = Sketch(b"key"), list(found)
    random.shuffle(others)
    for one, other in zip(found, others, strict=True):
        sketch.add(one)
        sketch.add(other, -1)
    assert sketch.is_even()


@given(ids, st.binary(min_size=16, max_size=16))
def test_what_is_on_one_side_only_is_seen(found, extra):
    sketch = Sketch(b"key")
    for one in found:
        sketch.add(one)
        sketch.add(one, -1)
    sketch.add(extra)
    assert not sketch.is_even()
    assert sketch.is_uneven_at(extra)
    sketch.add(extra)
    assert sketch.is_uneven_at(extra)
