"""Admitting: staff decide about activities that came too late, or from the future."""

import msgspec
import structlog

from gamification import journal
from gamification.engine import storing
from gamification.engine.recording import Recording, digest_of, is_ahead
from gamification.engine.settling import settle
from gamification.engine.staff import Staff, check_text, refuse_own
from gamification.journal import Apart, ApartDecision, ApartOutcome, DeadLetter
from kit import clock, database
from kit.errors import AlreadyResolved, IdempotencyConflict, NotAvailable

log = structlog.get_logger(__name__)


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The activity that was set aside, as decided, and whether the same call had come before."""

    apart: Apart
    replayed: bool


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """The dead letter as it was, and whether what it was about could be folded this time."""

    letter: DeadLetter
    folded: bool


async def admit(id: str, *, by: Staff, reason: str, source: str) -> Judged:
    """Record an activity that was set aside, at its own time and under its own key.

    It waits to be settled like any other. Raises `NotFound`, `AlreadyResolved`, `NotAvailable` (it
    is still to come: admitting it would let the member's time run ahead), `Denied` (staff's own)
    and `IdempotencyConflict`: also where its key stands for another activity by now.
    """
    return await _judged(id, ApartOutcome.ADMITTED, by, reason, source)


async def dismiss(id: str, *, by: Staff, reason: str, source: str) -> Judged:
    """Leave an activity that was set aside out for good. Raises what `admit` does."""
    return await _judged(id, ApartOutcome.DISMISSED, by, reason, source)


async def retry(id: str, *, by: Staff) -> Retried:
    """Try to fold again what could not be folded; it becomes a dead letter anew if it still fails.

    Raises `NotFound`.
    """
    letter = await database.unit_of_work(_revived, id)
    log.info("a dead letter is tried again", letter=id, member_id=letter.member_id, by=by.name)
    await settle([letter.member_id])
    return Retried(letter=letter, folded=not await journal.is_dead(letter))


async def _judged(id: str, outcome: ApartOutcome, by: Staff, reason: str, source: str) -> Judged:
    check_text(reason, "reason")
    apart = await journal.find_apart(id)
    decision = ApartDecision(
        outcome=outcome, reason=reason, decided_by=by.name, decided_at=clock.now(), source=source
    )
    return await database.unit_of_work(_judge, apart, decision, by)


async def _judge(apart: Apart, decision: ApartDecision, by: Staff) -> Judged:
    id = apart.entry.id
    async with database.transaction():
        await storing.lock([apart.entry.member_id])
        apart = await journal.find_apart(id)
        if apart.decision is not None:
            _refuse_other(apart.decision, decision)
            return Judged(apart=apart, replayed=True)
        await refuse_own(apart.entry.member_id, by=by)
        admitted = decision.outcome is ApartOutcome.ADMITTED
        entry_id = await _recorded(apart) if admitted else None
        if not await journal.judge(id, decision, entry_id=entry_id):
            # The key has decided about another activity.
            raise IdempotencyConflict(decision.source)
        return Judged(
            apart=msgspec.structs.replace(apart, decision=decision),
            replayed=False,
        )


async def _recorded(apart: Apart) -> str:
    """The id of the entry, which waits to be settled."""
    if is_ahead(apart.entry.at, clock.now()):
        raise NotAvailable(
            "The activity", f"it is still to come: {clock.isoformat(apart.entry.at)}"
        )
    entry, digest = apart.entry, apart.digest or _digest(apart)
    found = (await journal.append([(entry, digest)]))[entry.source]
    if found.digest != digest:
        raise IdempotencyConflict(entry.source)
    return found.entry.id


def _refuse_other(known: ApartDecision, said: ApartDecision) -> None:
    """Raise unless this call is the one that has decided."""
    if known.source != said.source:
        raise AlreadyResolved("The activity")
    if (known.outcome, known.reason) != (said.outcome, said.reason):
        raise IdempotencyConflict(said.source)


def _digest(apart: Apart) -> str:
    """What the caller must have said, where that was not kept."""
    entry, facts = apart.entry, apart.entry.facts
    said = Recording(
        kind=entry.kind,
        source=entry.source,
        occurred_at=entry.at,
        amount=facts.amount,
        currency=facts.currency or None,
        quantity=facts.quantity,
        channel=facts.channel,
        partner=facts.partner,
        attributes=facts.attributes,
    )
    return digest_of(said, entry.member_id)


async def _revived(id: str) -> DeadLetter:
    async with database.transaction():
        return await journal.revive(id)
