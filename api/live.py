"""The thread that keeps a screen alive: what happens to a member, from a cursor on.

A cursor is a place in the outbox: the position of a row, and the index of a fact in it. Facts are
never changed, so whoever comes back with the last cursor seen goes on without gap or repetition.
Bells only say when to look; what is read stands in the database.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

import strawberry

from api.context import Context, Info
from api.events import Event, Fact, RankChanged, told
from api.leaderboards import Leaderboard
from api.scalars import DateTime
from gamification import leaderboards
from kit import bells, outbox, paging
from kit.errors import InvalidInput

BATCH: Final = 100
_WHOLE_ROW: Final = 1 << 30
"""An index behind all facts of a row."""


@strawberry.type(description="Something that happened to a member, and its place.")
class MemberEvent:
    cursor: str = strawberry.field(description="Its place: ask `after` it to go on from here.")
    occurred_at: DateTime = strawberry.field(description="When it happened.")
    event: Event = strawberry.field(description="What happened.")


@strawberry.type
class LiveEvents:
    @strawberry.subscription(description="What happens to the member who asks, as it happens.")
    async def my_events(
        self,
        info: Info,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="Everything since the event with this cursor; from now on if left out."
            ),
        ] = None,
    ) -> AsyncGenerator[MemberEvent, None]:
        member_id = info.context.own_id()
        place = await _place(member_id, after)
        async with aclosing(bells.listen(member_id)) as rings:
            async for _ in rings:
                while heard := await outbox.facts_after(member_id, *place, limit=BATCH):
                    context = info.context.renewed()
                    for position, index, fact in heard:
                        place = position, index
                        event = await _event(fact, member_id, context)
                        if event is not None:
                            yield MemberEvent(
                                cursor=paging.encode(position, index),
                                occurred_at=DateTime(fact["at"]),
                                event=event,
                            )


async def _place(member_id: str, after: str | None) -> tuple[int, int]:
    if after is None:
        return await outbox.newest_position(member_id), _WHOLE_ROW
    position, index = paging.decode(after, 2)
    if not isinstance(position, int) or not isinstance(index, int):
        raise InvalidInput.at("after", "this cursor belongs to another list")
    return position, index


async def _event(fact: Fact, member_id: str, context: Context) -> Event | None:
    if fact["type"] == "score.changed":
        return await _rank_changed(fact, member_id, context)
    return told(fact, member_id, await context.reader())


async def _rank_changed(fact: Fact, member_id: str, context: Context) -> RankChanged | None:
    """Where the new score stands, and where the one before would; None where that is one place."""
    reader = await context.reader()
    compiled = reader.edition.boards.get(fact["board"])
    if compiled is None:
        return None
    board, period = compiled.board, fact["period"]
    tiebreak = await _tiebreak(board, member_id, context)
    rank = await leaderboards.rank_if(
        board,
        period,
        member_id,
        score=fact["score"],
        reached_at=fact["reached_at"],
        tiebreak=tiebreak,
    )
    previous = None
    if fact["before"] is not None:
        score, reached_at = fact["before"]
        previous = await leaderboards.rank_if(
            board, period, member_id, score=score, reached_at=reached_at, tiebreak=tiebreak
        )
    if rank == previous:
        return None
    told_board = Leaderboard.of(board, compiled.version, reader, at=period)
    return RankChanged(leaderboard=told_board, rank=rank, previous_rank=previous)


async def _tiebreak(board: leaderboards.Leaderboard, member_id: str, context: Context) -> int:
    member = await context.loaders.member.load(member_id)
    assert member is not None, "facts are about members"
    return leaderboards.tiebreak(board.key, member.external_id)
