"""What must be appended so that the rows come to what should be: never an edit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.engine.difference import (
    Because,
    StoredHonour,
    honour_rows,
    posting_rows,
    score_changes,
    stored_posting,
)
from gamification.engine.effects import Honour, HonourKind
from gamification.ledger import EntryKind, Posting

NOW = 99


def posting(key="k", amount=10, **facts):
    said = {"currency": "points", "kind": EntryKind.EARN, "debit": "issuance", "credit": "member"}
    said |= {"subject": "rule:r@1", "at": 1}
    return Posting(key=key, amount=amount, **said | facts)


def honour(key="k", value="gold", **facts):
    said = {"kind": HonourKind.BADGE, "subject": "b", "at": 1, "version": 1}
    return Honour(key=key, value=value, **said | facts)


class Book:
    """Rows by key, as a table keeps them."""

    def __init__(self):
        self.rows = {}

    def stored(self):
        return {key: stored_posting(rows) for key, rows in self.rows.items()}

    def become(self, *should):
        """Append what is needed; the appended rows as (kind, amount, revision)."""
        appended = posting_rows(should, self.stored(), Because(at=NOW))
        for row in appended:
            assert row.posting.amount > 0
            rows = self.rows.setdefault(row.posting.key, [])
            assert row.revision == len(rows)
            rows.append((row.posting, row.revision))
        return [(row.posting.kind.value, row.posting.amount, row.revision) for row in appended]

    def effective(self):
        return {key: one for key, one in self.stored().items() if one.net}


def test_what_is_new_is_appended_and_what_is_there_is_left_alone():
    book = Book()
    assert book.become(posting()) == [("EARN", 10, 0)]
    assert book.become(posting()) == []


@pytest.mark.parametrize(
    "then, rows",
    [
        ([posting(amount=14)], [("EARN", 4, 1)]),
        ([posting(amount=7)], [("REVERSE", 3, 1)]),
        ([], [("REVERSE", 10, 1)]),
        ([posting(at=2)], [("REVERSE", 10, 1), ("EARN", 10, 2)]),
        ([posting(expires_at=5, amount=3)], [("REVERSE", 10, 1), ("EARN", 3, 2)]),
        ([posting(available_at=5)], [("REVERSE", 10, 1), ("EARN", 10, 2)]),
        ([posting(currency="xp")], [("REVERSE", 10, 1), ("EARN", 10, 2)]),
        ([posting(lots=(("lot", 10),))], [("REVERSE", 10, 1), ("EARN", 10, 2)]),
        ([posting(subject="rule:r@2")], []),
        ([posting(cause="else")], []),
    ],
)
def test_what_differs_is_corrected_by_rows_of_its_key(then, rows):
    book = Book()
    book.become(posting())
    assert book.become(*then) == rows
    assert book.become(*then) == []
    assert {key: one.net for key, one in book.effective().items()} == {
        one.key: one.amount for one in then
    }


def test_what_was_reversed_can_come_back():
    book = Book()
    book.become(posting())
    book.become()
    assert book.become(posting(amount=4, at=7)) == [("EARN", 4, 2)]
    assert book.become() == [("REVERSE", 4, 3)]


def test_a_reversal_goes_the_other_way_and_is_dated_by_what_caused_it():
    [row] = posting_rows(
        [], {"k": stored_posting([(posting(lots=(("lot", 10),)), 0)])}, Because(at=NOW)
    )
    assert (row.posting.debit, row.posting.credit) == ("member", "issuance")
    assert (row.posting.at, row.posting.lots) == (NOW, ())


def test_the_lots_of_an_expiry_need_no_correction():
    book = Book()
    gone = {"kind": EntryKind.EXPIRE, "debit": "member", "credit": "breakage"}
    book.become(posting(lots=(("a", 10),), **gone))
    assert book.become(posting(amount=4, lots=(("a", 4),), **gone)) == [("REVERSE", 6, 1)]


books = st.lists(
    st.dictionaries(
        st.sampled_from("abc"),
        st.tuples(st.integers(1, 3), st.integers(1, 2), st.sampled_from(["points", "xp"])),
    ),
    max_size=8,
)


@given(books)
def test_whatever_came_before_the_rows_come_to_what_should_be(wishes):
    book = Book()
    for wish in wishes:
        should = [
            posting(key, amount, at=at, currency=currency)
            for key, (amount, at, currency) in wish.items()
        ]
        book.become(*should)
        found = {
            key: (one.net, one.posting.at, one.posting.currency)
            for key, one in book.effective().items()
        }
        assert found == wish
        assert book.become(*should) == []


# --- honours --------------------------------------------------------------------------------------


def known(one, *, holds=True, revision=0):
    return {one.key: StoredHonour(honour=one, holds=holds, revision=revision)}


@pytest.mark.parametrize(
    "stored, should, rows",
    [
        ({}, [honour()], [("gold", 0, 1)]),
        (known(honour()), [honour()], []),
        (known(honour()), [], [("gold", 1, -1)]),
        (known(honour(), holds=False, revision=1), [], []),
        (known(honour(), holds=False, revision=1), [honour()], [("gold", 2, 1)]),
        (known(honour()), [honour(at=2)], [("gold", 1, 0)]),
        (known(honour()), [honour(version=2)], [("gold", 1, 0)]),
        (known(honour()), [honour(previous="x")], [("gold", 1, 0)]),
        (known(honour()), [honour(cause="else")], []),
    ],
)
def test_honours_take_effect_are_taken_back_or_corrected(stored, should, rows):
    appended = honour_rows(should, stored)
    assert [(one.honour.value, one.revision, one.change) for one in appended] == rows


def test_scores_are_written_where_they_differ_and_dropped_where_they_should_not_be():
    stored = {("b", 0): (5, 1), ("b", 1): (7, 1), ("c", 0): (1, 1)}
    should = {("b", 0): (5, 1), ("b", 1): (7, 2), ("d", 0): (1, 1)}
    written, dropped = score_changes(should, stored)
    assert written == {("b", 1): (7, 2), ("d", 0): (1, 1)}
    assert dropped == [("c", 0)]
