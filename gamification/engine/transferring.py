"""Transferring: a member hands points over to another, where the currency allows it."""

from collections.abc import Sequence

import msgspec

from gamification import journal, members, programme
from gamification.engine import storing
from gamification.engine.deciding import Account, append, known, opened
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.models import TRANSFERS
from gamification.engine.spending import POINTS_MAX
from gamification.engine.staff import check_text
from gamification.journal import Entry, EntryType, Facts
from gamification.ledger import TRANSFER, Transfers
from kit import calendar, database, ids, outbox
from kit.calendar import Period
from kit.clock import Instant
from kit.errors import IdempotencyConflict, InsufficientPoints, InvalidInput, NotAvailable, NotFound

SENT, RECEIVED = "transfer:out", "transfer:in"
_FOUND = (
    "SELECT id, sender_id, recipient_id, currency, points, message, source, out_entry_id,"
    " in_entry_id, at FROM transfer"
)


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Who is to have the points: by one of the two names that others may know a member by."""

    external_id: str = ""
    referral_code: str = ""

    @property
    def name(self) -> str:
        """What the recipient was called."""
        return self.external_id or self.referral_code


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """Points that went from one member to another, and the entries of both."""

    id: str
    sender_id: str
    recipient_id: str
    currency: str
    points: int
    message: str
    source: str
    out_entry_id: str
    in_entry_id: str
    at: Instant


class Transferred(msgspec.Struct, frozen=True, kw_only=True):
    """The transfer, and whether the same call had come before."""

    transfer: Transfer
    replayed: bool


async def transfer(
    sender_id: str, *, to: Recipient, currency: str, points: int, source: str, message: str = ""
) -> Transferred:
    """Hand points over that the sender can spend now; they keep the expiry that they have.

    Raises `InvalidInput`, `NotAvailable` (not of this currency, or not so many a day),
    `InsufficientPoints`, `NotFound` (member, currency) and `IdempotencyConflict`. Whether there
    is such a recipient is told only to a sender who could have sent the points.
    """
    if not 1 <= points <= POINTS_MAX:
        raise InvalidInput.at("points", f"must be from 1 to {POINTS_MAX:,}")
    check_text(message, "message", required=False)
    return await database.unit_of_work(_transfer, sender_id, to, currency, points, source, message)


async def transfers_of(ids: Sequence[str]) -> dict[str, Transfer]:
    """Transfers by id; unknown ids are left out."""
    rows = await database.fetch(f"{_FOUND} WHERE id IN ?", list(ids))
    return {row[0]: _read(row) for row in rows}


async def transfers_page(
    member_id: str, *, after: tuple[Instant, str] | None = None, limit: int
) -> list[Transfer]:
    """What a member gave and was given, newest first, from just behind `after` (time and id)."""
    at, transfer_id = after if after is not None else (1 << 62, "")
    rows = await database.fetch(
        f"{_FOUND} WHERE (sender_id = ? OR recipient_id = ?) AND (at, id) < (?, ?)"
        " ORDER BY at DESC, id DESC LIMIT ?",
        member_id,
        member_id,
        at,
        transfer_id,
        limit,
    )
    return [_read(row) for row in rows]


async def _transfer(  # noqa: PLR0917 - all that is said of a transfer
    sender_id: str, to: Recipient, currency: str, points: int, source: str, message: str
) -> Transferred:
    async with database.transaction():
        recipient_id = await _recipient(to)
        sender, recipient = await _both(sender_id, recipient_id)
        digest = journal.digest_of(sender_id, recipient_id, currency, points, message)
        if await known(source, digest):
            return Transferred(transfer=await _of_source(source), replayed=True)
        if recipient_id == sender_id:
            raise InvalidInput.at("to", "is the member who gives")
        await _check_allowed(sender, currency, points)
        if recipient is None:
            raise NotFound("member", to.name)
        done = Transfer(
            id=ids.new(),
            sender_id=sender_id,
            recipient_id=recipient.member_id,
            currency=currency,
            points=points,
            message=message,
            source=source,
            out_entry_id=ids.new(),
            in_entry_id=ids.new(),
            at=sender.at,
        )
        out, into = _entries(done, sender)
        await append(sender, out, digest)
        await append(recipient, into, digest)
        await database.insert(TRANSFERS, [msgspec.structs.astuple(done)])
        await outbox.announce(_announcements(done))
        return Transferred(transfer=done, replayed=False)


async def _recipient(to: Recipient) -> str | None:
    try:
        if to.external_id:
            return (await members.find(external_id=to.external_id)).id
        return (await members.find(referral_code=to.referral_code)).id
    except NotFound:
        return None


async def _both(sender_id: str, recipient_id: str | None) -> tuple[Account, Account | None]:
    """Both accounts, locked in the order of the members' ids, as of one moment."""
    member_ids = sorted({sender_id, recipient_id or sender_id})
    # Both locks come before either is settled: settling takes budgets, and those come last.
    await programme.in_force()
    await storing.lock(member_ids)
    found = {one: await opened(one) for one in member_ids}
    at = max(account.at for account in found.values())
    for account in found.values():
        zone = account.member.zone
        advance(account.standing, account.published, at, zone=zone, effects=Effects())
        account.at = at
    return found[sender_id], found[recipient_id] if recipient_id else None


