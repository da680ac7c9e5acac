"""Returning points: what was paid with them is taken back, so they go back to their lots."""

from collections.abc import Mapping, Sequence

import msgspec

from gamification import journal
from gamification.engine.deciding import Account, Decided, known, opened
from gamification.engine.returns import points_due, points_paid
from gamification.engine.settling import settle
from gamification.journal import Entry, EntryType, Facts
from gamification.ledger import Shortage
from kit import clock, database, ids
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)

_RETURNABLE = (EntryType.SPEND, EntryType.CAPTURE, EntryType.ADJUSTMENT)


async def give_back(
    member_id: str, *, target_source: str, reason: str, source: str, points: int | None = None
) -> Decided:
    """Give points of a spend, a captured hold or an adjustment back: so many, or all that is left.

    They return to the lots that they came from, with their expiry; what had to be a debt is none
    any more. It is settled at once. Raises `NotFound`, `InvalidInput`, `NotAvailable` (donated
    points stay with the charity), `AlreadyResolved` (nothing is left) and `IdempotencyConflict`.
    """
    return await database.unit_of_work(_give_back, member_id, target_source, reason, source, points)


async def _give_back(
    member_id: str, target_source: str, reason: str, source: str, points: int | None
) -> Decided:
    async with database.transaction():
        await opened(member_id)
        digest = journal.digest_of(member_id, "RETURN", target_source, reason, points)
        before = await known(source, digest)
        if before is not None:
            return before
        target = await _target(member_id, target_source)
        left = await _left_of(target)
        if left == 0:
            raise AlreadyResolved(target.type.value.lower())
        if points is not None and not 1 <= points <= left:
            raise InvalidInput.at("points", f"must be from 1 to {left:,}: what is left")
        entry = _entry(target, source, reason, points or left)
        appended = (await journal.append([(entry, digest)]))[source]
        if appended.entry.id != entry.id:
            raise IdempotencyConflict(source)
        await settle([member_id])
        return Decided(entry=entry, replayed=False)


async def returns_because(
    retractions: Sequence[Entry], activities: Mapping[str, Entry]
) -> list[Entry]:
    """What retractions of activities, just appended, give back of the points that paid for them.

    `activities` are what they take back, by source. Belongs in the transaction that appended the
    retractions, under the members' locks.
    """
    payments = await _payments(sorted({one.target for one in retractions}))
    if not payments:
        return []
    sources = [*(one.payment.source for one in payments), *activities]
    taken = await journal.retractions_of(sorted(set(sources)))
    latest = {one.target: one for one in retractions}
    returns = []
    for one in payments:
        retraction, activity = latest[one.activity], activities[one.activity]
        points = points_due(
            one.points,
            journal.points_returned(taken.get(one.payment.source, [])),
            activity,
            taken[one.activity],
            before=await journal.retractions_before(one.activity, entry_id=one.agreed_by),
        )
        if points:
            source = f"return:{one.payment.id}:{retraction.id}"
            returns.append(_entry(one.payment, source, retraction.facts.reason, points))
    return returns


async def give_back_refunded(hold_source: str) -> None:
    """Give back of a hold that was captured just now what its activity's refunds ask for.

    Belongs in the transaction of the capture, under the member's lock.
    """
    hold = await journal.find_entry(source=hold_source)
    if not hold.target:
        return
    refunds = (await journal.retractions_of([hold.target])).get(hold.target)
    if not refunds:
        return
    [activity] = (await journal.known_sources([hold.target])).values()
    newest = await journal.newest_retraction(hold.target)
    returns = await returns_because([newest], {hold.target: activity.entry})
    await journal.append([(one, journal.digest_of(one.target, one.facts)) for one in returns])
    await settle([hold.member_id])


def refuse_shortage(before: Account, after: Account) -> None:
    """Raise `InsufficientPoints` where a debt grew in a currency that prevents it."""
    for key, currency in after.published.at(after.at).currencies.items():
        if currency.shortage is not Shortage.PREVENT:
            continue
        owed = [
            one.standing.wallets[key].debt if key in one.standing.wallets else 0
            for one in (before, after)
        ]
        if owed[1] > owed[0]:
            raise InsufficientPoints(owed[1] - owed[0], max(0, after.available(key)), key)


class _Payment(msgspec.Struct, frozen=True):
    """A spend or a capture, of which activity, and how many points it has paid.

    `agreed_by` is the id of the entry that set them aside for it: the spend itself, or the hold.
    """

    activity: str
    payment: Entry
    points: int
    agreed_by: str


async def _payments(activities: Sequence[str]) -> list[_Payment]:
    paid = await journal.payments_for(activities)
    holds = [one for entries in paid.values() for one in entries if one.type is EntryType.HOLD]
    captures = await journal.captures_of([one.source for one in holds])
    found = []
    for activity, entries in paid.items():
        for entry in entries:
            if entry.type is EntryType.SPEND:
                found.append(_Payment(activity, entry, points_paid(entry, None), entry.id))
            found += [
                _Payment(activity, capture, points_paid(capture, entry), entry.id)
                for capture in captures.get(entry.source, [])
            ]
    return found


async def _target(member_id: str, source: str) -> Entry:
    target = await journal.find_entry(source=source)
    if target.member_id != member_id or target.type not in _RETURNABLE:
        raise NotFound("payment", source)
    if target.facts.account.startswith("charity:"):
        raise NotAvailable("The donation", "what was donated stays with the charity")
    return target


async def _left_of(target: Entry) -> int:
    hold = None
    if target.type is EntryType.CAPTURE:
        hold = await journal.find_entry(source=target.target)
        if hold.facts.account.startswith("charity:"):
            raise NotAvailable("The donation", "what was donated stays with the charity")
    taken = (await journal.retractions_of([target.source])).get(target.source, [])
    return abs(points_paid(target, hold)) - journal.points_returned(taken)


def _entry(target: Entry, source: str, reason: str, points: int) -> Entry:
    return Entry(
        id=ids.new(),
        member_id=target.member_id,
        type=EntryType.RETRACTION,
        kind="",
        source=source,
        at=max(clock.now(), target.at),
        facts=Facts(points=points, reason=reason),
        target=target.source,
    )
