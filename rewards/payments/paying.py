"""Paying with points at a till or a partner's: at once, or held first until the bill is known."""

from typing import Final

import msgspec

from gamification import engine, journal, ledger
from gamification.journal import Entry, EntryType
from kit import clock
from kit.errors import InvalidInput, NotFound, Problem

HELD_SECONDS_MAX: Final = 30 * 24 * 3600
TEXT_MAX: Final = 100
_REASON_MAX: Final = 500
# What the subjects of these payments begin with. No other hold may be captured here.
_PAYMENT: Final = "payment"
_PARTNER: Final = "partner"


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What a member pays for with points.

    `what` is told on the member's statement. `partner` is who gets the points; without one they
    are redeemed here. `activity` is the source of the member's activity that they pay for: as
    much of it as is taken back gives the same share of the points back.
    """

    points: int
    currency: str
    what: str
    partner: str = ""
    activity: str = ""

    @property
    def account(self) -> str:
        """Where the points go."""
        return f"{_PARTNER}:{self.partner}" if self.partner else ledger.REDEMPTION

    @property
    def subject(self) -> str:
        """Why they go there."""
        if self.partner:
            return f"{_PARTNER}:{self.partner}:{self.what}"
        return f"{_PAYMENT}:{self.what}"


class Payment(msgspec.Struct, frozen=True):
    """The entry that spends or holds the points, and whether the same call had come before."""

    entry: Entry
    replayed: bool


class Captured(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a hold: how many points were paid out, and how many came back."""

    hold: Entry
    entry: Entry
    paid: int
    returned: int
    replayed: bool


async def pay(member_id: str, bill: Bill, *, source: str) -> Payment:
    """Spend points on a bill, once a source.

    Raises `InvalidInput`, `NotFound` (member, activity), `InsufficientPoints`, `NotAvailable` (a
    currency that is never spent), `AlreadyResolved` (an activity of which nothing is left) and
    `IdempotencyConflict`.
    """
    _check(bill)
    spent = await engine.spend(
        member_id,
        points=bill.points,
        currency=bill.currency,
        account=bill.account,
        subject=bill.subject,
        activity=bill.activity,
        source=source,
    )
    return Payment(spent.entry, spent.replayed)


async def hold(member_id: str, bill: Bill, *, seconds: int, source: str) -> Payment:
    """Set the points of a bill aside for so long. Raises what `pay` does."""
    _check(bill)
    if not 1 <= seconds <= HELD_SECONDS_MAX:
        raise InvalidInput.at("expires_in_seconds", f"must be from 1 to {HELD_SECONDS_MAX:,}")
    held = await engine.hold(
        member_id,
        points=bill.points,
        currency=bill.currency,
        account=bill.account,
        subject=bill.subject,
        activity=bill.activity,
        source=source,
        release_at=clock.now() + seconds * clock.SECOND,
    )
    return Payment(held.entry, held.replayed)


async def find_hold(*, id: str | None = None, source: str | None = None) -> Entry:
    """A hold that `hold` placed, by its id or its source. Raises `NotFound` for any other."""
    entry = await _find("hold", id, source)
    if entry.type is not EntryType.HOLD or not _is_payment(entry):
        raise NotFound("hold", id or source or "")
    return entry


async def find_payment(*, id: str | None = None, source: str | None = None) -> Entry:
    """What `pay` or `capture` has paid, by the id or the source of that. Raises `NotFound`."""
    entry = await _find("payment", id, source)
    if entry.type is EntryType.CAPTURE:
        placed = await journal.find_entry(source=entry.target)
    else:
        placed = entry
    if entry.type not in (EntryType.SPEND, EntryType.CAPTURE) or not _is_payment(placed):
        raise NotFound("payment", id or source or "")
    return entry


async def capture(hold: Entry, *, source: str, points: int | None = None) -> Captured:
    """Pay a hold out, or so many of its points: the rest comes back at the same moment.

    Raises `AlreadyResolved` where it is gone, `InvalidInput` for more than it holds, and
    `IdempotencyConflict`.
    """
    done = await engine.capture(
        hold.member_id, hold_source=hold.source, source=source, points=points
    )
    paid = done.entry.facts.points or hold.facts.points
    return Captured(
        hold=hold,
        entry=done.entry,
        paid=paid,
        returned=hold.facts.points - paid,
        replayed=done.replayed,
    )


async def release(hold: Entry, *, source: str) -> Captured:
    """Give all of a hold back. Raises `AlreadyResolved` where it is gone."""
    done = await engine.release(hold.member_id, hold_source=hold.source, source=source)
    return Captured(
        hold=hold,
        entry=done.entry,
        paid=0,
        returned=hold.facts.points,
        replayed=done.replayed,
    )


async def refund(payment: Entry, *, reason: str, source: str, points: int | None = None) -> Payment:
    """Give points of a payment back to the lots that they came from: so many, or all that is left.

    Raises `InvalidInput`, `AlreadyResolved` where nothing is left, and `IdempotencyConflict`.
    """
    if not 1 <= len(reason.strip()) <= _REASON_MAX or len(reason) > _REASON_MAX:
        raise InvalidInput.at("reason", f"must be from 1 to {_REASON_MAX} characters")
    given_back = await engine.give_back(
        payment.member_id,
        target_source=payment.source,
        reason=reason,
        source=source,
        points=points,
    )
    return Payment(given_back.entry, given_back.replayed)


async def _find(what: str, id: str | None, source: str | None) -> Entry:
    try:
        return await journal.find_entry(id=id, source=source)
    except NotFound:
        raise NotFound(what, id or source or "") from None


def _is_payment(entry: Entry) -> bool:
    return entry.facts.subject.partition(":")[0] in (_PAYMENT, _PARTNER)


def _check(bill: Bill) -> None:
    problems = []
    if not 1 <= len(bill.what.strip()) <= TEXT_MAX:
        problems.append(Problem("subject", f"must be from 1 to {TEXT_MAX} characters"))
    if len(bill.partner) > TEXT_MAX or ":" in bill.partner:
        problems.append(
            Problem("partner", f"must be at most {TEXT_MAX} characters, without a colon")
        )
    if problems:
        raise InvalidInput(problems)
