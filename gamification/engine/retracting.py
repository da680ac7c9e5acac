"""Retracting: taking back activities, wholly or in part, any number of times up to the whole."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from fractions import Fraction

import msgspec

from gamification import journal, programme
from gamification.engine import storing
from gamification.engine.deciding import opened
from gamification.engine.keeping import Kept, kept_badges
from gamification.engine.recording import EARLIEST, LATEST, Answer, Recorded
from gamification.engine.retractions import Retracting, decided, refusal_of, says_the_same
from gamification.engine.returning import refuse_shortage, returns_because
from gamification.journal import Entry, EntryType, Facts, Known
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import IdempotencyConflict, InsufficientPoints, InvalidInput, NotFound, PialaError

Noting = Callable[[Sequence[Entry]], Awaitable[None]]
"""Hears of retractions in the transaction that records them."""


async def retract(
    *,
    source: str,
    reason: str,
    target_id: str | None = None,
    target_source: str | None = None,
    share: Fraction | None = None,
    amount: int | None = None,
    noting: Noting | None = None,
) -> Recorded:
    """Take back a share (above 0, at most 1) or an amount (minor units) of an activity, or all.

    Points that paid for it go back, as far as it is taken back. Raises `NotFound`,
    `InvalidInput`, `AlreadyResolved` (nothing is left of it), `InsufficientPoints` (where a
    currency lets no refund take what is spent already) and `IdempotencyConflict`. `noting` as for
    `retract_all`.
    """
    told = Retracting(
        source=source,
        reason=reason,
        target_id=target_id or "",
        target_source=target_source or "",
        share=share,
        amount=amount,
    )
    [answer] = await retract_all([told], noting=noting)
    if isinstance(answer, PialaError):
        raise answer
    return answer


async def retract_all(
    told: Sequence[Retracting], *, trusted: bool = False, noting: Noting | None = None
) -> list[Answer]:
    """Take back in the order given, in one transaction; each is answered with what became of it.

    An answer may be any error that `retract` raises; then nothing was taken back. Only the
    `trusted` (imports) say when it happened. From them what a retraction came to is a repetition
    of it too, so that an export can be read where it was written. `noting` is told, in the same
    transaction, what was taken back just now.
    """
    assert trusted or all(one.occurred_at is None for one in told)
    refusals = [_refusal(one) for one in told]
    sound = [one for one, error in zip(told, refusals, strict=True) if error is None]
    if (await programme.current()).prevents_shortage:
        # Each on its own: one that is refused must not take the others with it.
        answers = iter([await _retract_unless_short(one, trusted, noting) for one in sound])
    else:
        done = await database.unit_of_work(_retract_all, sound, trusted, noting) if sound else []
        answers = iter(done)
    return [next(answers) if error is None else error for error in refusals]


async def _retract_unless_short(told: Retracting, trusted: bool, noting: Noting | None) -> Answer:
    # What is refused has to be undone, and inside of somebody else's transaction it would not be.
    assert not database.in_transaction()
    try:
        return await database.unit_of_work(_retract_watched, told, trusted, noting)
    except InsufficientPoints as error:
        return error


async def _retract_watched(told: Retracting, trusted: bool, noting: Noting | None) -> Answer:
    """Take back, and see what comes of it: a new debt where none may be undoes it all."""
    async with database.transaction():
        members = {target.member_id for target in (await _targets([told])).values()}
        before = [await opened(member_id) for member_id in members]
        [answer] = await _retract_all([told], trusted, noting)
        for account in before:
            refuse_shortage(account, await opened(account.member_id))
        return answer


async def _retract_all(
    told: Sequence[Retracting], trusted: bool, noting: Noting | None
) -> list[Answer]:
    async with database.transaction():
        targets = await _targets(told)
        # The locks come first: what was taken back so far may not change any more.
        member_ids = sorted({target.member_id for target in targets.values()})
        await storing.lock(member_ids)
        batch = _Batch(
            targets=targets,
            known=await journal.known_sources([one.source for one in told]),
            taken=await journal.retractions_of(sorted({one.source for one in targets.values()})),
            kept=await kept_badges(member_ids),
            now=clock.now(),
            trusted=trusted,
        )
        answers = [_answer(one, batch) for one in told]
        fresh = [
            batch.known[answer.entry.source]
            for answer in answers
            if isinstance(answer, Recorded) and not answer.replayed
        ]
        appended = await journal.append([(one.entry, one.digest) for one in fresh])
        ours = [one.entry for one in fresh if appended[one.entry.source].entry.id == one.entry.id]
        activities = {target.source: target for target in targets.values()}
        returns = await returns_because(ours, activities) if ours else []
        await journal.append([(one, journal.digest_of(one.target, one.facts)) for one in returns])
        if ours and noting is not None:
            await noting(ours)
        return [_as_appended(answer, appended) for answer in answers]


class _Batch(msgspec.Struct, kw_only=True):
    """What a batch is decided by; what it takes is noted, for those that follow in it."""

    targets: Mapping[str, Entry]
    known: dict[str, Known]
    taken: dict[str, list[Facts]]
    kept: Mapping[str, Kept]
    now: Instant
    trusted: bool


def _refusal(told: Retracting) -> InvalidInput | None:
    at = told.occurred_at
    if at is not None and not EARLIEST <= at < LATEST:
        return InvalidInput.at("occurredAt", "must be in the years 1000 to 8999")
    return refusal_of(told)


async def _targets(told: Sequence[Retracting]) -> dict[str, Entry]:
    """What is to be taken back from: by id and by source, told apart by a mark in front."""
    by_source = await journal.known_sources(sorted({one.target_source for one in told} - {""}))
    by_id = await journal.entries_by_id(sorted({one.target_id for one in told} - {""}))
    return {f"s{source}": one.entry for source, one in by_source.items()} | {
        f"i{entry.id}": entry for entry in by_id
    }


def _answer(told: Retracting, batch: _Batch) -> Answer:
    try:
        target = _target(told, batch.targets)
        digest = _digest(told, target)
        found = batch.known.get(told.source)
        if found is not None:
            return _repeated(told, found, digest, trusted=batch.trusted)
        earlier = batch.taken.setdefault(target.source, [])
        entry = _entry(told, target, earlier, batch)
    except PialaError as error:
        return error
    earlier.append(entry.facts)
    batch.known[told.source] = Known(entry, digest)
    return Recorded(entry=entry, replayed=False)


def _target(told: Retracting, targets: Mapping[str, Entry]) -> Entry:
    key = told.target_id or told.target_source
    target = targets.get(f"i{key}" if told.target_id else f"s{key}")
    if target is not None and target.type is EntryType.RETRACTION:
        raise InvalidInput.at("activity", "is itself a retraction, which nothing can take back")
    if target is None or target.type is not EntryType.ACTIVITY:
        raise NotFound("activity", key)
    return target


def _digest(told: Retracting, target: Entry) -> str:
    when = () if told.occurred_at is None else (told.occurred_at,)
    share = None if told.share is None else str(told.share)
    return journal.digest_of(target.source, told.reason, share, told.amount, *when)


def _entry(told: Retracting, target: Entry, earlier: Sequence[Facts], batch: _Batch) -> Entry:
    facts = decided(told, target, earlier)
    return Entry(
        id=ids.new(),
        member_id=target.member_id,
        type=EntryType.RETRACTION,
        kind=target.kind,
        source=told.source,
        # Never before what it takes back, so that a journal reads in order.
        at=max(batch.now if told.occurred_at is None else told.occurred_at, target.at),
        facts=msgspec.structs.replace(facts, kept=batch.kept.get(target.member_id, ())),
        target=target.source,
    )


def _repeated(told: Retracting, known: Known, digest: str, *, trusted: bool) -> Recorded:
    if known.digest != digest and not (trusted and says_the_same(told, known.entry)):
        raise IdempotencyConflict(told.source)
    return Recorded(entry=known.entry, replayed=True)


def _as_appended(answer: Answer, appended: Mapping[str, Known]) -> Answer:
    if isinstance(answer, Recorded) and answer.entry.source in appended:
        has = appended[answer.entry.source]
        if has.entry.id != answer.entry.id:
            # Another member's entry took the same key at the same moment.
            return IdempotencyConflict(answer.entry.source)
    return answer
