"""Donations: charities, their campaigns, and what members gave."""

from typing import Annotated

import strawberry

from api import paging
from api.context import Info, Reader
from api.paging import After, Connection, First
from api.points import Currency
from api.scalars import BigInt, DateTime
from kit import clock
from kit.errors import NotFound
from rewards import donations
from rewards.donations import CampaignState, DonationState, Thermometer


@strawberry.type(description="What a charity collects for.")
class Campaign:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title, in the viewer's language.")
    description: str | None = strawberry.field(description="What it is about.")
    currency: Currency = strawberry.field(description="Which points it takes.")
    goal: BigInt = strawberry.field(description="How many it asks for.")
    raised: BigInt = strawberry.field(description="How many it has been given.")
    percent: float = strawberry.field(description="What it has in per cent of the goal.")
    matched: BigInt = strawberry.field(description="How many of them sponsors added.")
    donors: int = strawberry.field(description="How many members gave.")
    state: CampaignState = strawberry.field(description="Where it is in its life.")
    starts_at: DateTime = strawberry.field(description="When it begins.")
    ends_at: DateTime | None = strawberry.field(description="The first moment after it.")
    minimum: BigInt = strawberry.field(description="The least that it takes at once.")
    version: int = strawberry.field(description="Which version of the definition this is.")

    @classmethod
    def of(
        cls, meter: Thermometer, reader: Reader, state: CampaignState | None = None
    ) -> "Campaign":
        """The campaign in the reader's words; `state` for one that is not published."""
        campaign = meter.campaign
        return cls(
            key=campaign.key,
            title=reader.say(campaign.title),
            description=reader.say(campaign.description) or None,
            currency=Currency.named(campaign.currency, reader),
            goal=BigInt(campaign.goal),
            raised=BigInt(meter.raised),
            percent=round(meter.percent, 2),
            matched=BigInt(meter.matched),
            donors=meter.donors,
            state=state or meter.state(reader.at),
            starts_at=DateTime(campaign.starts_at),
            ends_at=None if campaign.ends_at is None else DateTime(campaign.ends_at),
            minimum=BigInt(campaign.minimum),
            version=meter.version,
        )


@strawberry.type(description="Somebody who puts points to good use.")
class Charity:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(description="What it does.")
    icon_url: str | None = strawberry.field(description="Its picture.")

    @strawberry.field(description="Its campaigns, by key.")
    async def campaigns(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Campaign]:
        reader = await info.context.reader()
        meters = await info.context.loaders.campaigns.load(self.key)
        page = paging.of_sorted(
            meters, key=lambda meter: meter.campaign.key, first=first, after=after
        )
        return Connection.of(page.map(lambda meter: Campaign.of(meter, reader)))

    @classmethod
    def of(cls, charity: donations.Charity, reader: Reader) -> "Charity":
        """The charity in the reader's words."""
        return cls(
            key=charity.key,
            name=reader.say(charity.name),
            description=reader.say(charity.description) or None,
            icon_url=charity.icon_url or None,
        )


@strawberry.type(description="The proof of a donation.")
class Receipt:
    number: str = strawberry.field(description="Its number: the charity, and a count of its own.")


@strawberry.type(description="Points that a member gave.")
class Donation:
    id: strawberry.ID = strawberry.field(description="Its id.")
    points: BigInt = strawberry.field(description="How many.")
    currency: Currency = strawberry.field(description="Of which currency.")
    state: DonationState = strawberry.field(description="Where it is in its life.")
    matched: BigInt = strawberry.field(description="How many a sponsor added.")
    receipt: Receipt | None = strawberry.field(description="The proof of it, once confirmed.")
    anonymous: bool = strawberry.field(description="Whether the member's name is kept back.")
    donated_at: DateTime = strawberry.field(description="When it was given.")
    donation: strawberry.Private[donations.Donation]

    @strawberry.field(description="What it was given for.")
    async def campaign(self, info: Info) -> Campaign:
        meter = await info.context.loaders.campaign.load(self.donation.campaign)
        return Campaign.of(meter, await info.context.reader())

    @classmethod
    def of(cls, donation: donations.Donation, reader: Reader) -> "Donation":
        """The donation, as it is now."""
        number = f"{donation.charity}-{donation.receipt:06d}" if donation.receipt else None
        return cls(
            id=strawberry.ID(donation.id),
            points=BigInt(donation.points),
            currency=Currency.named(donation.currency, reader),
            state=donation.state(clock.now()),
            matched=BigInt(donation.matched),
            receipt=Receipt(number=number) if number else None,
            anonymous=donation.anonymous,
            donated_at=DateTime(donation.donated_at),
            donation=donation,
        )


async def of_member(
    member_id: str, reader: Reader, *, first: int | None, after: str | None
) -> Connection[Donation]:
    """What the member gave, newest first."""
    size = paging.size(first)
    keys = paging.keys_after(after, int, str)
    behind = (int(keys[0]), str(keys[1])) if keys else None
    rows = await donations.page_of(member_id, after=behind, limit=size + 1)
    page = paging.of_rows(rows, key=lambda row: (row.donated_at, row.id), size=size, after=after)
    return Connection.of(page.map(lambda row: Donation.of(row, reader)))


@strawberry.type
class DonationQueries:
    @strawberry.field(description="The charities, by key.")
    async def charities(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Charity]:
        reader, size = await info.context.reader(), paging.size(first)
        keys = paging.keys_after(after, str)
        behind = str(keys[0]) if keys else None
        rows = await donations.charities_page(after=behind, limit=size + 1)
        page = paging.of_rows(rows, key=lambda charity: (charity.key,), size=size, after=after)
        return Connection.of(page.map(lambda charity: Charity.of(charity, reader)))

    @strawberry.field(description="One campaign; null where there is none.")
    async def campaign(
        self, info: Info, key: Annotated[str, strawberry.argument(description="Its key.")]
    ) -> Campaign | None:
        try:
            meter = await donations.find_campaign(key)
        except NotFound:
            return None
        return Campaign.of(meter, await info.context.reader())
