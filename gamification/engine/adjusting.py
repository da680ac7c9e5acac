"""Adjusting: staff give points or take them, with a reason, and by two people where it is much."""

import msgspec

from gamification import journal
from gamification.engine.adjustments import (
    Adjustment,
    AdjustmentDecision,
    adjusted_alone,
    adjustment_of_source,
    find_adjustment,
    insert_decision,
    insert_request,
)
from gamification.engine.deciding import Account, append, opened
from gamification.engine.recording import LATEST
from gamification.engine.returning import give_back, refuse_shortage
from gamification.engine.spending import POINTS_MAX
from gamification.engine.staff import Staff, check_text, refuse_own
from gamification.journal import Entry, EntryType, Facts
from gamification.ledger import ADJUSTMENT, Currency
from kit import clock, database, ids
from kit.clock import Instant
from kit.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)


class Adjusted(msgspec.Struct, frozen=True, kw_only=True):
    """The adjustment as it is now, and whether the same call had come before."""

    adjustment: Adjustment
    replayed: bool


async def adjust(
    member_id: str,
    *,
    currency: str,
    points: int,
    reason: str,
    by: Staff,
    source: str,
    expires_at: Instant | None = None,
) -> Adjusted:
    """Give a member points (above 0) or take some (below 0): at once, or once a second agrees.

    A second person must agree to more than the currency's `approval_above`, counted over what the
    same person gave and took of the same member within 24 hours; and to whatever is asked for by
    one who does not decide, where the currency says no such figure.
    Raises `NotFound` (member, currency), `InvalidInput` (more than `adjustment_max`),
    `InsufficientPoints`, `Denied` (staff's own points) and `IdempotencyConflict`.
    """
    if not 1 <= abs(points) <= POINTS_MAX:
        raise InvalidInput.at("points", f"must not be 0, nor beyond {POINTS_MAX:,}")
    check_text(reason, "reason")
    asked = Adjustment(
        id=ids.new(),
        member_id=member_id,
        currency=currency,
        points=points,
        reason=reason,
        expires_at=expires_at,
        by_two=False,
        source=source,
        digest=journal.digest_of(member_id, currency, points, reason, expires_at),
        requested_by=by.name,
        requested_at=clock.now(),
    )
    return await database.unit_of_work(_adjust, asked, by)


async def approve_adjustment(id: str, *, by: Staff, source: str, note: str = "") -> Adjusted:
    """Let an adjustment that waits take effect. Another person than asked for it must do so.

    Raises `NotFound`, `AlreadyResolved`, `Denied`, `InsufficientPoints`, `NotAvailable` (its
    points would have expired) and `IdempotencyConflict`.
    """
    check_text(note, "note", required=False)
    asked = await find_adjustment(id)
    return await database.unit_of_work(_decide, asked, by, source, note, approved=True)


async def reject_adjustment(id: str, *, by: Staff, source: str, note: str) -> Adjusted:
    """Turn down an adjustment that waits. Raises what `approve_adjustment` does."""
    check_text(note, "note")
    asked = await find_adjustment(id)
    return await database.unit_of_work(_decide, asked, by, source, note, approved=False)


async def reverse_adjustment(id: str, *, by: Staff, reason: str, source: str) -> Adjusted:
    """Take a mistaken adjustment back wholly, as if it had not been.

    What two people decided is not taken back by the one who asked for it.
    What was given and is spent by now becomes a debt, or whatever the currency says of a shortage.
    Raises `NotFound`, `NotAvailable` (it was never applied), `AlreadyResolved`, `Denied`,
    `InsufficientPoints` (a currency that prevents debts) and `IdempotencyConflict`.
    """
    check_text(reason, "reason")
    asked = await find_adjustment(id)
    return await database.unit_of_work(_reverse, asked, by, reason, source)


async def _adjust(asked: Adjustment, by: Staff) -> Adjusted:
    async with database.transaction():
        account = await opened(asked.member_id)
        before = await adjustment_of_source(asked.source)
        if before is not None:
            return _repeated(before, asked)
        if await journal.known_sources([asked.source]):
            raise IdempotencyConflict(asked.source)
        await refuse_own(asked.member_id, by=by)
        currency = _currency_of(account, asked.currency)
        _check_size(asked, currency)
        _check_possible(asked, account)
        asked = msgspec.structs.replace(asked, by_two=await _needs_two(asked, currency, by))
        if not await insert_request(asked):
            # Another member's adjustment took the same key at the same moment.
            raise IdempotencyConflict(asked.source)
        if not asked.by_two:
            await _apply(asked, account, by=by, source=asked.source, note="")
    return Adjusted(adjustment=await find_adjustment(asked.id), replayed=False)


