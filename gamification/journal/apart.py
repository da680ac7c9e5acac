"""What is kept apart for staff: activities from outside the trust window, and dead letters."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from gamification.journal.entries import Entry, EntryType, Facts
from gamification.journal.models import PENDING, SET_ASIDE, SET_ASIDE_DECISIONS
from kit import clock, database
from kit.clock import Instant
from kit.errors import NotFound

_SET_ASIDE = (
    "SELECT a.id, a.member_id, a.kind, a.source, a.at, a.facts, a.recorded_at, a.reason, a.digest,"
    " d.outcome, d.reason, d.decided_by, d.decided_at, d.source"
    " FROM set_aside AS a LEFT JOIN set_aside_decision AS d ON d.set_aside_id = a.id"
)
_LETTERS = "SELECT id, member_id, entry_id, reason, recorded_at FROM dead_letter"
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Facts)


class ApartOutcome(StrEnum):
    """What staff made of an activity that was set aside."""

    ADMITTED = "ADMITTED"
    DISMISSED = "DISMISSED"


class ApartDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided about it, how, when and why; `source` makes the decision happen once."""

    outcome: ApartOutcome
    reason: str
    decided_by: str
    decided_at: Instant
    source: str


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """An activity as it would stand in the journal, and why it does not.

    `why` is the refusal's code, `digest` of what the caller said. No decision: it still waits.
    """

    entry: Entry
    recorded_at: Instant
    why: str
    digest: str
    decision: ApartDecision | None


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that could not be folded, and why; without an entry a member's whole journal."""

    id: str
    member_id: str
    entry_id: str | None
    reason: str
    recorded_at: Instant


async def keep_apart(entry: Entry, digest: str, *, reason: str) -> str:
    """Keep an activity from outside the trust window for staff to judge.

    The digest of what is kept under its source: another one where other words came before.
    """
    facts = _encoder.encode(entry.facts).decode()
    row = (entry.id, entry.member_id, entry.kind, entry.source, entry.at)
    kept = await database.insert(
        SET_ASIDE,
        [(*row, clock.now(), facts, reason, digest)],
        on_conflict="ON CONFLICT (source) DO NOTHING",
    )
    if kept:
        return digest
    known = await database.fetch_one("SELECT digest FROM set_aside WHERE source = ?", entry.source)
    assert known is not None
    return known[0] or digest


async def apart_page(*, outcome: ApartOutcome | None, after: str | None, limit: int) -> list[Apart]:
    """What was set aside and decided so (None: what still waits), newest first by id."""
    rows = await database.fetch(
        f"{_SET_ASIDE} WHERE coalesce(d.outcome, '') = ? AND a.id < ? ORDER BY a.id DESC LIMIT ?",
        outcome.value if outcome else "",
        "~" if after is None else after,
        limit,
    )
    return [_apart(row) for row in rows]


async def find_apart(id: str) -> Apart:
    """What was set aside under that id. Raises `NotFound`."""
    row = await database.fetch_one(f"{_SET_ASIDE} WHERE a.id = ?", id)
    if row is None:
        raise NotFound("parked activity", id)
    return _apart(row)


async def judge(id: str, decision: ApartDecision, *, entry_id: str | None) -> bool:
    """Write down what staff decided; False where the decision's source was used before.

    Raises `IntegrityError` where it is decided already. Belongs in a transaction.
    """
    row = (id, decision.outcome.value, decision.reason, decision.decided_by, decision.decided_at)
    written = await database.insert(
        SET_ASIDE_DECISIONS,
        [(*row, decision.source, entry_id)],
        on_conflict="ON CONFLICT (source) DO NOTHING",
    )
    return bool(written)


async def dead_letters_page(*, after: str | None, limit: int) -> list[DeadLetter]:
    """What could not be folded, newest first by id."""
    rows = await database.fetch(
        f"{_LETTERS} WHERE id < ? ORDER BY id DESC LIMIT ?",
        "~" if after is None else after,
        limit,
    )
    return [_letter(row) for row in rows]


async def revive(id: str) -> DeadLetter:
    """Let a dead letter wait to be settled again; whatever else was said of its entry goes too.

    Raises `NotFound` where it is none, or none any more. Belongs in a transaction.
    """
    found = await _taken("id = ?", id)
    if not found:
        raise NotFound("dead letter", id)
    [letter] = found
    if letter.entry_id is not None:
        await _taken("entry_id = ?", letter.entry_id)
    # Beside it a whole refold: of what the entry says a part may have been taken back meanwhile.
    waiting = [(letter.member_id, letter.entry_id), (letter.member_id, None)]
    await database.insert(PENDING, waiting if letter.entry_id else waiting[1:])
    return letter


async def is_dead(letter: DeadLetter) -> bool:
    """Whether what a letter was about is a dead letter now."""
    row = await database.fetch_one(
        "SELECT 1 FROM dead_letter WHERE member_id = ? AND coalesce(entry_id, '') = ? LIMIT 1",
        letter.member_id,
        letter.entry_id or "",
    )
    return row is not None


async def _taken(which: str, value: str) -> Sequence[DeadLetter]:
    rows = await database.fetch(
        f"DELETE FROM dead_letter WHERE {which} RETURNING"
        " id, member_id, entry_id, reason, recorded_at",
        value,
    )
    return [_letter(row) for row in rows]


def _letter(row: database.Row) -> DeadLetter:
    return DeadLetter(
        id=row[0], member_id=row[1], entry_id=row[2], reason=row[3], recorded_at=row[4]
    )


def _apart(row: database.Row) -> Apart:
    entry = Entry(
        id=row[0],
        member_id=row[1],
        type=EntryType.ACTIVITY,
        kind=row[2],
        source=row[3],
        at=row[4],
        facts=_decoder.decode(row[5]),
    )
    decision = row[9] and ApartDecision(
        outcome=ApartOutcome(row[9]),
        reason=row[10],
        decided_by=row[11],
        decided_at=row[12],
        source=row[13],
    )
    return Apart(entry=entry, recorded_at=row[6], why=row[7], digest=row[8], decision=decision)
