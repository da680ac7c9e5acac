"""A member's statement and open lots: why each line is there, and which lots it used."""

from typing import Annotated

import strawberry

from api import paging, reasons
from api.activities import Activity, Money
from api.context import Info, Reader
from api.paging import Connection
from api.points import Currency
from api.scalars import BigInt, DateTime
from gamification import journal, ledger
from gamification.engine import View
from gamification.journal import Entry, EntryType
from gamification.ledger import NEVER, SLIDING, EntryKind, Line, Origin, Wallet
from kit.clock import Instant


@strawberry.type(description="Points of one lot that a line has used.")
class LotUse:
    points: BigInt = strawberry.field(description="How many.")
    earned_at: DateTime = strawberry.field(description="When they had been earned.")
    expires_at: DateTime | None = strawberry.field(
        description="When they would have expired; null for never, and where activity puts it off."
    )
    why: str = strawberry.field(description="What they had been earned for.")


@strawberry.type(description="What took an activity back, wholly or in part: a refund.")
class Retraction:
    id: strawberry.ID = strawberry.field(description="Its id.")
    occurred_at: DateTime = strawberry.field(description="When it happened.")
    reason: str = strawberry.field(description="The reason that was given.")
    fraction: float | None = strawberry.field(description="Which part of it was taken back.")
    amount: Money | None = strawberry.field(description="How much of its money was taken back.")

    @classmethod
    def of(cls, entry: Entry, retracted: Entry | None) -> "Retraction":
        """The retraction that a journal entry records, and what it takes back."""
        facts, currency = entry.facts, retracted.facts.currency if retracted else ""
        share, amount = facts.share, facts.amount
        return cls(
            id=strawberry.ID(entry.id),
            occurred_at=DateTime(entry.at),
            reason=facts.reason,
            fraction=None if share is None else share / journal.WHOLE,
            amount=None if amount is None else Money(minor=BigInt(amount), currency=currency),
        )


@strawberry.type(description="One line of a statement.")
class StatementLine:
    id: strawberry.ID = strawberry.field(description="Its id.")
    amount: BigInt = strawberry.field(description="Plus for what came in, minus for what went out.")
    kind: EntryKind = strawberry.field(description="What the line does.")
    why: str = strawberry.field(description="The reason, in the viewer's language.")
    subject: str = strawberry.field(
        description="What it was for, by key and version: `rule:per-dollar@1`, `expiry`."
    )
    occurred_at: DateTime = strawberry.field(description="When it happened.")
    recorded_at: DateTime = strawberry.field(description="When it was written down.")
    currency: Currency = strawberry.field(description="Which points these are.")
    activity_id: strawberry.ID | None = strawberry.field(
        description="What caused it, where something did and not the mere passing of time."
    )
    line: strawberry.Private[Line]
    member_id: strawberry.Private[str]

    @strawberry.field(description="The activity behind it; of a refund, the one taken back.")
    async def activity(self, info: Info) -> Activity | None:
        entry = await self._cause(info)
        if entry is not None and entry.type is EntryType.RETRACTION:
            entry = await info.context.loaders.entry_of_source.load(entry.target)
        if entry is None or entry.type is not EntryType.ACTIVITY:
            return None
        return Activity.of(entry)

    @strawberry.field(description="The refund that has brought it about.")
    async def retraction(self, info: Info) -> Retraction | None:
        entry = await self._cause(info)
        if entry is None or entry.type is not EntryType.RETRACTION:
            return None
        retracted = await info.context.loaders.entry_of_source.load(entry.target)
        return Retraction.of(entry, retracted)

    @strawberry.field(description="The reason in the words of whoever did it; null where none.")
    async def reason(self, info: Info) -> str | None:
        entry = await self._cause(info)
        return (entry.facts.reason or None) if entry else None

    @strawberry.field(description="Who of the staff did it.")
    async def actor(self, info: Info) -> str | None:
        entry = await self._cause(info)
        return (entry.facts.actor or None) if entry else None

    @strawberry.field(description="The lots that it used, in the order in which it did.")
    async def lots(self, info: Info) -> list[LotUse]:
        reader = await info.context.reader()
        keys = [(self.member_id, key) for key, _ in self.line.lots]
        origins = await info.context.loaders.origin.load_many(keys)
        return [
            _use(points, origin, reader)
            for (_, points), origin in zip(self.line.lots, origins, strict=True)
            if origin is not None
        ]

    async def _cause(self, info: Info) -> Entry | None:
        if self.line.entry_id is None:
            return None
        return await info.context.loaders.entry.load(self.line.entry_id)

    @classmethod
    def of(cls, line: Line, member_id: str, reader: Reader) -> "StatementLine":
        """The line in the reader's words."""
        return cls(
            id=strawberry.ID(line.id),
            amount=BigInt(line.amount),
            kind=line.kind,
            why=reasons.sentence(line.subject, line.kind, reader),
            subject=line.subject,
            occurred_at=DateTime(line.at),
            recorded_at=DateTime(line.recorded_at),
            currency=Currency.named(line.currency, reader),
            activity_id=strawberry.ID(line.entry_id) if line.entry_id else None,
            line=line,
            member_id=member_id,
        )


