"""Writing the journal, and reading it back."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from gamification.journal.entries import Entry, EntryType, Facts
from gamification.journal.models import DEAD_LETTERS, JOURNAL, PENDING
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import NotFound

_COLUMNS = "id, member_id, type, kind, source, at, facts, target"
_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Facts)


class Known(msgspec.Struct, frozen=True):
    """What the journal has under a source: the entry, and what it was said to be."""

    entry: Entry
    digest: str


def digest_of(*parts: object) -> str:
    """A digest of what a caller said: the same content gives the same one."""
    return hashlib.blake2b(_encoder.encode(parts), digest_size=16).hexdigest()


async def append(entries: Sequence[tuple[Entry, str]], *, waiting: bool = True) -> dict[str, Known]:
    """Append entries with the digests of their content; what the journal then has, by source.

    An entry whose source is known already is not appended: the earlier one is answered instead,
    for the caller to compare. New ones wait to be settled, unless the caller says that it folds
    them itself. Belongs in a transaction.
    """
    now = clock.now()
    # By source: two batches that cross must not wait for each other in a ring.
    ordered = sorted(entries, key=lambda one: one[0].source)
    appended = await database.insert(
        JOURNAL,
        [_row(entry, digest, now) for entry, digest in ordered],
        on_conflict="ON CONFLICT (source) DO NOTHING",
    )
    known = {entry.source: Known(entry, digest) for entry, digest in entries}
    if appended < len(entries):
        known = await known_sources([entry.source for entry, _ in entries])
    if waiting:
        fresh = [entry for entry, _ in entries if known[entry.source].entry.id == entry.id]
        await database.insert(PENDING, [(entry.member_id, entry.id) for entry in fresh])
    return known


async def known_sources(sources: Sequence[str]) -> dict[str, Known]:
    """What the journal has under these sources."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS}, digest FROM journal_entry WHERE source IN ?", sources
    )
    return {row[4]: Known(_entry(row), row[8]) for row in rows}


async def find_entry(*, id: str | None = None, source: str | None = None) -> Entry:
    """The entry of that id or source. Raises `NotFound`."""
    column, value = ("id", id) if id is not None else ("source", source)
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE {column} = ?", value
    )
    if row is None:
        raise NotFound("activity", value or "")
    return _entry(row)


async def entries_of(
    member_id: str, *, after: tuple[Instant, str] | None = None, limit: int
) -> list[Entry]:
    """A member's activities, newest first, from just behind `after` (event time and id)."""
    at, entry_id = after if after is not None else (1 << 62, "")
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE member_id = ? AND type = 'ACTIVITY'"
        " AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?",
        member_id,
        at,
        entry_id,
        limit,
    )
    return [_entry(row) for row in rows]


async def entries_by_id(entry_ids: Sequence[str]) -> list[Entry]:
    """The entries of these ids, in no order."""
    if not entry_ids:
        return []
    rows = await database.fetch(f"SELECT {_COLUMNS} FROM journal_entry WHERE id IN ?", entry_ids)
    return [_entry(row) for row in rows]


async def entries_after(source: str, *, type: EntryType, limit: int) -> list[Entry]:
    """Everybody's entries of a type in the order of their sources, from just behind that one."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE source > ? AND type = ?"
        " ORDER BY source LIMIT ?",
        source,
        type.value,
        limit,
    )
    return [_entry(row) for row in rows]


async def journals_of(
    member_ids: Sequence[str], *, until: Instant = 1 << 62, settled: bool = False
) -> dict[str, list[Entry]]:
    """The whole journals of members up to an instant; with `settled`, only what is folded by now.

    What was put into the dead letters is left out: the fold could not take it.
    """
    journals: dict[str, list[Entry]] = {member_id: [] for member_id in member_ids}
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE member_id IN ? AND at <= ?",
        member_ids,
        until,
    )
    left_out = await _dead(member_ids)
    if settled:
        left_out |= await _unsettled(member_ids)
    for row in rows:
        if row[0] not in left_out:
            journals[row[1]].append(_entry(row))
    return journals


async def journal_after(member_id: str, at: Instant) -> list[Entry]:
    """What is folded of one member's journal by now, from after an instant."""
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE member_id = ? AND at > ?", member_id, at
    )
    left_out = await _dead([member_id]) | await _unsettled([member_id])
    return [_entry(row) for row in rows if row[0] not in left_out]


async def times_of(sources: Sequence[str]) -> dict[str, Instant]:
    """When the entries of these sources happened."""
    if not sources:
        return {}
    rows = await database.fetch("SELECT source, at FROM journal_entry WHERE source IN ?", sources)
    return {row[0]: row[1] for row in rows}


async def retractions_of(
    sources: Sequence[str], *, settled: bool = False
) -> dict[str, list[Facts]]:
    """What was taken back of entries so far, by their sources; `settled`: and is folded by now."""
    folded = (
        " AND id NOT IN (SELECT entry_id FROM pending WHERE entry_id IS NOT NULL)"
        " AND id NOT IN (SELECT entry_id FROM dead_letter WHERE entry_id IS NOT NULL)"
    )
    rows = await database.fetch(
        "SELECT target, facts FROM journal_entry WHERE target IN ? AND target <> ''"
        f" AND type = 'RETRACTION'{folded if settled else ''} ORDER BY at, source",
        sources,
    )
    taken: dict[str, list[Facts]] = {}
    for target, facts in rows:
        taken.setdefault(target, []).append(_decoder.decode(facts))
    return taken


