"""Settling: claim members, load standings, fold, write in bulk; one transaction for each batch."""

from collections.abc import Sequence

import msgspec
import structlog

from gamification import journal, programme
from gamification.engine import budgeting, gathering, storing
from gamification.engine.difference import Because
from gamification.engine.facts import Fact, facts_of, snapshot
from gamification.engine.gathering import Work
from gamification.engine.settlement import (
    Settlement,
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
from kit.database import IntegrityError, OperationalError
from kit.errors import DatabaseUnavailable

MEMBERS_MAX = 2_000
"""More members than this are settled in several transactions."""

log = structlog.get_logger(__name__)


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
    assert is_in_order(member.outline, [entry])
    work = Work(member=member, new=[entry])
    settled = _settlement(work, published, None)
    await storing.write([(member, settled.done, settled.causes)])
    await outbox.announce([(member.member_id, settled.facts)])


async def pending() -> int:
    """How many entries wait to be settled."""
    return await journal.waiting()


async def _settle(member_ids: Sequence[str], *, skip_locked: bool, to: Instant | None) -> int:
    """Settle a batch; where it cannot be written, halve it until the one to blame is out."""
    try:
        return await _settle_together(member_ids, skip_locked=skip_locked, to=to)
    except Exception as error:
        # What a constraint refuses is somebody's fault; a database that fails is nobody's.
        is_refused = isinstance(error, IntegrityError)
        if isinstance(error, DatabaseUnavailable | OperationalError) and not is_refused:
            raise
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
        works = await gathering.works(locked, published)
        folded = [await _folded(work, published, to) for work in works if work.claimed or to]
        settled = await _within_budgets([one for one in folded if one], published, to)
        await storing.write([(one.member, one.done, one.causes) for one in settled])
        await outbox.announce((one.member.member_id, one.facts) for one in settled if one.facts)
        return sum(len(work.claimed) for work in works)


async def _give_up(member_id: str, *, reason: str) -> int:
    """Put what waits for a member into the dead letters, so that it holds nobody up."""
    async with database.transaction():
        await storing.lock([member_id])
        claimed = (await journal.claim([member_id])).get(member_id, [])
        await journal.bury(member_id, claimed or [None], reason=reason)
        await storing.silence(member_id)
        return len(claimed)


class _Settled(msgspec.Struct, kw_only=True):
    """What one member's work has come to."""

    work: Work
    done: Settlement
    causes: Causes
    facts: list[Fact]

    @property
    def member(self) -> Locked:
        return self.work.member


async def _folded(work: Work, published: Programme, to: Instant | None) -> _Settled | None:
    try:
        return _settlement(work, published, to)
    except Exception:
        # A poison entry must not hold up everybody else's points.
        log.exception("an entry could not be folded", member_id=work.member.member_id)
        return await _salvaged(work, published, to)


async def _within_budgets(
    settled: Sequence[_Settled], published: Programme, to: Instant | None
) -> list[_Settled]:
    """Let common budgets decide what was wished of them; who got less is folded again with it.

    That may bring new wishes, and each round decides some for good, so it ends.
    """
    done = {one.member.member_id: one for one in settled}
    while wishes := [wish for one in done.values() for wish in one.done.wishes]:
        decided = await budgeting.decide(wishes, published)
        short = {wish.member_id for wish in wishes if wish.source in decided.short}
        for one in list(done.values()):
            if one.member.member_id in short:
                again = gathering.with_facts(one.work, decided)
                done[one.member.member_id] = _settlement(again, published, to)
            else:
                one.done.wishes = []
    return list(done.values())


async def _salvaged(work: Work, published: Programme, to: Instant | None) -> _Settled | None:
    """Fold what can be folded, one new entry after the other; the rest goes to the dead letters."""
    member_id = work.member.member_id
    whole = await gathering.whole(member_id, published)
    new_ids = {entry.id for entry in work.new}
    kept = [entry for entry in whole.journal if entry.id not in new_ids]
    again = None in work.claimed or not work.new
    good: list[Entry] = []
    saved: _Settled | None = None
    for one in (*([None] if again else []), *work.new):
        new = [*good, one] if one else good
        attempt = msgspec.structs.replace(whole, new=new, journal=[*kept, *new])
        try:
            saved = _settlement(attempt, published, to)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            await journal.bury(member_id, [one.id if one else None], reason=repr(error))
        else:
            good = new
    if saved is None:
        await storing.silence(member_id)
    return saved


def _settlement(work: Work, published: Programme, to: Instant | None) -> _Settled:
    member = work.member
    before = snapshot(member.outline)
    if work.refold:
        done, causes = _refolded(work, published, to)
    elif work.new:
        done = continued(
            member.standing, published, work.new, zone=member.zone, revision=member.revision
        )
        causes = Causes(by_source={entry.source: entry.id for entry in work.new})
    else:
        assert to is not None
        done = advanced(member.standing, published, to, zone=member.zone, revision=member.revision)
        causes = Causes()
    edition = published.at(done.standing.last_at)
    return _Settled(work=work, done=done, causes=causes, facts=facts_of(before, done, edition))


def _refolded(work: Work, published: Programme, to: Instant | None) -> tuple[Settlement, Causes]:
    member, now = work.member, clock.now()
    # Time that only an entry ahead of the clock has let pass is taken back with that entry.
    moved_at = min(member.outline.moved_at, now)
    latest = work.new[-1] if work.new else None
    refunds = {one.target: one.source for one in work.new if one.type is EntryType.RETRACTION}
    done = refolded(
        published,
        work.journal,
        work.stored,
        Because(at=latest.at if latest else now, refunds=refunds),
        zone=member.zone,
        until=max(moved_at, to or moved_at),
        checkpoint=work.checkpoint,
        revision=member.revision,
    )
    causes = Causes(
        by_source={entry.source: entry.id for entry in work.new},
        otherwise=latest.id if latest else None,
    )
    return done, causes
