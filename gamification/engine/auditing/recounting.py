"""Recounting: what staff decided, what members handed over and what budgets allowed, against the
entries of the journal that came of it."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final

import msgspec

from gamification import journal
from gamification.engine.auditing.checks import Check, Tally
from gamification.journal import EntryType, Facts
from kit import database

AT_ONCE: Final = 1_000

_facts = msgspec.json.Decoder(Facts)
_ADJUSTMENTS: Final = (
    "SELECT r.id, r.member_id, r.currency, r.points, r.reason, r.expires_at, r.by_two, r.source,"
    " r.digest, r.requested_by, r.requested_at, d.requested_by, d.by_two, d.outcome, d.decided_by,"
    " d.decided_at, d.entry_id, e.type, e.member_id, e.source, e.digest, e.facts"
    " FROM adjustment_request AS r LEFT JOIN adjustment_decision AS d ON d.request_id = r.id"
    " LEFT JOIN journal_entry AS e ON e.id = d.entry_id WHERE r.id > ? ORDER BY r.id LIMIT ?"
)
_TRANSFERS: Final = (
    "SELECT t.id, t.sender_id, t.recipient_id, t.currency, t.points, t.source, t.at,"
    " a.type, a.member_id, a.source, a.at, a.facts, b.type, b.member_id, b.source, b.at, b.facts"
    " FROM transfer AS t LEFT JOIN journal_entry AS a ON a.id = t.out_entry_id"
    " LEFT JOIN journal_entry AS b ON b.id = t.in_entry_id WHERE t.id > ? ORDER BY t.id LIMIT ?"
)
_ADMISSIONS: Final = (
    "SELECT a.id, a.member_id, a.kind, a.source, a.at, a.facts, d.outcome, d.entry_id,"
    " e.member_id, e.kind, e.source, e.at, e.facts"
    " FROM set_aside AS a JOIN set_aside_decision AS d ON d.set_aside_id = a.id"
    " LEFT JOIN journal_entry AS e ON e.id = d.entry_id WHERE a.id > ? ORDER BY a.id LIMIT ?"
)
_STRAYS: Final = {
    "adjustments": "SELECT id FROM journal_entry AS e WHERE type = 'ADJUSTMENT' AND NOT EXISTS"
    " (SELECT 1 FROM adjustment_decision AS d JOIN adjustment_request AS r ON r.id = d.request_id"
    " WHERE d.entry_id = e.id) ORDER BY id LIMIT 1",
    "transfers": "SELECT id FROM journal_entry AS e WHERE type IN ('TRANSFER', 'GRANT')"
    " AND NOT EXISTS (SELECT 1 FROM transfer AS t WHERE t.out_entry_id = e.id)"
    " AND NOT EXISTS (SELECT 1 FROM transfer AS t WHERE t.in_entry_id = e.id) ORDER BY id LIMIT 1",
    "admissions": "SELECT set_aside_id FROM set_aside_decision AS d WHERE NOT EXISTS"
    " (SELECT 1 FROM set_aside AS a WHERE a.id = d.set_aside_id) ORDER BY set_aside_id LIMIT 1",
}


async def adjustments_check() -> Check:
    """Whether each adjustment came of a request that says the same, decided by who may."""
    return await _recounted("adjustments", "adjustment_request", _ADJUSTMENTS, _adjustment)


async def transfers_check() -> Check:
    """Whether the two entries of each transfer say the same, and what was given was received."""
    check = await _recounted("transfers", "transfer", _TRANSFERS, _transfer)
    for currency, given, received in await database.fetch(
        "SELECT currency, coalesce(sum(CASE WHEN credit = 'transfer' THEN amount END), 0),"
        " coalesce(sum(CASE WHEN debit = 'transfer' THEN amount END), 0) FROM ledger_entry"
        " WHERE credit = 'transfer' OR debit = 'transfer' GROUP BY currency ORDER BY currency"
    ):
        if given != received and check.ok:
            detail = f"{currency}: {int(given):,} handed over, {int(received):,} received"
            check = Check(name=check.name, ok=False, detail=detail)
    return check


async def admissions_check() -> Check:
    """Whether what staff admitted stands in the journal as it was set aside."""
    return await _recounted("admissions", "set_aside", _ADMISSIONS, _admission)


async def _recounted(
    name: str, table: str, sql: str, problem_of: Callable[[Sequence[Any]], str]
) -> Check:
    tally = Tally(unit=name)
    async for row in _rows(sql):
        problem = problem_of(row)
        tally.note(f"{table} {row[0]} {problem}" if problem else "")
    for stray in await database.fetch(_STRAYS[name]):
        tally.differ(f"{stray[0]} came of none that is known")
    return tally.check(name)


async def _rows(sql: str) -> AsyncIterator[Sequence[Any]]:
    after = ""
    while rows := await database.fetch(sql, after, AT_ONCE):
        after = rows[-1][0]
        for row in rows:
            yield row


def _adjustment(row: Sequence[Any]) -> str:
    id, member_id, currency, points, reason, expires_at, by_two, source, digest = row[:9]
    requested_by, requested_at, again_by, again_two, outcome, decided_by, decided_at = row[9:16]
    if digest != journal.digest_of(member_id, currency, points, reason, expires_at):
        return "was altered: it does not say what was asked for"
    if outcome is None:
        return "" if by_two else "needs nobody else, and was never decided"
    told = (requested_by, bool(by_two), decided_by.lower() != requested_by.lower())
    if told != (again_by, bool(again_two), bool(by_two)) or decided_at < requested_at:
        return "was decided by somebody who may not, or of another"
    if outcome != "APPROVED":
        return "" if row[16] is None else "was rejected, and has an entry"
    expected = Facts(
        points=points,
        currency=currency,
        reason=reason,
        actor=requested_by,
        expires_at=expires_at,
    )
    where = f"adjustment:{id}" if by_two else source
    return _of_entry(row[17:], (EntryType.ADJUSTMENT.value, member_id, where, digest), expected)


def _transfer(row: Sequence[Any]) -> str:
    id, sender_id, recipient_id, currency, points, source, at = row[:7]
    said = Facts(points=points, currency=currency)
    out = _of_entry(row[7:12], (EntryType.TRANSFER.value, sender_id, source, at), said)
    into = (EntryType.GRANT.value, recipient_id, f"transfer:{id}", at)
    return out or _of_entry(row[12:], into, said)


def _admission(row: Sequence[Any]) -> str:
    if row[6] != "ADMITTED":
        return "" if row[7] is None else "was dismissed, and has an entry"
    return "" if tuple(row[1:6]) == tuple(row[8:13]) else "is not what its entry says"


def _of_entry(entry: Sequence[Any], columns: tuple[object, ...], said: Facts) -> str:
    """Whether an entry's columns, its facts last, are those, and its facts what was said."""
    if tuple(entry[:-1]) != columns:
        return "is not what its entry says"
    facts = _facts.decode(entry[-1])
    for name in ("points", "currency", "reason", "actor", "expires_at"):
        if getattr(facts, name) != getattr(said, name):
            return f"is not what its entry says: {name}"
    return ""
