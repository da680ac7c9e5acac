"""Journal entries as plain values: what the fold reads."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum

import msgspec

from kit.clock import Instant

AttributeValue = str | int | float | bool
"""What an attribute of an activity may hold."""

AdditiveOf = Callable[["Entry"], frozenset[str]]
"""Tells which attributes of an entry are quantities, so that half of them can be taken back."""

WHOLE = 1_000_000
"""A retraction's share is counted in millionths of what it takes back."""


class EntryType(StrEnum):
    """What sort of thing changed a member."""

    ACTIVITY = "ACTIVITY"
    RETRACTION = "RETRACTION"
    SPEND = "SPEND"
    HOLD = "HOLD"
    CAPTURE = "CAPTURE"
    RELEASE = "RELEASE"
    CHOICE = "CHOICE"
    ADJUSTMENT = "ADJUSTMENT"
    TRANSFER = "TRANSFER"
    GRANT = "GRANT"


class Channel(StrEnum):
    """The touchpoint at which an activity happened."""

    ONLINE = "ONLINE"
    IN_STORE = "IN_STORE"
    APP = "APP"
    PARTNER = "PARTNER"
    IMPORT = "IMPORT"


class Facts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """What an entry says beyond its columns; which fields are used depends on its type.

    `amount` and `quantity` belong to activities (minor units, pieces). `points`, `account`,
    `subject` and `release_at` to spends and holds; of a capture `points` is how much of the hold
    is paid out (0: all). `share` (millionths) or `amount` (minor units) to retractions of
    activities, `points` to those of spends and adjustments, and their `reason`. `choice` names
    what a member chose (`join:<challenge>`). Adjustments have `points` (below 0: taken), a
    `reason`, the `actor` behind them and perhaps an `expires_at`. What is granted consists of
    `portions`: points, and when they expire. A retraction names the levels of badges that are
    `kept` although it takes away what they were won with: badge, level, and when it was achieved.
    """

    amount: int | None = None
    currency: str = ""
    quantity: int | None = None
    channel: str = ""
    partner: str = ""
    attributes: dict[str, AttributeValue] = {}
    points: int = 0
    account: str = ""
    subject: str = ""
    release_at: Instant | None = None
    share: int | None = None
    choice: str = ""
    reason: str = ""
    actor: str = ""
    expires_at: Instant | None = None
    portions: tuple[tuple[int, Instant], ...] = ()
    kept: tuple[tuple[str, str, Instant], ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the journal. `source` is unique, and orders the entries of one instant.

    `target` is the source of the entry that a retraction, capture or release is about, and of the
    activity that a spend or hold pays for. `granted` is what common budgets allowed it, by rule.
    Not stored: `taken` is how much of such budgets is gone, once one of them ran short.
    `returned` is not stored: how many of its points retractions have given back.
    """

    id: str
    member_id: str
    type: EntryType
    kind: str
    source: str
    at: Instant
    facts: Facts
    target: str = ""
    granted: dict[str, int] = {}
    taken: dict[str, int] = {}
    returned: int = 0


def effective(entries: Iterable[Entry], additive: AdditiveOf) -> list[Entry]:
    """What the journal says once its retractions are taken off, in the order in which it happened.

    An entry that is wholly retracted is gone; of one retracted in part its amount, quantity and
    the attributes that `additive(kind)` names keep their share, rounded down. Of retractions only
    those stay that let badges be kept.
    """
    ordered = sorted(entries, key=_order)
    taken: dict[str, list[Facts]] = {}
    for entry in ordered:
        if entry.type is EntryType.RETRACTION:
            taken.setdefault(entry.target, []).append(entry.facts)
    if not taken:
        return ordered
    kept: list[Entry] = []
    for entry in ordered:
        if entry.type is EntryType.RETRACTION and not entry.facts.kept:
            continue
        rest = (
            _rest(entry, taken[entry.source], additive(entry)) if entry.source in taken else entry
        )
        if rest is not None:
            kept.append(rest)
    return kept


def share_taken(entry: Entry, retractions: Sequence[Facts]) -> int:
    """How much of an entry its retractions take back, in millionths, at most the whole."""
    amount = entry.facts.amount or 0
    by_share = sum(facts.share or 0 for facts in retractions)
    by_amount = sum(facts.amount or 0 for facts in retractions)
    if not amount or not by_amount:
        return min(WHOLE, by_share)
    if by_share * amount + by_amount * WHOLE >= WHOLE * amount:
        return WHOLE
    # Rounded up, but never so far that a last unit of the amount goes unasked.
    return min(WHOLE - 1, by_share + -(-by_amount * WHOLE // amount))


def amount_taken(entry: Entry, retractions: Sequence[Facts]) -> int:
    """How much of an entry's amount (minor units) its retractions take back, at most all of it."""
    amount = entry.facts.amount or 0
    by_share = sum(facts.share or 0 for facts in retractions)
    by_amount = sum(facts.amount or 0 for facts in retractions)
    return min(amount, by_amount + -(-amount * min(WHOLE, by_share) // WHOLE))


def points_returned(retractions: Iterable[Facts]) -> int:
    """How many of the points of a spend, capture or adjustment its retractions give back."""
    return sum(facts.points for facts in retractions)


def _order(entry: Entry) -> tuple[Instant, str]:
    return entry.at, entry.source


def _rest(entry: Entry, retractions: Sequence[Facts], additive: frozenset[str]) -> Entry | None:
    if entry.type is not EntryType.ACTIVITY:
        return msgspec.structs.replace(entry, returned=points_returned(retractions))
    share = WHOLE - share_taken(entry, retractions)
    if share == 0:
        return None
    facts = entry.facts
    attributes = {
        name: value * share // WHOLE if name in additive and isinstance(value, int) else value
        for name, value in facts.attributes.items()
    }
    amount = facts.amount and facts.amount - amount_taken(entry, retractions)
    quantity = facts.quantity and facts.quantity * share // WHOLE
    return msgspec.structs.replace(
        entry,
        facts=msgspec.structs.replace(
            facts, amount=amount, quantity=quantity, attributes=attributes
        ),
    )