async def _decide(
    asked: Adjustment, by: Staff, source: str, note: str, *, approved: bool
) -> Adjusted:
    async with database.transaction():
        account = await opened(asked.member_id)
        asked = await find_adjustment(asked.id)
        if asked.decision is not None:
            _refuse_other(asked.decision, by, source, note, approved=approved)
            return Adjusted(adjustment=asked, replayed=True)
        if not by.decides:
            raise Denied("decide about adjustments")
        if by.is_same(asked.requested_by):
            raise Denied("decide about an adjustment that they asked for themselves")
        await refuse_own(asked.member_id, by=by)
        if approved:
            _check_possible(asked, account)
            await _apply(asked, account, by=by, source=source, note=note)
        else:
            await _write(asked, by=by, source=source, note=note, entry=None)
    return Adjusted(adjustment=await find_adjustment(asked.id), replayed=False)


async def _reverse(asked: Adjustment, by: Staff, reason: str, source: str) -> Adjusted:
    async with database.transaction():
        before = await opened(asked.member_id)
        asked = await find_adjustment(asked.id)
        if asked.decision is None or asked.decision.entry_id is None:
            raise NotAvailable("The adjustment", "it was never applied")
        if not by.decides:
            raise Denied("take adjustments back")
        if asked.by_two and by.is_same(asked.requested_by):
            raise Denied("take back what they asked for and another decided")
        await refuse_own(asked.member_id, by=by)
        taken_back = await give_back(
            asked.member_id, target_source=asked.entry_source, reason=reason, source=source
        )
        if not taken_back.replayed:
            refuse_shortage(before, await opened(asked.member_id))
    adjustment = await find_adjustment(asked.id)
    return Adjusted(adjustment=adjustment, replayed=taken_back.replayed)


async def _apply(asked: Adjustment, account: Account, *, by: Staff, source: str, note: str) -> None:
    entry = Entry(
        id=ids.new(),
        member_id=asked.member_id,
        type=EntryType.ADJUSTMENT,
        kind="",
        source=asked.entry_source,
        at=account.at,
        facts=Facts(
            points=asked.points,
            currency=asked.currency,
            account=ADJUSTMENT,
            subject=ADJUSTMENT,
            reason=asked.reason,
            actor=asked.requested_by,
            expires_at=asked.expires_at,
        ),
    )
    await append(account, entry, asked.digest)
    await _write(asked, by=by, source=source, note=note, entry=entry)


async def _write(
    asked: Adjustment, *, by: Staff, source: str, note: str, entry: Entry | None
) -> None:
    decision = AdjustmentDecision(
        approved=entry is not None,
        note=note,
        decided_by=by.name,
        decided_at=clock.now(),
        source=source,
        entry_id=entry.id if entry else None,
    )
    if not await insert_decision(asked, decision):
        # The key has decided about another adjustment.
        raise IdempotencyConflict(source)


def _repeated(before: Adjustment, asked: Adjustment) -> Adjusted:
    if before.digest != asked.digest:
        raise IdempotencyConflict(asked.source)
    return Adjusted(adjustment=before, replayed=True)


def _refuse_other(
    decision: AdjustmentDecision, by: Staff, source: str, note: str, *, approved: bool
) -> None:
    """Raise unless this call is the one that has decided."""
    if decision.source != source or not by.is_same(decision.decided_by):
        raise AlreadyResolved("The adjustment")
    if (decision.approved, decision.note) != (approved, note):
        raise IdempotencyConflict(source)


def _currency_of(account: Account, key: str) -> Currency:
    currency = account.published.at(account.at).currencies.get(key)
    if currency is None:
        raise NotFound("currency", key)
    return currency


def _check_size(asked: Adjustment, currency: Currency) -> None:
    most = currency.adjustment_max
    if most is not None and abs(asked.points) > most:
        raise InvalidInput.at("points", f"must be from -{most:,} to {most:,} of this currency")
    if asked.expires_at is None:
        return
    if asked.points < 0:
        raise InvalidInput.at("expires_at", "belongs to points that are given")
    if not clock.now() < asked.expires_at < LATEST:
        raise InvalidInput.at("expires_at", "must be in the future, and before the year 9000")


def _check_possible(asked: Adjustment, account: Account) -> None:
    """Raise where there is too little to take, or where what is given would be gone already."""
    available = account.available(asked.currency)
    if asked.points < 0 and available < -asked.points:
        raise InsufficientPoints(-asked.points, max(0, available), asked.currency)
    if asked.expires_at is not None and asked.expires_at <= account.at:
        raise NotAvailable("The adjustment", "its points would have expired")


async def _needs_two(asked: Adjustment, currency: Currency, by: Staff) -> bool:
    if currency.approval_above is None:
        return not by.decides
    since = asked.requested_at - clock.DAY
    alone = await adjusted_alone(asked.member_id, asked.currency, by=by.name, since=since)
    return alone + abs(asked.points) > currency.approval_above
