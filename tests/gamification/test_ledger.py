import pytest

from gamification.ledger import NEVER, EntryKind, Lot, Posting, Wallet, signed


def lot(key, points, *, expires=NEVER, at=0, available=0):
    return Lot(expires, at, key, points, available)


def wallet(*lots):
    made = Wallet()
    for one in lots:
        made.deposit(one)
    return made


def left(made):
    return [(one.key, one.points) for one in made.lots]


def test_an_empty_wallet_has_nothing():
    made = Wallet()
    assert (made.balance(0), made.pending(0), made.total(), made.lifetime) == (0, 0, 0, 0)
    assert made.expiring_next(0) is None
    assert made.next_due() == NEVER
    assert made.take(0, 0) == []


def test_what_expires_first_is_spent_first_then_what_was_earned_first_then_by_key():
    made = wallet(
        lot("never", 1),
        lot("late", 1, expires=20, at=1),
        lot("b", 1, expires=10, at=5),
        lot("a", 1, expires=10, at=5),
        lot("early", 1, expires=10, at=4),
    )
    assert [made.take(1, 5) for _ in range(5)] == [
        [("early", 1)],
        [("a", 1)],
        [("b", 1)],
        [("late", 1)],
        [("never", 1)],
    ]


def test_a_spend_says_from_which_lots_it_took():
    made = wallet(lot("a", 5, expires=10), lot("b", 5, expires=20), lot("c", 5))
    assert made.take(7, 0) == [("a", 5), ("b", 2)]
    assert left(made) == [("b", 3), ("c", 5)]
    assert made.balance(0) == 8


def test_pending_points_are_not_spent():
    made = wallet(lot("pending", 5, expires=10, available=3), lot("open", 5, expires=20))
    assert (made.balance(2), made.pending(2)) == (5, 5)
    assert made.take(5, 2) == [("open", 5)]
    assert (made.balance(3), made.pending(3)) == (5, 0)
    assert made.take(5, 3) == [("pending", 5)]


def test_what_is_short_becomes_a_debt_and_the_next_earnings_pay_it():
    made = wallet(lot("a", 5))
    assert made.take(8, 0) == [("a", 5)]
    assert (made.debt, made.balance(0), made.total()) == (3, -3, -3)
    made.deposit(lot("b", 2))
    assert (made.debt, made.balance(0), left(made)) == (1, -1, [])
    made.deposit(lot("c", 4))
    assert (made.debt, made.balance(0), left(made)) == (0, 3, [("c", 3)])
    assert made.lifetime == 11


def test_points_go_back_to_their_lots():
    made = wallet(lot("a", 5, expires=10), lot("b", 5, expires=20))
    made.take(7, 0)
    made.put_back([lot("a", 5, expires=10), lot("b", 2, expires=20)])
    assert left(made) == [("a", 5), ("b", 5)]
    assert made.lifetime == 10


def test_what_was_taken_of_one_lot_in_two_goes_back_into_one():
    made = wallet(lot("a", 2, expires=10))
    made.take(1, 0)
    made.take(1, 0)
    made.put_back([lot("a", 1, expires=10), lot("a", 1, expires=10)])
    assert left(made) == [("a", 2)]


def test_points_that_go_back_pay_a_debt_first():
    made = wallet(lot("a", 5))
    made.take(7, 0)
    made.put_back([lot("a", 5)])
    assert (made.debt, left(made)) == (0, [("a", 3)])


def test_a_lot_that_went_into_a_debt_altogether_is_not_kept():
    made = wallet(lot("a", 5))
    made.take(12, 0)
    made.put_back([lot("a", 5)])
    assert (made.debt, left(made)) == (2, [])


def test_lots_expire_at_their_instant_soonest_first():
    made = wallet(lot("b", 2, expires=20), lot("a", 1, expires=10), lot("c", 3, expires=30))
    assert made.next_due() == 10
    assert made.expire(9) == []
    assert [one.key for one in made.expire(20)] == ["a", "b"]
    assert left(made) == [("c", 3)]
    assert made.next_due() == 30


@pytest.mark.parametrize(
    "at, expected", [(0, (3, 10)), (9, (3, 10)), (10, (4, 20)), (19, (4, 20)), (20, None)]
)
def test_what_expires_next_is_told_with_its_instant(at, expected):
    made = wallet(
        lot("a", 1, expires=10), lot("b", 2, expires=10), lot("c", 4, expires=20), lot("d", 8)
    )
    assert made.expiring_next(at) == expected


@pytest.mark.parametrize(
    "debit, credit, expected",
    [
        ("issuance", "member", 7),
        ("member", "redemption", -7),
        ("member", "member:held", -7),
        ("member:held", "member", 7),
        ("member:held", "charity:water", 0),
    ],
)
def test_an_amount_is_signed_as_the_members_spendable_account_sees_it(debit, credit, expected):
    assert signed(7, debit=debit, credit=credit) == expected
    posting = Posting(
        key="k",
        currency="points",
        kind=EntryKind.EARN,
        amount=7,
        debit=debit,
        credit=credit,
        subject="s",
        at=0,
    )
    assert posting.signed == expected