@strawberry.type(description="Points that came together and expire together: what is left of them.")
class Lot:
    points: BigInt = strawberry.field(description="How many are left.")
    currency: Currency = strawberry.field(description="Which points these are.")
    earned_at: DateTime = strawberry.field(description="When they were earned.")
    available_at: DateTime | None = strawberry.field(
        description="From when they can be spent; null where that takes an event."
    )
    expires_at: DateTime | None = strawberry.field(
        description="When they expire, as it stands now; null for never."
    )
    lot: strawberry.Private[ledger.Lot]
    member_id: strawberry.Private[str]

    @strawberry.field(description="What they were earned for, in the viewer's language.")
    async def why(self, info: Info) -> str:
        reader = await info.context.reader()
        origin = await info.context.loaders.origin.load((self.member_id, self.lot.key))
        subject, kind = (origin.subject, origin.kind) if origin else ("", EntryKind.EARN)
        return reasons.sentence(subject, kind, reader)


Kinds = Annotated[
    list[EntryKind] | None, strawberry.argument(description="Only lines that do one of these.")
]
OfCurrency = Annotated[
    str | None, strawberry.argument(description="Only this currency's; its key.")
]


async def page_of(
    member_id: str,
    reader: Reader,
    *,
    first: int | None,
    after: str | None,
    currency: str | None,
    kinds: list[EntryKind] | None,
) -> Connection[StatementLine]:
    """The member's lines, newest first."""
    size = paging.size(first)
    keys = paging.keys_after(after, int, str)
    behind = (int(keys[0]), str(keys[1])) if keys else None
    lines = await ledger.statement(
        member_id, currency=currency, kinds=kinds or (), after=behind, limit=size + 1
    )
    page = paging.of_rows(lines, key=lambda line: (line.at, line.id), size=size, after=after)
    return Connection.of(page.map(lambda line: StatementLine.of(line, member_id, reader)))


def lots_of(
    view: View, currency: str, reader: Reader, *, first: int | None, after: str | None
) -> Connection[Lot]:
    """The member's open lots of a currency, soonest expiry first."""
    size = paging.size(first)
    keys = paging.keys_after(after, int, int, str)
    wallet = view.standing.wallets.get(currency, Wallet())
    lots = sorted(wallet.lots, key=lambda lot: _place(lot, wallet))
    behind = [lot for lot in lots if keys is None or _place(lot, wallet) > keys]
    page = paging.of_rows(
        behind[: size + 1], key=lambda lot: _place(lot, wallet), size=size, after=after
    )
    named = Currency.named(currency, reader)
    return Connection.of(
        page.map(
            lambda lot: Lot(
                points=BigInt(lot.points),
                currency=named,
                earned_at=DateTime(lot.at),
                available_at=_moment(lot.available_at),
                expires_at=_moment(wallet.expiry_of(lot)),
                lot=lot,
                member_id=view.member_id,
            )
        )
    )


def _place(lot: ledger.Lot, wallet: Wallet) -> tuple[Instant, Instant, str]:
    return wallet.expiry_of(lot), lot.at, lot.key


def _use(points: int, origin: Origin, reader: Reader) -> LotUse:
    return LotUse(
        points=BigInt(points),
        earned_at=DateTime(origin.at),
        expires_at=_moment(origin.expires_at),
        why=reasons.sentence(origin.subject, origin.kind, reader),
    )


def _moment(at: Instant) -> DateTime | None:
    return DateTime(at) if at < min(SLIDING, NEVER) else None
