"""Locking standings, and writing settlements in bulk: one statement a table."""

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from gamification import leaderboards
from gamification.engine import checkpointing, checkpoints, sealing
from gamification.engine.difference import HonourRow, PostingRow
from gamification.engine.models import EFFECTS, STANDINGS
from gamification.engine.settlement import Settlement
from gamification.engine.standing import Outline, Standing, outlined, packed, unpacked
from gamification.ledger import LEDGER, NEVER
from kit import clock, database, ids
from kit.clock import Instant

_lots = msgspec.json.Encoder()


class Locked(msgspec.Struct, kw_only=True, dict=True):
    """A member whose standing this transaction holds, packed as it was read."""

    member_id: str
    external_id: str
    zone: str
    state: bytes
    revision: int

    @cached_property
    def outline(self) -> Outline:
        """What was folded so far, in short."""
        return outlined(self.state)

    @cached_property
    def standing(self) -> Standing:
        """The standing, unpacked once: who folds onto it changes it."""
        return unpacked(self.state)


class Causes(msgspec.Struct, kw_only=True):
    """Which entry a row is put down to: by its source, else to what set the settling off."""

    by_source: Mapping[str, str] = {}
    otherwise: str | None = None

    def of(self, source: str) -> str | None:
        """The id of the entry behind an effect."""
        return self.by_source.get(source, self.otherwise)


async def open_standings(member_ids: Sequence[str]) -> None:
    """Give new members a standing each, which is also the lock that all their changes take."""
    empty = packed(Standing())
    await database.insert(STANDINGS, [(member_id, empty, None, 0) for member_id in member_ids])


async def lock(member_ids: Sequence[str], *, skip_locked: bool = False) -> list[Locked]:
    """Lock the members' standings, in the order of their ids, and read them."""
    locking = database.locking(skip_locked=skip_locked)
    rows = await database.fetch(
        "SELECT s.member_id, m.external_id, m.time_zone, s.state, s.revision FROM"
        f" (SELECT member_id, state, revision FROM standing WHERE member_id IN ?"
        f" ORDER BY member_id{locking}) AS s JOIN member m ON m.id = s.member_id",
        sorted(member_ids),
    )
    return [
        Locked(
            member_id=row[0],
            external_id=row[1],
            zone=row[2],
            state=row[3],
            revision=row[4],
        )
        for row in rows
    ]


async def due(now: Instant, limit: int) -> list[str]:
    """The members for whom something fell due, longest ago first."""
    rows = await database.fetch(
        "SELECT member_id FROM standing WHERE next_due_at <= ? ORDER BY next_due_at LIMIT ?",
        now,
        limit,
    )
    return [row[0] for row in rows]


async def silence(member_id: str) -> None:
    """Let nothing fall due for a member whose standing cannot be advanced: staff must look."""
    await database.execute("UPDATE standing SET next_due_at = NULL WHERE member_id = ?", member_id)


async def write(settled: Sequence[tuple[Locked, Settlement, Causes]]) -> None:
    """Write the settlements of a batch of locked members."""
    now = clock.now()
    await database.insert(
        STANDINGS,
        [
            (
                member.member_id,
                packed(settlement.standing),
                None if settlement.standing.next_due >= NEVER else settlement.standing.next_due,
                settlement.revision,
            )
            for member, settlement, _ in settled
        ],
        on_conflict="ON CONFLICT (member_id) DO UPDATE"
        " SET state = excluded.state, next_due_at = excluded.next_due_at,"
        " revision = excluded.revision",
    )
    postings = [
        _ledger_row(member.member_id, row, causes, now)
        for member, settlement, causes in settled
        for row in settlement.postings
    ]
    await database.insert(LEDGER, postings)
    honours = [
        _effect_row(member.member_id, row, causes, now)
        for member, settlement, causes in settled
        for row in settlement.honours
    ]
    await database.insert(EFFECTS, honours)
    entry_ids = [id for _, _, causes in settled for id in causes.by_source.values()]
    await sealing.note(entry_ids, postings, honours)
    await database.insert(
        leaderboards.SCORES,
        [
            (
                board,
                period,
                member.member_id,
                *score,
                leaderboards.tiebreak(board, member.external_id),
            )
            for member, settlement, _ in settled
            for (board, period), score in settlement.scores.items()
        ],
        on_conflict="ON CONFLICT (board, period, member_id) DO UPDATE"
        " SET score = excluded.score, reached_at = excluded.reached_at",
    )
    for member, settlement, _ in settled:
        await _tidy(member, settlement)


async def _tidy(member: Locked, settlement: Settlement) -> None:
    """Drop what a fold of the past has made wrong, and keep the checkpoints that were due."""
    for board, period in settlement.dropped_scores:
        await database.execute(
            "DELETE FROM score WHERE board = ? AND period = ? AND member_id = ?",
            board,
            period,
            member.member_id,
        )
    # Before that many entries there is no checkpoint.
    if settlement.since is not None and member.outline.entries >= checkpoints.INTERVAL:
        await checkpointing.drop_after(member.member_id, settlement.since)
    if settlement.checkpoints:
        await checkpointing.keep(
            member.member_id, settlement.checkpoints, of=settlement.standing.entries
        )


def _ledger_row(
    member_id: str, row: PostingRow, causes: Causes, now: Instant
) -> tuple[object, ...]:
    posting = row.posting
    return (
        ids.new(),
        member_id,
        posting.currency,
        posting.kind.value,
        posting.amount,
        posting.debit,
        posting.credit,
        posting.key,
        row.revision,
        posting.subject,
        causes.of(posting.cause),
        posting.at,
        now,
        posting.available_at,
        posting.expires_at,
        _lots.encode(posting.lots).decode() if posting.lots else "[]",
    )


def _effect_row(member_id: str, row: HonourRow, causes: Causes, now: Instant) -> tuple[object, ...]:
    honour = row.honour
    return (
        ids.new(),
        member_id,
        honour.kind.value,
        honour.key,
        row.revision,
        row.change,
        honour.subject,
        honour.value,
        honour.previous,
        honour.version,
        causes.of(honour.cause),
        honour.at,
        now,
    )
