"""Gathering what there is to settle for a batch of locked members: what is new, and what before."""

from collections.abc import Mapping, Sequence

import msgspec

from gamification import journal
from gamification.engine import budgeting, checkpointing, checkpoints, recalling, storing
from gamification.engine.checkpoints import Checkpoint
from gamification.engine.settlement import Stored, is_in_order
from gamification.engine.storing import Locked
from gamification.journal import Entry, EntryType
from gamification.programme import Programme
from kit.clock import Instant


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


async def works(locked: Sequence[Locked], published: Programme) -> list[Work]:
    """Claim all that waits for these members, and read what has to be folded again for it."""
    claimed = await journal.claim([member.member_id for member in locked])
    wanted = [one for ids in claimed.values() for one in ids if one is not None]
    claimed_entries: dict[str, list[Entry]] = {}
    for entry in await journal.entries_by_id(wanted):
        claimed_entries.setdefault(entry.member_id, []).append(entry)
    # One that comes back from the dead letters may have had its part of a budget before.
    new = await budgeting.attached(claimed_entries, published)
    found = []
    for member in locked:
        entries = sorted(new.get(member.member_id, []), key=_order)
        ids = claimed.get(member.member_id, [])
        refold = None in ids or bool(entries and not is_in_order(member.outline, entries))
        found.append(Work(member=member, new=entries, refold=refold, claimed=ids))
    await _recall([work for work in found if work.refold], published)
    return found


async def whole(member_id: str, published: Programme) -> Work:
    """All that is known of a member by now, to be folded from nothing."""
    [member] = await storing.lock([member_id])
    work = Work(member=member, refold=True)
    await _recall_all([work], published)
    return work


def with_facts(work: Work, decided: budgeting.Decided) -> Work:
    """The same work once more, with what budgets allowed its entries."""
    # A fold may have changed the standing in place: begin with the stored one again.
    member = msgspec.structs.replace(work.member)
    return msgspec.structs.replace(
        work,
        member=member,
        new=budgeting.with_facts(work.new, decided),
        journal=budgeting.with_facts(work.journal, decided),
    )


async def _recall(again: Sequence[Work], published: Programme) -> None:
    """Read what has to be folded again, from as late as may be."""
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
        entries = await journal.journal_after(member_id, at)
        work.journal = (await budgeting.attached({member_id: entries}, published))[member_id]
        work.stored = await recalling.stored_after(member_id, at)
    await _recall_all(from_nothing, published)


async def _recall_all(works: Sequence[Work], published: Programme) -> None:
    if not works:
        return
    member_ids = [work.member.member_id for work in works]
    # What was recorded since the claim waits for its own turn, and is not folded before it.
    settled = await journal.journals_of(member_ids, settled=True)
    journals = await budgeting.attached(settled, published)
    stored = await recalling.stored_of(member_ids)
    for work in works:
        work.journal = journals[work.member.member_id]
        work.stored = stored[work.member.member_id]


async def _checkpoint(work: Work, targets: Mapping[str, Instant]) -> Checkpoint | None:
    """The newest checkpoint from before all that is new, or taken back; None: from nothing."""
    if None in work.claimed or not work.new or work.member.outline.entries < checkpoints.INTERVAL:
        return None
    earliest = min(
        targets[entry.target] if entry.type is EntryType.RETRACTION else entry.at
        for entry in work.new
    )
    return await checkpointing.newest_before(work.member.member_id, earliest)


def _order(entry: Entry) -> tuple[Instant, str]:
    return entry.at, entry.source
