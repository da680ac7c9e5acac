"""Settling: claim members, load standings, fold, write in bulk; one transaction for each batch."""

from collections.abc import Mapping, Sequence

import msgspec
import structlog

from gamification import journal, programme
from gamification.engine import checkpointing, checkpoints, recalling, storing
from gamification.engine.checkpoints import Checkpoint
from gamification.engine.difference import Because
from gamification.engine.facts import Fact, facts_of, snapshot
from gamification.engine.settlement import (
    Settlement,
    Stored,
    advanced,
    continued,
    is_in_order,
    refolded,
)
from gamification.engine.storing import Causes, Locked
from gamification.journal import Entry, EntryType
from gamification.programme import Programme
from kit import clock, database, outbox
from kit.clock import Instant
from kit.database import OperationalError
from kit.errors import DatabaseUnavailable

MEMBERS_MAX = 2_000
"""More members than this are settled in several transactions."""

log = structlog.get_logger(__name__)


class Work(msgspec.Struct, kw_only=True):
    """What there is to do for one locked member: sorted new entries to fold on, or a refold.

    A refold begins at a checkpoint where there is one: `journal` and `stored` are what happened
    after it. Without one they are all that there is.
    """

    member: Locked
    new: list[Entry] = []
    refold: bool = False
    claimed: list[str | None] = []
    checkpoint: Checkpoint | None = None
    journal: list[Entry] = []
    stored: Stored = msgspec.field(default_factory=Stored)


async def settle(member_ids: Sequence[str]) -> int:
    """Settle all that waits for these members; how many entries that was.

    Waits for members that somebody else is settling. Each batch is one transaction, which the
    caller's cancellation does not reach.
    """
    unique = sorted(set(member_ids))
    settled = 0
    for start in range(0, len(unique), MEMBERS_MAX):
        batch = unique[start : start + MEMBERS_MAX]
        settled += await database.unit_of_work(_settle, batch, skip_locked=False, to=None)
    return settled


async def settle_pending(*, limit: int = 1_000) -> int:
    """Settle the members behind the `limit` oldest unsettled entries; how many entries that was.

    Members whom another worker holds are left to it.
    """
    member_ids = await journal.members_waiting(limit)
    if not member_ids:
        return 0
    return await database.unit_of_work(_settle, member_ids, skip_locked=True, to=None)


async def sweep(*, limit: int = 500) -> int:
    """Let what has fallen due happen, for at most `limit` members; how many had anything."""
    now = clock.now()
    member_ids = await storing.due(now, limit)
    if member_ids:
        await database.unit_of_work(_settle, member_ids, skip_locked=True, to=now)
    return len(member_ids)


async def fold_in(member: Locked, published: Programme, entry: Entry) -> None:
    """Fold an entry that continues a locked member's journal, at once, in the caller's transaction.

    The entry is appended already, and does not wait in the queue.
    """
    assert is_in_order(member.standing, [entry])
    work = Work(member=member, new=[entry])
    locked, done, causes, facts = _settlement(work, published, None)
    await storing.write([(locked, done, causes)])
    await outbox.announce([(locked.member_id, facts)])


async def pending() -> int:
    """How many entries wait to be settled."""
    return await journal.waiting()


async def _settle(member_ids: Sequence[str], *, skip_locked: bool, to: Instant | None) -> int:
    """Settle a batch; where it cannot be written, halve it until the one to blame is out."""
    try:
        return await _settle_together(member_ids, skip_locked=skip_locked, to=to)
    except (DatabaseUnavailable, OperationalError):
        raise
    except Exception as error:
        if database.in_transaction():
            raise
        if len(member_ids) == 1:
            log.exception("a member could not be settled", member_id=member_ids[0])
            return await _give_up(member_ids[0], reason=repr(error))
        middle = len(member_ids) // 2
        return sum(
            [
                await _settle(half, skip_locked=skip_locked, to=to)
                for half in (member_ids[:middle], member_ids[middle:])
            ]
        )


async def _settle_together(
    member_ids: Sequence[str], *, skip_locked: bool, to: Instant | None
) -> int:
    async with database.transaction():
        published = await programme.in_force()
        locked = await storing.lock(member_ids, skip_locked=skip_locked)
        works = await _works(locked)
        settled = await _folded(works, published, to)
        await storing.write([(member, done, causes) for member, done, causes, _ in settled])
        await outbox.announce((member.member_id, facts) for member, _, _, facts in settled if facts)
        return sum(len(work.claimed) for work in works)


async def _give_up(member_id: str, *, reason: str) -> int:
    """Put what waits for a member into the dead letters, so that it holds nobody up."""
    async with database.transaction():
        await storing.lock([member_id])
        claimed = (await journal.claim([member_id])).get(member_id, [])
        await journal.bury(member_id, claimed or [None], reason=reason)
        await storing.silence(member_id)
        return len(claimed)


