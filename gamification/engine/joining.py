"""Joining: a member's choice to take part in a challenge."""

from gamification import journal, programme
from gamification.challenges import Enrolment, Phase, phase_of
from gamification.engine import storing
from gamification.engine.recording import Recorded
from gamification.journal import Entry, EntryType, Facts
from gamification.programme import Edition
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import IdempotencyConflict, NotAvailable, NotFound


async def join(member_id: str, *, challenge: str, source: str) -> Recorded:
    """Enrol a member in an opt-in challenge, from now on.

    Raises `NotFound`, `NotAvailable` (not open, or needs no joining) and `IdempotencyConflict`.
    """
    return await database.unit_of_work(_join, member_id, challenge, source)


async def _join(member_id: str, challenge: str, source: str) -> Recorded:
    async with database.transaction():
        now = clock.now()
        published = await programme.in_force()
        if not await storing.lock([member_id]):
            raise NotFound("member", member_id)
        entry = Entry(
            id=ids.new(),
            member_id=member_id,
            type=EntryType.CHOICE,
            kind="",
            source=source,
            at=now,
            facts=Facts(choice=f"join:{challenge}"),
        )
        digest = journal.digest_of(member_id, entry.facts)
        known = (await journal.known_sources([source])).get(source)
        if known is None:
            _refuse_closed(published.at(now), challenge, now)
            known = (await journal.append([(entry, digest)]))[source]
        if known.digest != digest:
            raise IdempotencyConflict(source)
        return Recorded(entry=known.entry, replayed=known.entry.id != entry.id)


def _refuse_closed(edition: Edition, challenge: str, now: Instant) -> None:
    compiled = edition.challenges.get(challenge)
    if compiled is None:
        raise NotFound("challenge", challenge)
    if compiled.challenge.enrolment is not Enrolment.OPT_IN:
        raise NotAvailable("challenge", "everybody takes part in it")
    if phase_of(compiled.challenge, now, lateness=0) not in (Phase.SCHEDULED, Phase.ACTIVE):
        raise NotAvailable("challenge", "it is over")
