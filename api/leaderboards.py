"""Leaderboards: who is where, and who stands around the viewer."""

from typing import Annotated, Final

import strawberry

from api import paging
from api.cards import MemberCard
from api.context import Info, Reader
from api.paging import After, Connection, First
from api.scalars import BigInt, DateTime
from gamification import leaderboards
from gamification.leaderboards import Placing, Position
from gamification.programme import DefinitionState
from kit import clock
from kit.clock import Instant
from kit.errors import InvalidInput, NotFound
from kit.settings import settings

RADIUS_MAX: Final = 50


@strawberry.type(description="The stretch of time that scores belong to.")
class Period:
    starts_at: DateTime | None = strawberry.field(description="Its beginning; null for all time.")
    ends_at: DateTime | None = strawberry.field(description="Its end; null for all time.")
    final: bool = strawberry.field(description="Whether nothing can change its ranks any more.")


@strawberry.type(description="A member's place on a leaderboard.")
class Rank:
    rank: int = strawberry.field(description="The place; the best is 1.")
    score: BigInt = strawberry.field(description="The score.")
    reached_at: DateTime = strawberry.field(description="When that score was reached.")
    is_me: bool = strawberry.field(description="Whether it is the viewer's.")
    placed: strawberry.Private[str]

    @strawberry.field(description="Whose place it is.")
    async def member(self, info: Info) -> MemberCard:
        member = await info.context.loaders.member.load(self.placed)
        assert member is not None, "scores belong to members"
        return MemberCard.of(member)

    @classmethod
    def of(cls, placing: Placing, viewer_id: str | None) -> "Rank":
        """The placing as that viewer sees it."""
        return cls(
            rank=placing.rank,
            score=BigInt(placing.score),
            reached_at=DateTime(placing.reached_at),
            is_me=placing.member_id == viewer_id,
            placed=placing.member_id,
        )


@strawberry.type(description="Members by score, in one period.")
class Leaderboard:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title, in the viewer's language.")
    period: Period = strawberry.field(description="The period that is shown.")
    version: int = strawberry.field(description="Which version of the definition this is.")
    state: DefinitionState = strawberry.field(description="Whether this version is in force.")
    board: strawberry.Private[leaderboards.Leaderboard]
    start: strawberry.Private[Instant]

    @strawberry.field(description="The viewer's own place; null where the viewer has no score.")
    async def me(self, info: Info) -> Rank | None:
        own = info.context.own_id()
        placing = await leaderboards.rank_of(self.board, self.start, own)
        return None if placing is None else Rank.of(placing, own)

    @strawberry.field(description="The viewer's place with those above and below, best first.")
    async def around(
        self,
        info: Info,
        radius: Annotated[
            int, strawberry.argument(description="How many on each side; 50 at most.")
        ] = 5,
    ) -> list[Rank]:
        if not 0 <= radius <= RADIUS_MAX:
            raise InvalidInput.at("radius", f"must be from 0 to {RADIUS_MAX}")
        own = info.context.viewer.member_id
        if own is None:
            return []
        placings = await leaderboards.around(self.board, self.start, own, radius=radius)
        return [Rank.of(placing, own) for placing in placings]

    @strawberry.field(description="All places, best first.")
    async def standings(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Rank]:
        size = paging.size(first)
        keys = paging.keys_after(after, int, int, int)
        behind = Position(*map(int, keys)) if keys else None
        placings = await leaderboards.page(self.board, self.start, after=behind, limit=size + 1)
        page = paging.of_rows(placings, key=_place, size=size, after=after)
        own = info.context.viewer.member_id
        return Connection.of(page.map(lambda placing: Rank.of(placing, own)))

    @strawberry.field(description="How many members have a score in the period.")
    async def members(self) -> int:
        return await leaderboards.count(self.board, self.start)

    @classmethod
    def of(
        cls,
        board: leaderboards.Leaderboard,
        version: int,
        reader: Reader,
        *,
        at: Instant | None = None,
        state: DefinitionState = DefinitionState.PUBLISHED,
    ) -> "Leaderboard":
        """The board in the period that holds `at` (now where none is given)."""
        start = leaderboards.period_start(board, reader.at if at is None else at)
        return cls(
            key=board.key,
            title=reader.say(board.title),
            period=_period(board, start, reader.at),
            version=version,
            state=state,
            board=board,
            start=start,
        )


def _period(board: leaderboards.Leaderboard, start: Instant, now: Instant) -> Period:
    end = leaderboards.period_end(board, start)
    if end is None:
        return Period(starts_at=None, ends_at=None, final=False)
    # What happened in it may be reported until the trust window has passed.
    final = now >= end + settings().lateness_days * clock.DAY
    return Period(starts_at=DateTime(start), ends_at=DateTime(end), final=final)


def _place(placing: Placing) -> tuple[int, int, int]:
    return placing.score, placing.reached_at, placing.tiebreak


@strawberry.type
class LeaderboardQueries:
    @strawberry.field(description="The leaderboards, by key, each in its present period.")
    async def leaderboards(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Leaderboard]:
        reader = await info.context.reader()
        found = [
            Leaderboard.of(compiled.board, compiled.version, reader)
            for _, compiled in sorted(reader.edition.boards.items())
        ]
        return Connection.of(
            paging.of_sorted(found, key=lambda board: board.key, first=first, after=after)
        )

    @strawberry.field(description="One leaderboard; null and NOT_FOUND where there is none.")
    async def leaderboard(
        self,
        info: Info,
        key: Annotated[str, strawberry.argument(description="Its key.")],
        period: Annotated[
            DateTime | None,
            strawberry.argument(description="Any moment of the period to show; now if left out."),
        ] = None,
    ) -> Leaderboard | None:
        reader = await info.context.reader()
        compiled = reader.edition.boards.get(key)
        if compiled is None:
            # A frontend has its board's key built in: a wrong one must not look like no score.
            raise NotFound("leaderboard", key)
        return Leaderboard.of(compiled.board, compiled.version, reader, at=period)
