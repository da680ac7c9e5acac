"""Deciding under a member's lock: with everything settled, on the standing as of the moment."""

import msgspec

from gamification import journal, programme
from gamification.engine import storing
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.settling import fold_in, settle
from gamification.engine.standing import Standing, unpacked
from gamification.journal import Entry
from gamification.programme import Programme
from kit import clock
from kit.clock import Instant
from kit.errors import IdempotencyConflict, NotFound


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The entry, and whether the journal had it already."""

    entry: Entry
    replayed: bool


class Account(msgspec.Struct, kw_only=True):
    """A member whose lock is held: as stored, and the standing as of the moment of the decision."""

    member: storing.Locked
    published: Programme
    standing: Standing
    at: Instant

    @property
    def member_id(self) -> str:
        """Whose it is."""
        return self.member.member_id

    def available(self, currency: str) -> int:
        """What can be spent of a currency; below zero by a debt."""
        wallet = self.standing.wallets.get(currency)
        return wallet.balance(self.at) if wallet is not None else 0


async def opened(member_id: str) -> Account:
    """Take the member's lock, with everything settled; belongs in a transaction.

    Whoever opens several accounts does so in the order of the members' ids. Raises `NotFound`.
    """
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
    at = max(clock.now(), member.outline.last_at + 1, member.outline.moved_at)
    standing = unpacked(member.state)
    advance(standing, published, at, zone=member.zone, effects=Effects())
    return Account(member=member, published=published, standing=standing, at=at)


async def known(source: str, digest: str) -> Decided | None:
    """What was decided under that source before. Raises `IdempotencyConflict`."""
    found = (await journal.known_sources([source])).get(source)
    if found is None:
        return None
    if found.digest != digest:
        raise IdempotencyConflict(source)
    return Decided(entry=found.entry, replayed=True)


async def append(account: Account, entry: Entry, digest: str) -> Decided:
    """Append what was decided, and fold it in at once. Raises `IdempotencyConflict`."""
    found = (await journal.append([(entry, digest)], waiting=False))[entry.source]
    if found.entry.id != entry.id:
        # Another member's entry took the same key at the same moment.
        raise IdempotencyConflict(entry.source)
    await fold_in(account.member, account.published, entry)
    return Decided(entry=entry, replayed=False)