async def _works(locked: Sequence[Locked]) -> list[Work]:
    claimed = await journal.claim([member.member_id for member in locked])
    wanted = [one for ids in claimed.values() for one in ids if one is not None]
    new: dict[str, list[Entry]] = {}
    for entry in await journal.entries_by_id(wanted):
        new.setdefault(entry.member_id, []).append(entry)
    works = []
    for member in locked:
        entries = sorted(new.get(member.member_id, []), key=_order)
        ids = claimed.get(member.member_id, [])
        refold = None in ids or bool(entries and not is_in_order(member.standing, entries))
        works.append(Work(member=member, new=entries, refold=refold, claimed=ids))
    return works


async def _recall(works: Sequence[Work]) -> None:
    """Read what has to be folded again, from as late as may be."""
    again = [work for work in works if work.refold]
    targets = await journal.times_of(
        [one.target for work in again for one in work.new if one.type is EntryType.RETRACTION]
    )
    from_nothing = []
    for work in again:
        work.checkpoint = await _checkpoint(work, targets)
        if work.checkpoint is None:
            from_nothing.append(work)
            continue
        member_id, at = work.member.member_id, work.checkpoint.at
        work.journal = await journal.journal_after(member_id, at)
        work.stored = await recalling.stored_after(member_id, at)
    await _recall_all(from_nothing)


async def _recall_all(works: Sequence[Work]) -> None:
    if not works:
        return
    member_ids = [work.member.member_id for work in works]
    # What was recorded since the claim waits for its own turn, and is not folded before it.
    journals = await journal.journals_of(member_ids, settled=True)
    stored = await recalling.stored_of(member_ids)
    for work in works:
        work.journal = journals[work.member.member_id]
        work.stored = stored[work.member.member_id]


async def _checkpoint(work: Work, targets: Mapping[str, Instant]) -> Checkpoint | None:
    """The newest checkpoint from before all that is new, or taken back; None: from nothing."""
    if None in work.claimed or not work.new or work.member.entries < checkpoints.INTERVAL:
        return None
    earliest = min(
        targets[entry.target] if entry.type is EntryType.RETRACTION else entry.at
        for entry in work.new
    )
    return await checkpointing.newest_before(work.member.member_id, earliest)


_Settled = tuple[Locked, Settlement, Causes, list[Fact]]


async def _folded(
    works: Sequence[Work], published: Programme, to: Instant | None
) -> list[_Settled]:
    await _recall(works)
    settled = []
    for work in works:
        if not work.claimed and to is None:
            continue
        try:
            settled.append(_settlement(work, published, to))
        except Exception:
            # A poison entry must not hold up everybody else's points.
            log.exception("an entry could not be folded", member_id=work.member.member_id)
            saved = await _salvaged(work, published, to)
            if saved is not None:
                settled.append(saved)
    return settled


async def _salvaged(work: Work, published: Programme, to: Instant | None) -> _Settled | None:
    """Fold what can be folded, one new entry after the other; the rest goes to the dead letters."""
    member_id = work.member.member_id
    [member] = await storing.lock([member_id])
    whole = Work(member=member)
    await _recall_all([whole])
    new_ids = {entry.id for entry in work.new}
    kept = [entry for entry in whole.journal if entry.id not in new_ids]
    again = None in work.claimed or not work.new
    good: list[Entry] = []
    saved: _Settled | None = None
    for one in (*([None] if again else []), *work.new):
        attempt = Work(
            member=member, new=[*good, one] if one else good, refold=True, stored=whole.stored
        )
        attempt.journal = [*kept, *attempt.new]
        try:
            saved = _settlement(attempt, published, to)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            await journal.bury(member_id, [one.id if one else None], reason=repr(error))
        else:
            good = attempt.new
    if saved is None:
        await storing.silence(member_id)
    return saved


def _settlement(work: Work, published: Programme, to: Instant | None) -> _Settled:
    member, standing = work.member, work.member.standing
    before = snapshot(standing)
    if work.refold:
        done, causes = _refolded(work, published, to)
    elif work.new:
        done = continued(standing, published, work.new, zone=member.zone, revision=member.revision)
        causes = Causes(by_source={entry.source: entry.id for entry in work.new})
    else:
        assert to is not None
        done = advanced(standing, published, to, zone=member.zone, revision=member.revision)
        causes = Causes()
    edition = published.at(done.standing.last_at)
    return member, done, causes, facts_of(before, done, edition)


def _refolded(work: Work, published: Programme, to: Instant | None) -> tuple[Settlement, Causes]:
    member, moved_at = work.member, work.member.standing.moved_at
    latest = work.new[-1] if work.new else None
    refunds = {one.target: one.source for one in work.new if one.type is EntryType.RETRACTION}
    done = refolded(
        published,
        work.journal,
        work.stored,
        Because(at=latest.at if latest else clock.now(), refunds=refunds),
        zone=member.zone,
        until=max(moved_at, to or moved_at),
        checkpoint=work.checkpoint,
        revision=member.revision if work.checkpoint else -1,
    )
    causes = Causes(
        by_source={entry.source: entry.id for entry in work.new},
        otherwise=latest.id if latest else None,
    )
    return done, causes


def _order(entry: Entry) -> tuple[Instant, str]:
    return entry.at, entry.source