async def newest_retraction(source: str) -> Entry:
    """The retraction of an entry that was recorded last. Raises `NotFound`."""
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE target = ? AND target <> ''"
        " AND type = 'RETRACTION' ORDER BY id DESC LIMIT 1",
        source,
    )
    if row is None:
        raise NotFound("retraction", source)
    return _entry(row)


async def retractions_before(source: str, *, entry_id: str) -> list[Facts]:
    """What had been taken back of an entry when another one was recorded."""
    rows = await database.fetch(
        "SELECT facts FROM journal_entry WHERE target = ? AND target <> ''"
        " AND type = 'RETRACTION' AND id < ? ORDER BY at, source",
        source,
        entry_id,
    )
    return [_decoder.decode(row[0]) for row in rows]


async def payments_for(activities: Sequence[str]) -> dict[str, list[Entry]]:
    """The spends, and the holds, that pay for these activities (sources), as they happened."""
    return await _about(activities, ("SPEND", "HOLD"))


async def captures_of(holds: Sequence[str]) -> dict[str, list[Entry]]:
    """The entry that paid out each of these holds (sources); holds that none did are left out."""
    return await _about(holds, ("CAPTURE",))


async def _about(sources: Sequence[str], types: Sequence[str]) -> dict[str, list[Entry]]:
    if not sources:
        return {}
    rows = await database.fetch(
        f"SELECT {_COLUMNS} FROM journal_entry WHERE target IN ? AND target <> '' AND type IN ?"
        " ORDER BY at, source",
        sources,
        types,
    )
    found: dict[str, list[Entry]] = {}
    for row in rows:
        entry = _entry(row)
        found.setdefault(entry.target, []).append(entry)
    return found


async def members_waiting(limit: int) -> list[str]:
    """The members behind the `limit` oldest unsettled entries."""
    rows = await database.fetch(
        "SELECT DISTINCT member_id FROM"
        " (SELECT member_id FROM pending ORDER BY position LIMIT ?) AS oldest",
        limit,
    )
    return [row[0] for row in rows]


async def claim(member_ids: Sequence[str]) -> dict[str, list[str | None]]:
    """Take all that waits for these members off the queue: entry ids, None for a whole refold."""
    rows = await database.fetch(
        "DELETE FROM pending WHERE member_id IN ? RETURNING member_id, entry_id", member_ids
    )
    claimed: dict[str, list[str | None]] = {}
    for row in rows:
        claimed.setdefault(row[0], []).append(row[1])
    return claimed


async def ask_for_refolds(after: Instant) -> int:
    """Let every member whose journal has anything at or after that event time be folded again."""
    return await database.execute(
        "INSERT INTO pending (member_id) SELECT DISTINCT member_id FROM journal_entry"
        " WHERE at >= ?",
        after,
    )


async def is_waiting(member_id: str) -> bool:
    """Whether anything of a member's is not settled yet."""
    row = await database.fetch_one("SELECT 1 FROM pending WHERE member_id = ? LIMIT 1", member_id)
    return row is not None


async def waiting() -> int:
    """How many entries (and refolds) are not settled yet."""
    row = await database.fetch_one("SELECT count(*) FROM pending")
    assert row is not None
    return int(row[0])


async def awaiting_refold(member_ids: Sequence[str]) -> set[str]:
    """Which of these members' whole journals wait to be folded again."""
    rows = await database.fetch(
        "SELECT member_id FROM pending WHERE member_id IN ? AND entry_id IS NULL", member_ids
    )
    return {row[0] for row in rows}


async def bury(member_id: str, entry_ids: Iterable[str | None], *, reason: str) -> None:
    """Put entries that cannot be folded aside, with the reason, so that others can proceed."""
    now = clock.now()
    await database.insert(
        DEAD_LETTERS,
        [(ids.new(), member_id, entry_id, reason, now) for entry_id in entry_ids],
    )


async def _dead(member_ids: Sequence[str]) -> set[str]:
    rows = await database.fetch(
        "SELECT entry_id FROM dead_letter WHERE member_id IN ? AND entry_id IS NOT NULL",
        member_ids,
    )
    return {row[0] for row in rows}


async def _unsettled(member_ids: Sequence[str]) -> set[str]:
    rows = await database.fetch(
        "SELECT entry_id FROM pending WHERE member_id IN ? AND entry_id IS NOT NULL",
        member_ids,
    )
    return {row[0] for row in rows}


def _row(entry: Entry, digest: str, now: Instant) -> tuple[object, ...]:
    return (
        entry.id,
        entry.member_id,
        entry.type.value,
        entry.kind,
        entry.source,
        entry.target,
        entry.at,
        now,
        _encoder.encode(entry.facts).decode(),
        digest,
    )


def _entry(row: database.Row) -> Entry:
    return Entry(
        id=row[0],
        member_id=row[1],
        type=EntryType(row[2]),
        kind=row[3],
        source=row[4],
        at=row[5],
        facts=_decoder.decode(row[6]),
        target=row[7],
    )
