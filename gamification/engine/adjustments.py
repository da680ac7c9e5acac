"""Adjustments: what staff asked for, and what became of it, as values and as they are stored."""

from enum import StrEnum

import msgspec

from gamification.engine.models import ADJUSTMENT_DECISIONS, ADJUSTMENT_REQUESTS
from kit import database
from kit.clock import Instant
from kit.errors import NotFound


class AdjustmentState(StrEnum):
    """Whether an adjustment still waits for a second person, or what became of it."""

    PENDING = "PENDING"
    APPLIED = "APPLIED"
    REJECTED = "REJECTED"
    REVERSED = "REVERSED"


class AdjustmentDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Who decided, how, when and why; the entry, where it was approved."""

    approved: bool
    note: str
    decided_by: str
    decided_at: Instant
    source: str
    entry_id: str | None = None


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """Points that staff give (above 0) or take. `by_two`: it takes a second person to decide."""

    id: str
    member_id: str
    currency: str
    points: int
    reason: str
    expires_at: Instant | None
    by_two: bool
    source: str
    digest: str
    requested_by: str
    requested_at: Instant
    decision: AdjustmentDecision | None = None
    is_reversed: bool = False

    @property
    def entry_source(self) -> str:
        """The source of its entry: what was asked for long before must not wait for its key."""
        return f"adjustment:{self.id}" if self.by_two else self.source

    @property
    def state(self) -> AdjustmentState:
        """Where it is in its life."""
        if self.decision is None:
            return AdjustmentState.PENDING
        if not self.decision.approved:
            return AdjustmentState.REJECTED
        return AdjustmentState.REVERSED if self.is_reversed else AdjustmentState.APPLIED


_FOUND = """
    SELECT r.id, r.member_id, r.currency, r.points, r.reason, r.expires_at, r.by_two, r.source,
        r.digest, r.requested_by, r.requested_at, d.outcome, d.note, d.decided_by, d.decided_at,
        d.source, d.entry_id, r.state
    FROM (SELECT adjustment_request.*, CASE
        WHEN decision.outcome IS NULL THEN 'PENDING'
        WHEN decision.outcome = 'REJECTED' THEN 'REJECTED'
        WHEN EXISTS (SELECT 1 FROM journal_entry AS entry JOIN journal_entry AS taken
            ON taken.target = entry.source AND taken.target <> '' AND taken.type = 'RETRACTION'
            WHERE entry.id = decision.entry_id) THEN 'REVERSED'
        ELSE 'APPLIED' END AS state
        FROM adjustment_request LEFT JOIN adjustment_decision AS decision
            ON decision.request_id = adjustment_request.id) AS r
    LEFT JOIN adjustment_decision AS d ON d.request_id = r.id
"""


async def find_adjustment(id: str) -> Adjustment:
    """The adjustment of that id. Raises `NotFound`."""
    row = await database.fetch_one(f"{_FOUND} WHERE r.id = ?", id)
    if row is None:
        raise NotFound("adjustment", id)
    return _adjustment(row)


async def adjustment_of_source(source: str) -> Adjustment | None:
    """What was asked for under that key before."""
    row = await database.fetch_one(f"{_FOUND} WHERE r.source = ?", source)
    return None if row is None else _adjustment(row)


async def adjustments_page(
    *, state: AdjustmentState | None = None, after: str | None = None, limit: int
) -> list[Adjustment]:
    """Adjustments in that state (None: in any), newest first, from just behind that id."""
    rows = await database.fetch(
        f"{_FOUND} WHERE r.id < ? AND (r.state = ? OR ? = '') ORDER BY r.id DESC LIMIT ?",
        "~" if after is None else after,
        state.value if state else "",
        state.value if state else "",
        limit,
    )
    return [_adjustment(row) for row in rows]


async def adjusted_alone(member_id: str, currency: str, *, by: str, since: Instant) -> int:
    """How many points somebody has given this member and taken, by themselves, since then."""
    row = await database.fetch_one(
        "SELECT coalesce(sum(abs(points)), 0) FROM adjustment_request WHERE member_id = ?"
        " AND currency = ? AND lower(requested_by) = lower(?) AND requested_at > ?"
        " AND NOT by_two",
        member_id,
        currency,
        by,
        since,
    )
    assert row is not None
    return int(row[0])


async def insert_request(asked: Adjustment) -> bool:
    """Write down what is asked for; False where its source was used before."""
    row = tuple(getattr(asked, name) for name in ADJUSTMENT_REQUESTS.columns)
    return bool(
        await database.insert(
            ADJUSTMENT_REQUESTS, [row], on_conflict="ON CONFLICT (source) DO NOTHING"
        )
    )


async def insert_decision(asked: Adjustment, decision: AdjustmentDecision) -> bool:
    """Write down what was decided; False where the decision's source was used before.

    Raises `IntegrityError` where it is decided already, or by the wrong person.
    """
    row = (
        asked.id,
        asked.requested_by,
        asked.by_two,
        "APPROVED" if decision.approved else "REJECTED",
        decision.note,
        decision.decided_by,
        decision.decided_at,
        decision.source,
        decision.entry_id,
    )
    return bool(
        await database.insert(
            ADJUSTMENT_DECISIONS, [row], on_conflict="ON CONFLICT (source) DO NOTHING"
        )
    )


def _adjustment(row: database.Row) -> Adjustment:
    decision = row[11] and AdjustmentDecision(
        approved=row[11] == "APPROVED",
        note=row[12],
        decided_by=row[13],
        decided_at=row[14],
        source=row[15],
        entry_id=row[16],
    )
    return Adjustment(
        id=row[0],
        member_id=row[1],
        currency=row[2],
        points=row[3],
        reason=row[4],
        expires_at=row[5],
        by_two=bool(row[6]),
        source=row[7],
        digest=row[8],
        requested_by=row[9],
        requested_at=row[10],
        decision=decision,
        is_reversed=row[17] == AdjustmentState.REVERSED,
    )
