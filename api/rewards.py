"""Rewards: what points can be spent on, and what a member has had for them."""

from typing import Annotated

import strawberry

from api import paging
from api.context import Info, Reader
from api.paging import After, Connection, First
from api.points import Currency
from api.scalars import BigInt, DateTime
from gamification.programme import DefinitionState
from kit import clock
from kit.errors import NotFound
from rewards import catalogue, redemptions
from rewards.catalogue import LockReason, Offer, RewardKind
from rewards.redemptions import RedemptionState


@strawberry.type(description="What something costs.")
class Price:
    amount: BigInt = strawberry.field(description="How many points.")
    currency: Currency = strawberry.field(description="Of which currency.")


@strawberry.type(description="Why the viewer cannot redeem a reward now, although it exists.")
class RewardLock:
    reason: LockReason = strawberry.field(description="The reason, for programs.")
    why: str = strawberry.field(description="The reason, for people.")


@strawberry.type(description="Something that points can be spent on.")
class Reward:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title, in the viewer's language.")
    description: str | None = strawberry.field(description="What it is.")
    kind: RewardKind = strawberry.field(description="What sort of thing it is.")
    price: list[Price] = strawberry.field(description="What it costs.")
    stock: int | None = strawberry.field(description="How many are left; null where no end is.")
    version: int = strawberry.field(description="Which version of the definition this is.")
    state: DefinitionState = strawberry.field(description="Whether this version is in force.")
    offer: strawberry.Private[Offer]

    @strawberry.field(description="Whether the viewer, being a member, has the points for it.")
    async def affordable(self, info: Info) -> bool:
        member_id = info.context.viewer.member_id
        if member_id is None:
            return False
        return catalogue.affordable(self.offer.reward, await info.context.standing(member_id))

    @strawberry.field(description="Why the viewer, being a member, cannot redeem it; null if so.")
    async def locked(self, info: Info) -> RewardLock | None:
        member_id = info.context.viewer.member_id
        if member_id is None:
            return None
        had = await info.context.loaders.had.load((member_id, self.key))
        lock = catalogue.lock_of(self.offer, await info.context.standing(member_id), had=had)
        return None if lock is None else RewardLock(reason=lock.reason, why=lock.why)

    @classmethod
    def of(
        cls, offer: Offer, reader: Reader, state: DefinitionState = DefinitionState.PUBLISHED
    ) -> "Reward":
        """The offer in the reader's words."""
        reward = offer.reward
        return cls(
            key=reward.key,
            title=reader.say(reward.title),
            description=reader.say(reward.description) or None,
            kind=reward.kind,
            price=[_price(price, reader) for price in reward.price],
            stock=offer.remaining,
            version=offer.version,
            state=state,
            offer=offer,
        )


@strawberry.type(description="A code that is worth something.")
class Voucher:
    code: str | None = strawberry.field(description="The code; null where it cannot be shown.")
    expires_at: DateTime | None = strawberry.field(description="Until when it is good.")


@strawberry.type(description="A reward that a member has had.")
class Redemption:
    id: strawberry.ID = strawberry.field(description="Its id.")
    state: RedemptionState = strawberry.field(description="Where it is in its life.")
    redeemed_at: DateTime = strawberry.field(description="When it was redeemed.")
    price: Price = strawberry.field(description="What was paid.")
    ended_at: DateTime | None = strawberry.field(
        description="When its voucher was used, or it was returned."
    )
    reason: str | None = strawberry.field(description="Why it was returned, where anybody said.")
    redemption: strawberry.Private[redemptions.Redemption]
    member_id: strawberry.Private[str]

    @strawberry.field(description="The reward.")
    async def reward(self, info: Info) -> Reward:
        offer = await info.context.loaders.offer.load(self.redemption.reward)
        return Reward.of(offer, await info.context.reader())

    @strawberry.field(
        description="Its code, for the member it belongs to; null where it was used at once."
    )
    def voucher(self) -> Voucher | None:
        if self.redemption.activity:
            return None
        voucher = redemptions.voucher_of(self.redemption)
        expires = voucher.expires_at
        return Voucher(code=voucher.code, expires_at=None if expires is None else DateTime(expires))

    @classmethod
    def of(cls, redemption: redemptions.Redemption, reader: Reader) -> "Redemption":
        """The redemption, as it is now."""
        currency, end = Currency.named(redemption.currency, reader), redemption.end
        return cls(
            id=strawberry.ID(redemption.id),
            state=redemption.state(clock.now()),
            redeemed_at=DateTime(redemption.redeemed_at),
            price=Price(amount=BigInt(redemption.points), currency=currency),
            ended_at=None if end is None else DateTime(end.ended_at),
            reason=(end.reason or None) if end else None,
            redemption=redemption,
            member_id=redemption.member_id,
        )


async def of_member(
    member_id: str, reader: Reader, *, first: int | None, after: str | None
) -> Connection[Redemption]:
    """What the member has had, newest first."""
    size = paging.size(first)
    keys = paging.keys_after(after, int, str)
    behind = (int(keys[0]), str(keys[1])) if keys else None
    rows = await redemptions.page_of(member_id, after=behind, limit=size + 1)
    page = paging.of_rows(rows, key=lambda row: (row.redeemed_at, row.id), size=size, after=after)
    return Connection.of(page.map(lambda row: Redemption.of(row, reader)))


def _price(price: catalogue.Price, reader: Reader) -> Price:
    return Price(amount=BigInt(price.amount), currency=Currency.named(price.currency, reader))


@strawberry.type
class RewardQueries:
    @strawberry.field(description="The rewards on offer, by key.")
    async def rewards(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Reward]:
        reader, size = await info.context.reader(), paging.size(first)
        keys = paging.keys_after(after, str)
        behind = str(keys[0]) if keys else None
        offers = await catalogue.page(after=behind, limit=size + 1)
        page = paging.of_rows(offers, key=lambda one: (one.reward.key,), size=size, after=after)
        return Connection.of(page.map(lambda offer: Reward.of(offer, reader)))

    @strawberry.field(description="One reward; null where there is none.")
    async def reward(
        self, info: Info, key: Annotated[str, strawberry.argument(description="Its key.")]
    ) -> Reward | None:
        try:
            return Reward.of(await catalogue.find(key), await info.context.reader())
        except NotFound:
            return None
