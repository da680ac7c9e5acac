"""Spending: decided once, under the member's lock; from then on a fact that no replay refuses."""

import msgspec

from gamification import journal, programme
from gamification.engine import storing
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.settling import fold_in, settle
from gamification.engine.standing import Standing, packed, unpacked
from gamification.journal import Entry, EntryType, Facts
from gamification.programme import Programme
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotFound,
)

POINTS_MAX = 10**12


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """The entry, and whether the journal had it already."""

    entry: Entry
    replayed: bool


async def spend(
    member_id: str, *, points: int, currency: str, account: str, subject: str, source: str
) -> Spent:
    """Take points from a member to an account (`redemption`, `charity:<key>`).

    `subject` says what for. Raises `InsufficientPoints`, `NotFound` and `IdempotencyConflict`.
    """
    facts = Facts(points=points, currency=currency, account=account, subject=subject)
    return await _spent(member_id, EntryType.SPEND, facts, source)


async def hold(
    member_id: str,
    *,
    points: int,
    currency: str,
    account: str,
    subject: str,
    source: str,
    release_at: Instant,
) -> Spent:
    """Set points aside until they are captured or released, at the latest at `release_at`."""
    facts = Facts(
        points=points, currency=currency, account=account, subject=subject, release_at=release_at
    )
    return await _spent(member_id, EntryType.HOLD, facts, source)


async def capture(member_id: str, *, hold_source: str, source: str) -> Spent:
    """Pay a hold out to its account. Raises `AlreadyResolved` where it is gone."""
    return await _resolved(member_id, EntryType.CAPTURE, hold_source, source)


async def release(member_id: str, *, hold_source: str, source: str) -> Spent:
    """Give a hold's points back. Raises `AlreadyResolved` where it is gone."""
    return await _resolved(member_id, EntryType.RELEASE, hold_source, source)


async def _spent(member_id: str, entry_type: EntryType, facts: Facts, source: str) -> Spent:
    if not 1 <= facts.points <= POINTS_MAX:
        raise InvalidInput.at("points", f"must be from 1 to {POINTS_MAX:,}")
    return await database.unit_of_work(_spend, member_id, entry_type, facts, source)


async def _spend(member_id: str, entry_type: EntryType, facts: Facts, source: str) -> Spent:
    async with database.transaction():
        account = await _opened(member_id)
        # The time of a hold's end is the house's doing, not the caller's word.
        said = msgspec.structs.replace(facts, release_at=None)
        digest = journal.digest_of(member_id, entry_type.value, said)
        known = await _known(source, digest)
        if known is not None:
            return known
        wallet = account.standing.wallets.get(facts.currency)
        available = wallet.balance(account.at) if wallet is not None else 0
        if available < facts.points:
            raise InsufficientPoints(facts.points, max(0, available), facts.currency)
        if facts.release_at is not None:
            # A hold lasts as long as was asked for, even where the journal runs ahead of the clock.
            lasting = facts.release_at - clock.now()
            if lasting <= 0:
                raise InvalidInput.at("release_at", "must be in the future")
            facts = msgspec.structs.replace(facts, release_at=account.at + lasting)
        return await _append(account, _entry(account, entry_type, source, facts), digest)


async def _resolved(member_id: str, entry_type: EntryType, hold_source: str, source: str) -> Spent:
    return await database.unit_of_work(_resolve, member_id, entry_type, hold_source, source)


async def _resolve(member_id: str, entry_type: EntryType, hold_source: str, source: str) -> Spent:
    async with database.transaction():
        account = await _opened(member_id)
        digest = journal.digest_of(member_id, entry_type.value, hold_source)
        known = await _known(source, digest)
        if known is not None:
            return known
        if hold_source not in account.standing.holds:
            raise AlreadyResolved("hold")
        entry = _entry(account, entry_type, source, Facts(), target=hold_source)
        return await _append(account, entry, digest)


class _Account(msgspec.Struct, kw_only=True):
    """A member whose lock is held: as stored, and the standing as of the moment of the spend."""

    member: storing.Locked
    published: Programme
    standing: Standing
    at: Instant


async def _opened(member_id: str) -> _Account:
    """Take the member's lock, with everything settled."""
    # The programme first, as settling does: locks are taken in one order everywhere.
    published = await programme.in_force()
    locked = await storing.lock([member_id])
    if not locked:
        raise NotFound("member", member_id)
    if await journal.is_waiting(member_id):
        await settle([member_id])
        locked = await storing.lock([member_id])
    [member] = locked
    # Strictly behind all that is folded: entries of one instant are ordered by their sources, and
    # a capture must not come before its hold.
    at = max(clock.now(), member.standing.last_at + 1, member.standing.moved_at)
    standing = unpacked(packed(member.standing))
    advance(standing, published, at, zone=member.zone, effects=Effects())
    return _Account(member=member, published=published, standing=standing, at=at)


async def _known(source: str, digest: str) -> Spent | None:
    known = (await journal.known_sources([source])).get(source)
    if known is None:
        return None
    if known.digest != digest:
        raise IdempotencyConflict(source)
    return Spent(entry=known.entry, replayed=True)


async def _append(account: _Account, entry: Entry, digest: str) -> Spent:
    known = (await journal.append([(entry, digest)], waiting=False))[entry.source]
    if known.entry.id != entry.id:
        # Another member's spend took the same key at the same moment.
        raise IdempotencyConflict(entry.source)
    await fold_in(account.member, account.published, entry)
    return Spent(entry=entry, replayed=False)


def _entry(
    account: _Account, entry_type: EntryType, source: str, facts: Facts, *, target: str = ""
) -> Entry:
    return Entry(
        id=ids.new(),
        member_id=account.member.member_id,
        type=entry_type,
        kind="",
        source=source,
        at=account.at,
        facts=facts,
        target=target,
    )
