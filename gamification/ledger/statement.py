"""A member's statement: the ledger's lines, newest first, each with its reason."""

from collections.abc import Sequence

import msgspec

from gamification.ledger.lot import Share
from gamification.ledger.models import EntryKind
from gamification.ledger.posting import signed
from kit import database
from kit.clock import Instant

# A hold that was captured reads as what it became: its keys are hold:<source>, capture:<source>.
_KIND = (
    "CASE WHEN kind = 'HOLD' THEN coalesce((SELECT taken.kind FROM ledger_entry AS taken"
    " WHERE taken.member_id = line.member_id AND taken.key = 'capture:' || substr(line.key, 6)"
    " AND taken.kind <> 'REVERSE' LIMIT 1), kind) ELSE kind END"
)

# A late activity can shift the lots of a spend, or the time of a prize: the row is then reversed
# and posted again in one go. No points moved, so it is no news to the member.
_NOT_POSTED_AGAIN = """
    NOT EXISTS (SELECT 1 FROM ledger_entry AS other
        WHERE other.member_id = line.member_id AND other.key = line.key
        AND other.amount = line.amount AND other.recorded_at = line.recorded_at
        AND other.debit = line.credit AND other.credit = line.debit
        AND ((line.kind IN ('REVERSE', 'CLAWBACK') AND other.revision = line.revision + 1)
          OR (other.kind IN ('REVERSE', 'CLAWBACK') AND other.revision = line.revision - 1)))
"""

_shares = msgspec.json.Decoder(tuple[Share, ...])


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `amount` is signed: plus for what the member got. `subject` says why.

    `entry_id` is what caused it, where something did: an activity, a spend, or the retraction that
    took it back. `lots` are those that a debit used: their keys, and how many points of each.
    """

    id: str
    currency: str
    amount: int
    kind: EntryKind
    subject: str
    entry_id: str | None
    at: Instant
    recorded_at: Instant
    lots: tuple[Share, ...] = ()


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """How a lot came about: when it was earned, what for, and on which terms."""

    at: Instant
    available_at: Instant
    expires_at: Instant
    kind: EntryKind
    subject: str


async def statement(
    member_id: str,
    *,
    currency: str | None = None,
    kinds: Sequence[EntryKind] = (),
    after: tuple[Instant, str] | None = None,
    limit: int,
) -> list[Line]:
    """Lines newest first, from just behind `after` (event time and id of a line).

    All of them, unless some `kinds` (as the lines tell them) are named. What moves out
    of a hold is no line of its own: the hold's line then says what it was for.
    """
    at, line_id = after if after is not None else (1 << 62, "")
    of_kinds = f" AND {_KIND} IN ?" if kinds else ""
    rows = await database.fetch(
        f"SELECT id, currency, amount, debit, credit, {_KIND}, subject, entry_id, at,"
        " recorded_at, lots FROM ledger_entry AS line WHERE member_id = ? AND (at, id) < (?, ?)"
        " AND (debit = 'member' OR credit = 'member') AND (currency = ? OR ? = '')"
        f"{of_kinds} AND {_NOT_POSTED_AGAIN}"
        " ORDER BY at DESC, id DESC LIMIT ?",
        member_id,
        at,
        line_id,
        currency or "",
        currency or "",
        *([[kind.value for kind in kinds]] if kinds else []),
        limit,
    )
    return [
        Line(
            id=row[0],
            currency=row[1],
            amount=signed(row[2], debit=row[3], credit=row[4]),
            kind=EntryKind(row[5]),
            subject=row[6],
            entry_id=row[7],
            at=row[8],
            recorded_at=row[9],
            lots=_shares.decode(row[10]),
        )
        for row in rows
    ]


async def origins_of(lots: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Origin]:
    """How lots came about, each named by its member and its key."""
    if not lots:
        return {}
    rows = await database.fetch(
        "SELECT member_id, key, at, available_at, expires_at, kind, subject FROM ledger_entry"
        " WHERE member_id IN ? AND key IN ? AND kind NOT IN ('REVERSE', 'CLAWBACK')"
        " ORDER BY revision",
        sorted({member_id for member_id, _ in lots}),
        sorted({key for _, key in lots}),
    )
    wanted = set(lots)
    # What was posted again says last how it is.
    return {
        (row[0], row[1]): Origin(
            at=row[2],
            available_at=row[3],
            expires_at=row[4],
            kind=EntryKind(row[5]),
            subject=row[6],
        )
        for row in rows
        if (row[0], row[1]) in wanted
    }


async def account_totals(prefix: str) -> dict[str, int]:
    """What each account whose name begins so has received, less what it paid; zeros left out."""
    rows = await database.fetch(
        "SELECT account, sum(amount) FROM ("
        "SELECT credit AS account, amount FROM ledger_entry WHERE substr(credit, 1, ?) = ?"
        " UNION ALL SELECT debit AS account, -amount FROM ledger_entry"
        " WHERE substr(debit, 1, ?) = ?) AS legs GROUP BY account",
        len(prefix),
        prefix,
        len(prefix),
        prefix,
    )
    return {row[0]: int(row[1]) for row in rows if row[1]}


async def account_total(account: str, *, subject: str = "") -> int:
    """What an account outside the members' has received, less what it has paid.

    With `subject`, only what was posted for reasons that begin so.
    """
    row = await database.fetch_one(
        "SELECT coalesce(sum(CASE WHEN credit = ? THEN amount ELSE -amount END), 0)"
        " FROM ledger_entry WHERE (credit = ? OR debit = ?) AND substr(subject, 1, ?) = ?",
        account,
        account,
        account,
        len(subject),
        subject,
    )
    assert row is not None
    return int(row[0])
