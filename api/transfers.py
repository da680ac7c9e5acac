"""Transfers: points that members hand over to each other."""

import strawberry

from api import paging
from api.cards import MemberCard
from api.context import Info, Reader
from api.paging import Connection
from api.points import Currency
from api.scalars import BigInt, DateTime
from gamification import engine
from kit.errors import NotFound


@strawberry.type(description="Points that went from one member to another.")
class Transfer:
    id: strawberry.ID = strawberry.field(description="Its id.")
    currency: Currency = strawberry.field(description="Which points.")
    points: BigInt = strawberry.field(description="How many.")
    message: str | None = strawberry.field(description="What the sender says to it.")
    occurred_at: DateTime = strawberry.field(description="When.")
    transfer: strawberry.Private[engine.Transfer]

    @strawberry.field(description="Who gave them.")
    async def sender(self, info: Info) -> MemberCard:
        return await _card(info, self.transfer.sender_id)

    @strawberry.field(description="Who has them now.")
    async def recipient(self, info: Info) -> MemberCard:
        return await _card(info, self.transfer.recipient_id)

    @classmethod
    def of(cls, transfer: engine.Transfer, reader: Reader) -> "Transfer":
        """The transfer in the reader's words."""
        return cls(
            id=strawberry.ID(transfer.id),
            currency=Currency.named(transfer.currency, reader),
            points=BigInt(transfer.points),
            message=transfer.message or None,
            occurred_at=DateTime(transfer.at),
            transfer=transfer,
        )


async def of_member(
    member_id: str, reader: Reader, *, first: int | None, after: str | None
) -> Connection[Transfer]:
    """What the member gave and was given, newest first."""
    size = paging.size(first)
    keys = paging.keys_after(after, int, str)
    behind = (int(keys[0]), str(keys[1])) if keys else None
    rows = await engine.transfers_page(member_id, after=behind, limit=size + 1)
    page = paging.of_rows(rows, key=lambda row: (row.at, row.id), size=size, after=after)
    return Connection.of(page.map(lambda row: Transfer.of(row, reader)))


async def _card(info: Info, member_id: str) -> MemberCard:
    member = await info.context.loaders.member.load(member_id)
    if member is None:
        raise NotFound("member", member_id)
    return MemberCard.of(member)
