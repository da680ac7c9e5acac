"""Recalling what a member's rows add up to: all of them, or those from after a checkpoint."""

from collections.abc import Iterable, Sequence

import msgspec

from gamification.engine.difference import StoredHonour, StoredPosting, stored_posting
from gamification.engine.effects import Honour, HonourKind
from gamification.engine.settlement import Stored
from gamification.ledger import EntryKind, Posting
from kit import database
from kit.clock import Instant

_shares = msgspec.json.Decoder(tuple[tuple[str, int], ...])
_POSTING = (
    "member_id, key, revision, currency, kind, amount, debit, credit, subject, at,"
    " available_at, expires_at, lots"
)
_HONOUR = "member_id, key, revision, change, kind, subject, value, previous, version, at"


async def stored_of(member_ids: Sequence[str]) -> dict[str, Stored]:
    """What the members' ledger, effects and scores add up to."""
    stored = {member_id: Stored() for member_id in member_ids}
    for place, posting in _postings(
        await database.fetch(
            f"SELECT {_POSTING} FROM ledger_entry WHERE member_id IN ?"
            " ORDER BY member_id, key, revision",
            member_ids,
        )
    ):
        stored[place[0]].postings[place[1]] = posting
    for place, honour in _honours(
        await database.fetch(
            f"SELECT {_HONOUR} FROM effect WHERE member_id IN ? ORDER BY member_id, key, revision",
            member_ids,
        )
    ):
        stored[place[0]].honours[place[1]] = honour
    for row in await database.fetch(
        "SELECT member_id, board, period, score, reached_at FROM score WHERE member_id IN ?",
        member_ids,
    ):
        stored[row[0]].scores[row[1], row[2]] = row[3], row[4]
    return stored


async def stored_after(member_id: str, at: Instant) -> Stored:
    """What one member's rows add up to that took effect after an instant.

    A key that took effect before it is left out: no row of what happened later says more of it.
    """
    postings = _postings(
        await database.fetch(
            f"SELECT {_POSTING} FROM ledger_entry WHERE member_id = ? AND key IN ?"
            " ORDER BY key, revision",
            member_id,
            await _keys_after("ledger_entry", member_id, at),
        )
    )
    honours = _honours(
        await database.fetch(
            f"SELECT {_HONOUR} FROM effect WHERE member_id = ? AND key IN ? ORDER BY key, revision",
            member_id,
            await _keys_after("effect", member_id, at),
        )
    )
    scores = await database.fetch(
        "SELECT board, period, score, reached_at FROM score WHERE member_id = ? AND reached_at > ?",
        member_id,
        at,
    )
    return Stored(
        postings={key: one for (_, key), one in postings if not one.net or one.posting.at > at},
        honours={key: one for (_, key), one in honours if not one.holds or one.honour.at > at},
        scores={(row[0], row[1]): (row[2], row[3]) for row in scores},
    )


async def _keys_after(table: str, member_id: str, at: Instant) -> list[str]:
    """The keys that any row from after an instant is about.

    Asked for by themselves: joined, PostgreSQL would read all that the member has.
    """
    rows = await database.fetch(
        f"SELECT DISTINCT key FROM {table} WHERE member_id = ? AND at > ?", member_id, at
    )
    return [row[0] for row in rows]


def _postings(
    rows: Iterable[database.Row],
) -> list[tuple[tuple[str, str], StoredPosting]]:
    by_key: dict[tuple[str, str], list[tuple[Posting, int]]] = {}
    for row in rows:
        by_key.setdefault((row[0], row[1]), []).append((_posting(row), row[2]))
    return [(place, stored_posting(postings)) for place, postings in by_key.items()]


def _honours(rows: Iterable[database.Row]) -> list[tuple[tuple[str, str], StoredHonour]]:
    found: dict[tuple[str, str], StoredHonour] = {}
    for row in rows:
        honour = Honour(
            kind=HonourKind(row[4]),
            key=row[1],
            subject=row[5],
            value=row[6],
            previous=row[7],
            version=row[8],
            at=row[9],
        )
        found[row[0], row[1]] = StoredHonour(honour=honour, holds=row[3] >= 0, revision=row[2])
    return list(found.items())


def _posting(row: database.Row) -> Posting:
    return Posting(
        key=row[1],
        currency=row[3],
        kind=EntryKind(row[4]),
        amount=row[5],
        debit=row[6],
        credit=row[7],
        subject=row[8],
        at=row[9],
        available_at=row[10],
        expires_at=row[11],
        lots=_shares.decode(row[12]),
    )
