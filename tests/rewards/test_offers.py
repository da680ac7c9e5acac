"""What is left of a reward, and what keeps a member from it: pure."""

import pytest

from kit import clock
from rewards.catalogue import LockReason, Price, Reward, locked, offer_of

NOON = clock.parse("2026-03-02T12:00:00Z")
LATER = NOON + clock.HOUR


def reward(**facts):
    price = (Price(currency="points", amount=100),)
    return Reward(key="latte", title="A latte", price=price, **facts)


def lock(*, taken=0, had=0, tiers=(), at=NOON, **facts):
    offer = offer_of(reward(**facts), version=1, taken=taken)
    return locked(offer, tiers=frozenset(tiers), had=had, at=at)


@pytest.mark.parametrize(
    ("stock", "taken", "remaining"),
    [(None, 0, None), (None, 7, None), (3, 0, 3), (3, 2, 1), (3, 3, 0), (0, 0, 0), (2, 3, 0)],
)
def test_what_is_left_is_the_stock_less_what_is_gone(stock, taken, remaining):
    assert offer_of(reward(stock=stock), version=1, taken=taken).remaining == remaining


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"starts_at": LATER}, LockReason.NOT_OPEN_YET),
        ({"starts_at": NOON}, None),
        ({"ends_at": NOON}, LockReason.CLOSED),
        ({"ends_at": NOON + 1}, None),
        ({"stock": 3, "taken": 2}, None),
        ({"stock": 3, "taken": 3}, LockReason.SOLD_OUT),
        ({"stock": 0}, LockReason.SOLD_OUT),
        ({"per_member": 2, "had": 1}, None),
        ({"per_member": 2, "had": 2}, LockReason.LIMIT_REACHED),
        ({"tier": "gold", "tiers": ["silver"]}, LockReason.TIER_TOO_LOW),
        ({"tier": "gold", "tiers": ["silver", "gold"]}, None),
        ({"tier": "gold"}, LockReason.TIER_TOO_LOW),
        # What the member cannot help comes before what they can, and before what may change.
        ({"tier": "gold", "starts_at": LATER, "stock": 0}, LockReason.NOT_OPEN_YET),
        ({"tier": "gold", "stock": 0}, LockReason.TIER_TOO_LOW),
        ({"per_member": 1, "had": 1, "stock": 1, "taken": 1}, LockReason.LIMIT_REACHED),
    ],
)
def test_a_lock_names_its_reason(facts, reason):
    found = lock(**facts)
    assert (found.reason if found else None) == reason


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"starts_at": LATER}, "it opens at 2026-03-02T13:00:00Z"),
        ({"ends_at": NOON}, "it is over"),
        ({"tier": "gold"}, "it takes the tier 'gold'"),
        ({"per_member": 1, "had": 1}, "each member may have 1"),
        ({"stock": 0}, "none is left"),
    ],
)
def test_a_lock_says_why(facts, why):
    assert lock(**facts).why == why
