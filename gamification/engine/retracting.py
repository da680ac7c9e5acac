"""Retracting: taking back an activity, wholly or in part, any number of times up to the whole."""

from fractions import Fraction

from gamification import journal
from gamification.engine import storing
from gamification.engine.recording import Recorded
from gamification.journal import WHOLE, Entry, EntryType, Facts
from kit import clock, database, ids
from kit.errors import AlreadyResolved, IdempotencyConflict, InvalidInput, NotFound


async def retract(
    *,
    source: str,
    reason: str,
    target_id: str | None = None,
    target_source: str | None = None,
    share: Fraction | None = None,
    amount: int | None = None,
) -> Recorded:
    """Take back a share (above 0, at most 1) or an amount (minor units) of an activity, or all.

    Raises `NotFound`, `InvalidInput`, `AlreadyResolved` (nothing is left of it) and
    `IdempotencyConflict`.
    """
    if not 1 <= len(reason) <= 500:
        raise InvalidInput.at("reason", "must be from 1 to 500 characters")
    if share is not None and amount is not None:
        raise InvalidInput.at("amount", "give a fraction or an amount, not both")
    if share is not None and not 0 < share <= 1:
        raise InvalidInput.at("fraction", "must be above 0 and at most 1")
    target = await journal.find_entry(id=target_id, source=target_source)
    if target.type is not EntryType.ACTIVITY:
        raise NotFound("activity", target_id or target_source or "")
    return await database.unit_of_work(_retract, target, source, reason, share, amount)


async def _retract(
    target: Entry, source: str, reason: str, share: Fraction | None, amount: int | None
) -> Recorded:
    async with database.transaction():
        await storing.lock([target.member_id])
        digest = journal.digest_of(target.source, reason, share and str(share), amount)
        known = (await journal.known_sources([source])).get(source)
        if known is not None:
            if known.digest != digest:
                raise IdempotencyConflict(source)
            return Recorded(entry=known.entry, replayed=True)
        facts = await _facts(target, share, amount, reason)
        entry = Entry(
            id=ids.new(),
            member_id=target.member_id,
            type=EntryType.RETRACTION,
            kind=target.kind,
            source=source,
            # Never before what it takes back, so that a journal reads in order.
            at=max(clock.now(), target.at),
            facts=facts,
            target=target.source,
        )
        appended = (await journal.append([(entry, digest)]))[source]
        if appended.entry.id != entry.id:
            # Another member's entry took the same key at the same moment.
            raise IdempotencyConflict(source)
        return Recorded(entry=entry, replayed=False)


async def _facts(target: Entry, share: Fraction | None, amount: int | None, reason: str) -> Facts:
    """What is taken back, decided once under the member's lock: never more than is left."""
    earlier = await journal.retractions_of(target.source)
    left = WHOLE - journal.share_taken(target, earlier)
    if left == 0:
        raise AlreadyResolved("activity")
    if amount is None:
        wanted = WHOLE if share is None else max(1, int(share * WHOLE))
        if share is not None and wanted > left:
            raise InvalidInput.at("fraction", f"at most {left / WHOLE:g} of it is left")
        return Facts(share=min(wanted, left), reason=reason)
    rest = (target.facts.amount or 0) - journal.amount_taken(target, earlier)
    if not 1 <= amount <= rest:
        raise InvalidInput.at("amount", f"must be from 1 to {rest:,} minor units: what is left")
    return Facts(amount=amount, reason=reason)
