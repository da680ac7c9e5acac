"""The lots behind debits, kept a second time from what the postings say of themselves. Pure.

The fold takes points from wallets; this only reads the recorded lots, in the order of the
postings, and asks: did the lot exist, had it that much left, had it expired, could it be spent?
"""

from collections.abc import Collection, Iterable

import msgspec

from gamification.ledger import HELD, MEMBER, NEVER, SLIDING, WRITE_OFF, EntryKind, Posting, Share
from kit.clock import Instant


class _Lot(msgspec.Struct):
    left: int
    available_at: Instant
    expires_at: Instant


class _Book(msgspec.Struct):
    """The lots of one currency; `is_exact` until points come that nobody can date from here.

    Of one that slides (`slides`) postings cannot say when a lot expires: that was put off.
    """

    lots: dict[str, _Lot] = {}
    holds: dict[str, tuple[Share, ...]] = {}
    held: dict[str, int] = {}
    debt: int = 0
    is_exact: bool = True
    slides: bool = False


def fault(postings: Iterable[Posting], *, sliding: Collection[str] = ()) -> str:
    """The first debit of a member that takes what its lots do not have; empty where none does.

    `sliding` are the currencies whose points expire by inactivity.
    """
    books: dict[str, _Book] = {}
    for posting in postings:
        book = books.setdefault(posting.currency, _Book(slides=posting.currency in sliding))
        problem = ""
        if posting.debit == MEMBER:
            problem = _debited(book, posting)
        elif posting.credit == MEMBER:
            problem = _credited(book, posting)
        if problem:
            return f"{posting.key} {problem}"
    return ""


def _debited(book: _Book, posting: Posting) -> str:
    if posting.credit == WRITE_OFF:
        _written_off(book, posting)
        return ""
    if posting.credit == HELD:
        book.holds[posting.key.removeprefix("hold:")] = posting.lots
        book.held[posting.key.removeprefix("hold:")] = posting.amount
    short = posting.amount - sum(points for _, points in posting.lots)
    if short < 0:
        return f"takes more from its lots than its {posting.amount:,}"
    book.debt += short
    for key, points in posting.lots:
        problem = _taken(book, posting, key, points)
        if problem:
            return problem
    return _unripe(book, posting)


def _taken(book: _Book, posting: Posting, key: str, points: int) -> str:
    lot = book.lots.get(key)
    if lot is None:
        return f"takes from {key}, which never was"
    if points > lot.left:
        return f"takes {points:,} from {key}, which has {lot.left:,}"
    lot.left -= points
    if book.slides:
        return ""
    if posting.kind is EntryKind.EXPIRE:
        is_too_soon = posting.at < lot.expires_at < SLIDING
        return f"lets {key} expire too soon" if is_too_soon else ""
    return f"takes from {key}, which has expired" if lot.expires_at <= posting.at else ""


def _unripe(book: _Book, posting: Posting) -> str:
    """A replay may have to take what is not ripe yet, but only where nothing else is left."""
    at = posting.at
    used = [book.lots[key] for key, _ in posting.lots]
    is_ripe = not any(at < lot.available_at < NEVER for lot in used)
    if posting.kind is EntryKind.EXPIRE or is_ripe or book.slides:
        return ""
    for key, lot in book.lots.items():
        if book.is_exact and lot.left and lot.available_at <= at < lot.expires_at:
            return f"takes what is pending, although {key} has {lot.left:,}"
    return ""


def _credited(book: _Book, posting: Posting) -> str:
    if posting.debit == WRITE_OFF:
        book.debt -= posting.amount
    elif posting.debit == HELD:
        return _given_back(book, posting)
    elif posting.available_at >= NEVER:
        # What awaits an event can come to be spent, and to pay debts, without any posting.
        book.is_exact = False
        book.lots[posting.key] = _Lot(posting.amount, posting.available_at, posting.expires_at)
    else:
        left = _after_debt(book, posting.amount)
        book.lots[posting.key] = _Lot(left, posting.available_at, posting.expires_at)
    return ""


def _given_back(book: _Book, posting: Posting) -> str:
    """What a hold gives back goes to its own lots: all but those that were paid out, foremost."""
    source = posting.key.removeprefix("release:")
    if source not in book.holds:
        return "gives back what was never held"
    paid = book.held[source] - posting.amount
    if paid < 0:
        return f"gives back {posting.amount:,} of {book.held[source]:,} that were held"
    owed = posting.amount
    for key, points in book.holds.pop(source):
        back = max(0, points - paid)
        paid = max(0, paid - points)
        owed -= back
        book.lots[key].left += _after_debt(book, back)
    if owed:
        left = _after_debt(book, owed)
        book.lots[posting.key] = _Lot(left, posting.available_at, posting.expires_at)
    return ""


def _written_off(book: _Book, posting: Posting) -> None:
    """What a hold had on the house does not stay with the member whom it is released to."""
    lot = book.lots.get(posting.key.removeprefix("write-off:"))
    taken = min(lot.left, posting.amount) if lot is not None else 0
    if lot is not None:
        lot.left -= taken
    book.debt += posting.amount - taken


def _after_debt(book: _Book, points: int) -> int:
    paid = min(points, max(0, book.debt))
    book.debt -= paid
    return points - paid
