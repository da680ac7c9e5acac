"""Members, as they see themselves and as services and staff see them."""

from typing import Annotated

import strawberry

from api import badges, challenges, donations, paging, rewards, statement, streaks, transfers
from api.activities import Activity
from api.badges import BadgeFilter, MemberBadge
from api.challenges import ChallengeState, MemberChallenge
from api.context import Info
from api.donations import Donation
from api.paging import After, Connection, CountedConnection, First
from api.points import Currency, Points
from api.rewards import Redemption
from api.scalars import DateTime
from api.statement import Kinds, Lot, OfCurrency, StatementLine
from api.streaks import StreakProgress
from api.tiers import TierProgress
from api.transfers import Transfer
from gamification import journal, members
from gamification.ledger import Wallet
from gamification.tiers import TierState
from kit.errors import InvalidInput, NotFound


@strawberry.type(description="A member, for that member, for services and for staff.")
class Member:
    id: strawberry.ID = strawberry.field(description="The member's id here.")
    external_id: str = strawberry.field(description="The member's id in your own books.")
    display_name: str = strawberry.field(description="The name that the member goes by.")
    avatar_url: str | None = strawberry.field(description="A picture of the member.")
    time_zone: str = strawberry.field(description="The IANA zone in which the member's days are.")
    locale: str = strawberry.field(description="The language that the member reads (BCP 47).")
    email: str | None = strawberry.field(description="The member's e-mail address.")
    card_number: str | None = strawberry.field(description="The number on the member's card.")
    referral_code: str = strawberry.field(description="The code with which friends enrol.")
    enrolled_at: DateTime = strawberry.field(description="Since when the member is one.")

    @property
    def member_id(self) -> str:
        """Whose this is, for the guards."""
        return str(self.id)

    @strawberry.field(description="The member's points of the programme's main currency.")
    async def points(self, info: Info) -> Points:
        main = (await info.context.reader()).edition.main_currency
        found = await _points(info, self.member_id, main)
        if found is None:
            raise NotFound("currency", main)
        return found

    @strawberry.field(description="The member's points of one currency; null where it is none.")
    async def points_in(
        self, info: Info, currency: Annotated[str, strawberry.argument(description="Its key.")]
    ) -> Points | None:
        return await _points(info, self.member_id, currency)

    @strawberry.field(description="The member's points of every currency, by key.")
    async def wallets(self, info: Info) -> list[Points]:
        currencies = sorted((await info.context.reader()).edition.currencies)
        found = [await _points(info, self.member_id, currency) for currency in currencies]
        return [points for points in found if points is not None]

    @strawberry.field(description="What is left of earnings, soonest expiry first.")
    async def lots(
        self,
        info: Info,
        currency: OfCurrency = None,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
    ) -> Connection[Lot]:
        reader = await info.context.reader()
        view = await info.context.standing(self.member_id)
        key = reader.edition.main_currency if currency is None else currency
        return statement.lots_of(view, key, reader, first=first, after=after)

    @strawberry.field(description="Where the member stands on the ladder; null where none is.")
    async def tier(self, info: Info) -> TierProgress | None:
        reader = await info.context.reader()
        compiled = reader.edition.tier_set
        if compiled is None:
            return None
        standing = (await info.context.standing(self.member_id)).standing
        state = standing.tiers.get(compiled.tier_set.key, TierState())
        return TierProgress.of(compiled, state, reader)

    @strawberry.field(description="The member's badges, by key.")
    async def badges(
        self,
        info: Info,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        state: Annotated[
            BadgeFilter, strawberry.argument(description="Which of them.")
        ] = BadgeFilter.EARNED,
    ) -> CountedConnection[MemberBadge]:
        standing = (await info.context.standing(self.member_id)).standing
        found = badges.of_member(standing, await info.context.reader(), state)
        page = paging.of_sorted(found, key=lambda one: one.badge.key, first=first, after=after)
        return CountedConnection.of(page, len(found))

    @strawberry.field(description="The challenges, by key, and how far the member is with them.")
    async def challenges(
        self,
        info: Info,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        state: Annotated[
            ChallengeState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
    ) -> Connection[MemberChallenge]:
        standing = (await info.context.standing(self.member_id)).standing
        found = challenges.of_member(standing, await info.context.reader(), state)
        page = paging.of_sorted(found, key=lambda one: one.challenge.key, first=first, after=after)
        return Connection.of(page)

    @strawberry.field(description="The streaks, by key, and the member's run of each.")
    async def streaks(self, info: Info) -> list[StreakProgress]:
        standing = (await info.context.standing(self.member_id)).standing
        return streaks.of_member(standing, self.time_zone, await info.context.reader())

    @strawberry.field(description="Every movement of the member's points, newest first.")
    async def statement(
        self,
        info: Info,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        currency: OfCurrency = None,
        kinds: Kinds = None,
    ) -> Connection[StatementLine]:
        reader = await info.context.reader()
        return await statement.page_of(
            self.member_id, reader, first=first, after=after, currency=currency, kinds=kinds
        )

    @strawberry.field(description="What the member did, newest first.")
    async def activities(
        self, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Activity]:
        size = paging.size(first)
        keys = paging.keys_after(after, int, str)
        behind = (int(keys[0]), str(keys[1])) if keys else None
        entries = await journal.entries_of(self.member_id, after=behind, limit=size + 1)
        page = paging.of_rows(
            entries, key=lambda entry: (entry.at, entry.id), size=size, after=after
        )
        return Connection.of(page.map(Activity.of))

    @strawberry.field(description="The rewards that the member has had, newest first.")
    async def redemptions(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Redemption]:
        reader = await info.context.reader()
        return await rewards.of_member(self.member_id, reader, first=first, after=after)

    @strawberry.field(description="What the member gave, newest first.")
    async def donations(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Donation]:
        reader = await info.context.reader()
        return await donations.of_member(self.member_id, reader, first=first, after=after)

    @strawberry.field(description="Points that went to other members or came from them.")
    async def transfers(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Transfer]:
        reader = await info.context.reader()
        return await transfers.of_member(self.member_id, reader, first=first, after=after)

    @classmethod
    def of(cls, member: members.Member) -> "Member":
        """The member."""
        return cls(
            id=strawberry.ID(member.id),
            external_id=member.external_id,
            display_name=member.display_name,
            avatar_url=member.avatar_url,
            time_zone=member.time_zone,
            locale=member.locale,
            email=member.email,
            card_number=member.card_number,
            referral_code=member.referral_code,
            enrolled_at=DateTime(member.enrolled_at),
        )


async def _points(info: Info, member_id: str, currency: str) -> Points | None:
    reader = await info.context.reader()
    if currency not in reader.edition.currencies:
        return None
    view = await info.context.standing(member_id)
    wallet = view.standing.wallets.get(currency, Wallet())
    return Points.of(Currency.named(currency, reader), wallet, view.at)


@strawberry.type
class MemberQueries:
    @strawberry.field(description="The member who asks; null for everybody who is none.")
    async def me(self, info: Info) -> Member | None:
        member = await info.context.loaders.member.load(info.context.own_id())
        return None if member is None else Member.of(member)

    @strawberry.field(description="One member; null where there is none for this viewer.")
    async def member(
        self,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="The id here.")] = None,
        external_id: Annotated[
            str | None, strawberry.argument(description="The id in your own books.")
        ] = None,
    ) -> Member | None:
        if (id is None) == (external_id is None):
            raise InvalidInput.at("id", "give either id or externalId")
        try:
            return Member.of(await members.find(id=id, external_id=external_id))
        except NotFound:
            return None

    @strawberry.field(description="All members, by id, which is by the time they enrolled.")
    async def members(
        self,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        search: Annotated[
            str, strawberry.argument(description="What a name or an id begins with.")
        ] = "",
    ) -> Connection[Member]:
        size = paging.size(first)
        keys = paging.keys_after(after, str)
        behind = str(keys[0]) if keys else None
        rows = await members.page(after=behind, limit=size + 1, search=search)
        page = paging.of_rows(rows, key=lambda member: (member.id,), size=size, after=after)
        return Connection.of(page.map(Member.of))
