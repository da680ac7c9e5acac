"""What must be appended so that the stored effects become those that should be. Pure.

Earlier rows are never edited: an effect that should not be is reversed, one whose value moved is
corrected, and what is in effect is the sum of a key's rows.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from gamification.engine.effects import Honour, Scores
from gamification.ledger import EntryKind, Posting, Share
from kit.clock import Instant


class StoredPosting(msgspec.Struct, kw_only=True):
    """What a key's ledger rows add up to: `net` from `debit` to `credit`."""

    posting: Posting
    net: int
    revision: int


class StoredHonour(msgspec.Struct, kw_only=True):
    """What a key's effect rows say by now, and whether it is in effect."""

    honour: Honour
    holds: bool
    revision: int


class PostingRow(msgspec.Struct, frozen=True):
    """A posting to append as the key's row number `revision`."""

    posting: Posting
    revision: int


class HonourRow(msgspec.Struct, frozen=True):
    """An honour to append: +1 takes effect, -1 is taken back, 0 corrects what it says."""

    honour: Honour
    revision: int
    change: int


_TAKEN_BACK = frozenset({EntryKind.REVERSE, EntryKind.CLAWBACK})
_OF_ONE_ENTRY = ("earn", "spend", "adjust")


class Because(msgspec.Struct, frozen=True, kw_only=True):
    """What corrections are put down to: the moment that caused them, and the refunds there were.

    `refunds` are the sources of new retractions, by what they take back.
    """

    at: Instant
    refunds: Mapping[str, str] = {}

    def refund_of(self, posting: Posting) -> str:
        """The retraction that takes a posting back; empty where none does."""
        about, _, source = posting.key.partition(":")
        if about == "earn":  # earn:<source>:<rule>
            source = source.rpartition(":")[0]
        if about in _OF_ONE_ENTRY and source in self.refunds:
            return self.refunds[source]
        # A prize, or an earning that something else's refund made smaller.
        is_earned = posting.kind is EntryKind.EARN
        return max(self.refunds.values(), default="") if is_earned else ""


def posting_rows(
    should: Sequence[Posting],
    stored: Mapping[str, StoredPosting],
    because: Because,
    *,
    first: int = 0,
) -> list[PostingRow]:
    """The ledger rows to append. A key of which nothing is stored begins at revision `first`."""
    rows: list[PostingRow] = []
    wanted = {posting.key for posting in should}
    for key, known in stored.items():
        if key not in wanted and known.net:
            less = _taken_back(known.posting, known.net, because)
            rows.append(PostingRow(less, known.revision + 1))
    for posting in should:
        known_posting = stored.get(posting.key)
        if known_posting is None:
            rows.append(PostingRow(posting, first))
        else:
            rows.extend(_corrections(posting, known_posting, because))
    return rows


def honour_rows(
    should: Sequence[Honour], stored: Mapping[str, StoredHonour], *, first: int = 0
) -> list[HonourRow]:
    """The effect rows to append. A key of which nothing is stored begins at revision `first`."""
    rows: list[HonourRow] = []
    wanted = {honour.key for honour in should}
    for key, known in stored.items():
        if key not in wanted and known.holds:
            rows.append(HonourRow(known.honour, known.revision + 1, -1))
    for honour in should:
        known_honour = stored.get(honour.key)
        if known_honour is None:
            rows.append(HonourRow(honour, first, 1))
        elif not known_honour.holds:
            rows.append(HonourRow(honour, known_honour.revision + 1, 1))
        elif known_honour.honour.content != honour.content:
            rows.append(HonourRow(honour, known_honour.revision + 1, 0))
    return rows


def score_changes(should: Scores, stored: Scores) -> tuple[Scores, list[tuple[str, Instant]]]:
    """The scores to write, and those that should not be there."""
    written = {place: score for place, score in should.items() if stored.get(place) != score}
    return written, [place for place in stored if place not in should]


def stored_posting(rows: Iterable[tuple[Posting, int]]) -> StoredPosting:
    """Sum up the rows of one key, in the order of their revisions."""
    latest: Posting | None = None
    net = newest = 0
    for posting, revision in rows:
        # By its kind, not its direction: who pays can have changed between two rows.
        if posting.kind in _TAKEN_BACK:
            net -= posting.amount
        else:
            latest, net = posting, net + posting.amount
        newest = max(newest, revision)
    assert latest is not None
    return StoredPosting(posting=latest, net=net, revision=newest)


def _corrections(posting: Posting, known: StoredPosting, because: Because) -> list[PostingRow]:
    following = known.revision + 1
    if not known.net:
        return [PostingRow(posting, following)]
    if _terms(known.posting) != _terms(posting):
        reversal = _reversal(known.posting, known.net, because)
        return [PostingRow(reversal, following), PostingRow(posting, following + 1)]
    more = posting.amount - known.net
    if more > 0:
        return [PostingRow(msgspec.structs.replace(posting, amount=more), following)]
    if more < 0:
        return [PostingRow(_taken_back(posting, -more, because), following)]
    return []


_Terms = tuple[str, str, str, Instant, Instant, Instant, tuple[Share, ...]]


def _terms(posting: Posting) -> _Terms:
    """What cannot be corrected by a difference in the amount alone."""
    # A debit's lots say where its points came from; of an earning or expiry the key says all.
    lots = posting.lots if posting.kind is not EntryKind.EXPIRE else ()
    return (
        posting.currency,
        posting.debit,
        posting.credit,
        posting.at,
        posting.available_at,
        posting.expires_at,
        lots,
    )


def _taken_back(posting: Posting, amount: int, because: Because) -> Posting:
    reversal = _reversal(posting, amount, because)
    if posting.kind is not EntryKind.EARN or not reversal.cause:
        return reversal
    return msgspec.structs.replace(reversal, kind=EntryKind.CLAWBACK)


def _reversal(posting: Posting, amount: int, because: Because) -> Posting:
    return msgspec.structs.replace(
        posting,
        kind=EntryKind.REVERSE,
        amount=amount,
        debit=posting.credit,
        credit=posting.debit,
        at=because.at,
        lots=(),
        cause=because.refund_of(posting),
    )