async def _check_allowed(sender: Account, key: str, points: int) -> None:
    currency = sender.published.at(sender.at).currencies.get(key)
    if currency is None:
        raise NotFound("currency", key)
    limits = currency.transfers
    if limits is None or not currency.kind.spendable:
        raise NotAvailable(f"A transfer of '{key}'", "the programme does not allow it")
    _check_size(limits, points)
    if limits.max_per_day is not None:
        left = limits.max_per_day - await _sent_today(sender, key)
        if points > left:
            why = f"of {limits.max_per_day:,} points a day {max(0, left):,} are left"
            raise NotAvailable(f"A transfer of {points:,}", why)
    available = sender.available(key)
    if available < points:
        raise InsufficientPoints(points, max(0, available), key)


def _check_size(limits: Transfers, points: int) -> None:
    if points < limits.min:
        raise InvalidInput.at("points", f"must be at least {limits.min:,}")
    if limits.max is not None and points > limits.max:
        raise InvalidInput.at("points", f"must be at most {limits.max:,}")


async def _sent_today(sender: Account, currency: str) -> int:
    """How much the sender has handed over on the day that it is where they live."""
    zone = sender.member.zone
    today = calendar.index_of(sender.at, period=Period.DAY, zone=zone)
    row = await database.fetch_one(
        "SELECT coalesce(sum(points), 0) FROM transfer"
        " WHERE sender_id = ? AND currency = ? AND at >= ? AND at < ?",
        sender.member_id,
        currency,
        calendar.start_of(today, period=Period.DAY, zone=zone),
        calendar.start_of(today + 1, period=Period.DAY, zone=zone),
    )
    assert row is not None
    return int(row[0])


def _entries(done: Transfer, sender: Account) -> tuple[Entry, Entry]:
    facts = Facts(points=done.points, currency=done.currency, account=TRANSFER, subject=SENT)
    out = Entry(
        id=done.out_entry_id,
        member_id=done.sender_id,
        type=EntryType.TRANSFER,
        kind="",
        source=done.source,
        at=done.at,
        facts=facts,
    )
    into = Entry(
        id=done.in_entry_id,
        member_id=done.recipient_id,
        type=EntryType.GRANT,
        kind="",
        # Built from the transfer, which happens once.
        source=f"transfer:{done.id}",
        at=done.at,
        facts=msgspec.structs.replace(facts, subject=RECEIVED, portions=_portions(done, sender)),
    )
    return out, into


def _portions(done: Transfer, sender: Account) -> tuple[tuple[int, Instant], ...]:
    """What is handed over, by expiry: points never last longer for having been given away."""
    wallet = sender.standing.wallet(done.currency)
    portions: dict[Instant, int] = {}
    for lot in wallet.draw(done.points, sender.at):
        expires_at = wallet.expiry_of(lot)
        portions[expires_at] = portions.get(expires_at, 0) + lot.points
    return tuple((points, expires_at) for expires_at, points in sorted(portions.items()))


def _announcements(done: Transfer) -> list[outbox.Announcement]:
    said = {
        "at": done.at,
        "currency": done.currency,
        "points": done.points,
        "transfer": done.id,
    }
    sent = {"type": "points.sent", **said, "to": done.recipient_id}
    received = {"type": "points.received", **said, "from": done.sender_id}
    return [
        outbox.Announcement(done.sender_id, [sent], done.out_entry_id),
        outbox.Announcement(done.recipient_id, [received], done.in_entry_id),
    ]


async def _of_source(source: str) -> Transfer:
    row = await database.fetch_one(f"{_FOUND} WHERE source = ?", source)
    if row is None:
        # The key stands for something else that happened to say the same.
        raise IdempotencyConflict(source)
    return _read(row)


def _read(row: database.Row) -> Transfer:
    names = Transfer.__struct_fields__
    return Transfer(**dict(zip(names, row, strict=True)))
