"""Spending: decided once, under the member's lock; from then on a fact that no replay refuses."""

import msgspec

from gamification import journal, ledger
from gamification.engine.deciding import Account, Decided, append, known, opened
from gamification.engine.returning import give_back_refunded
from gamification.journal import Entry, EntryType, Facts
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import (
    AlreadyResolved,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)

POINTS_MAX = 10**12


Spent = Decided


async def spend(
    member_id: str,
    *,
    points: int,
    currency: str,
    account: str,
    subject: str,
    source: str,
    activity: str = "",
) -> Spent:
    """Take points from a member to an account (`redemption`, `charity:<key>`, `partner:<key>`).

    `subject` says what for. `activity` is the source of the member's activity that they pay for:
    as much of it as is taken back gives the same share of the points back, to the lots that they
    came from. Raises `InsufficientPoints`, `NotFound` (member, activity),
    `NotAvailable` (a currency that is never spent), `AlreadyResolved` (nothing is left of the
    activity) and `IdempotencyConflict`.
    """
    facts = Facts(points=points, currency=currency, account=account, subject=subject)
    return await _spent(member_id, EntryType.SPEND, facts, source, activity)


async def hold(
    member_id: str,
    *,
    points: int,
    currency: str,
    account: str,
    subject: str,
    source: str,
    release_at: Instant,
    activity: str = "",
) -> Spent:
    """Set points aside until they are captured or released, at the latest at `release_at`.

    Raises what `spend` does; `activity` means the same, once the hold is captured.
    """
    facts = Facts(
        points=points, currency=currency, account=account, subject=subject, release_at=release_at
    )
    return await _spent(member_id, EntryType.HOLD, facts, source, activity)


async def capture(
    member_id: str, *, hold_source: str, source: str, points: int | None = None
) -> Spent:
    """Pay a hold out to its account, or as many of its points as are named: the rest is released.

    Raises `AlreadyResolved` where it is gone, and `InvalidInput` for more than it holds.
    """
    return await _resolved(member_id, EntryType.CAPTURE, hold_source, source, points)


async def release(member_id: str, *, hold_source: str, source: str) -> Spent:
    """Give a hold's points back. Raises `AlreadyResolved` where it is gone."""
    return await _resolved(member_id, EntryType.RELEASE, hold_source, source)


async def _spent(
    member_id: str, entry_type: EntryType, facts: Facts, source: str, activity: str
) -> Spent:
    if not 1 <= facts.points <= POINTS_MAX:
        raise InvalidInput.at("points", f"must be from 1 to {POINTS_MAX:,}")
    if not ledger.is_payee(facts.account):
        raise InvalidInput.at("account", f"nothing can be paid to '{facts.account}'")
    return await database.unit_of_work(_spend, member_id, entry_type, facts, source, activity)


async def _spend(
    member_id: str, entry_type: EntryType, facts: Facts, source: str, activity: str
) -> Spent:
    async with database.transaction():
        account = await opened(member_id)
        # The time of a hold's end is the house's doing, not the caller's word.
        said = msgspec.structs.replace(facts, release_at=None)
        parts = (member_id, entry_type.value, said, *([activity] if activity else []))
        digest = journal.digest_of(*parts)
        before = await known(source, digest)
        if before is not None:
            return before
        _refuse_unspendable(account, facts.currency)
        if activity:
            await _payable(member_id, activity)
        available = account.available(facts.currency)
        if available < facts.points:
            raise InsufficientPoints(facts.points, max(0, available), facts.currency)
        if facts.release_at is not None:
            # A hold lasts as long as was asked for, even where the journal runs ahead of the clock.
            lasting = facts.release_at - clock.now()
            if lasting <= 0:
                raise InvalidInput.at("release_at", "must be in the future")
            facts = msgspec.structs.replace(facts, release_at=account.at + lasting)
        entry = _entry(account, entry_type, source, facts, target=activity)
        return await append(account, entry, digest)


async def _resolved(
    member_id: str, entry_type: EntryType, hold_source: str, source: str, points: int | None = None
) -> Spent:
    if points is not None and not 1 <= points <= POINTS_MAX:
        raise InvalidInput.at("points", f"must be from 1 to {POINTS_MAX:,}")
    return await database.unit_of_work(_resolve, member_id, entry_type, hold_source, source, points)


async def _resolve(
    member_id: str, entry_type: EntryType, hold_source: str, source: str, points: int | None
) -> Spent:
    async with database.transaction():
        account = await opened(member_id)
        parts = (member_id, entry_type.value, hold_source, *([points] if points else []))
        digest = journal.digest_of(*parts)
        before = await known(source, digest)
        if before is not None:
            return before
        held = account.standing.holds.get(hold_source)
        if held is None:
            raise AlreadyResolved("hold")
        if points is not None and points > held.points:
            raise InvalidInput.at("points", f"must be at most {held.points:,}: what is held")
        entry = _entry(account, entry_type, source, Facts(points=points or 0), target=hold_source)
        resolved = await append(account, entry, digest)
        if entry_type is EntryType.CAPTURE:
            await give_back_refunded(hold_source)
        return resolved


async def _payable(member_id: str, activity: str) -> None:
    """An activity that points can pay for is the member's own, and not taken back altogether."""
    paid_for = await journal.find_entry(source=activity)
    if paid_for.member_id != member_id or paid_for.type is not EntryType.ACTIVITY:
        raise NotFound("activity", activity)
    taken = (await journal.retractions_of([activity])).get(activity, [])
    if journal.share_taken(paid_for, taken) == journal.WHOLE:
        raise AlreadyResolved("activity")


def _refuse_unspendable(account: Account, currency: str) -> None:
    definition = account.published.at(account.at).currencies.get(currency)
    if definition is not None and not definition.kind.spendable:
        raise NotAvailable(f"The currency '{currency}'", "it only measures, and cannot be spent")


def _entry(
    account: Account, entry_type: EntryType, source: str, facts: Facts, *, target: str = ""
) -> Entry:
    return Entry(
        id=ids.new(),
        member_id=account.member_id,
        type=entry_type,
        kind="",
        source=source,
        at=account.at,
        facts=facts,
        target=target,
    )
