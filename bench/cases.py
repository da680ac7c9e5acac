"""What is compared with what."""

import json
from collections.abc import AsyncIterator
from itertools import count

import httpx2
import msgspec

from api.app import create_app
from api.auth import Role, issue_token
from bench import world
from bench.pairs import Pair, Way, measured
from gamification import engine, journal, leaderboards, programme
from gamification.members import find
from kit import clock

_SCREEN = """
query Screen {
  me {
    id displayName
    points { balance pending lifetime expiringNext { amount at } }
    tier { current { key name } next { key name } progress { value needed percent } }
    badges(first: 20) { totalCount edges { node { badge { key name } level awardedAt } } }
    streaks { streak { key } length longest atRiskAt freezesLeft }
    statement(first: 20) { edges { node { id amount kind why occurredAt } } }
  }
  leaderboard(key: "spenders") { me { rank score } around(radius: 5) { rank score } }
}
"""


async def pairs() -> AsyncIterator[Pair]:
    """All comparisons, one after the other, on a connected database with the world's programme."""
    yield await _settling()
    yield await _repeating()
    yield await _folding()
    yield await _reading()
    yield await _ranking()


async def _settling() -> Pair:
    async def together() -> int:
        members = await world.recorded(world.purchases(1_000, members=300))
        return await engine.settle(members)

    async def one_by_one() -> int:
        done = 0
        for recording in world.purchases(50, members=300):
            done += await engine.settle(await world.recorded([recording]))
        return done

    return await measured(
        "Recording and settling",
        "activities",
        Way("batches of 1,000", together),
        Way("one transaction each", one_by_one),
    )


async def _repeating() -> Pair:
    known = world.purchases(1_000, members=300)
    await engine.settle(await world.recorded(known))

    async def again() -> int:
        return len(await engine.record(known))

    async def fresh() -> int:
        members = await world.recorded(world.purchases(1_000, members=300))
        return await engine.settle(members)

    return await measured("Importing", "activities", Way("known already", again), Way("new", fresh))


async def _folding() -> Pair:
    member = (await world.recorded(world.purchases(2_000, members=1)))[0]
    await engine.settle([member])
    late = clock.now() - clock.DAY
    turns = count(1)

    async def newest() -> int:
        members = await world.recorded(world.purchases(1, members=1))
        return await engine.settle(members)

    async def late_one() -> int:
        [purchase] = world.purchases(1, members=1)
        told = _at(purchase, late + next(turns))
        return await engine.settle(await world.recorded([told]))

    return await measured(
        "One activity for a member with 2,000",
        "activities",
        Way("the newest: one fold step", newest),
        Way("a late one: folded again", late_one),
    )


async def _reading() -> Pair:
    member = await find(external_id="member-000001")
    headers = {"authorization": f"Bearer {issue_token(member.id, Role.MEMBER)}"}
    transport = httpx2.ASGITransport(app=create_app())
    client = httpx2.AsyncClient(transport=transport, base_url="http://bench", headers=headers)
    turns = count()

    async def screens(documents: list[str]) -> int:
        for document in documents:
            answer = await client.post("/graphql", json={"query": document})
            assert "errors" not in json.loads(answer.content), answer.text
        return len(documents)

    async def known() -> int:
        return await screens([_SCREEN] * 30)

    async def unknown() -> int:
        return await screens([f"{_SCREEN}# {next(turns)}" for _ in range(30)])

    return await measured(
        "A member's screen",
        "requests",
        Way("a document seen before", known),
        Way("parsed and validated anew", unknown),
    )


async def _ranking() -> Pair:
    board = (await programme.current()).at(clock.now()).boards["spenders"].board
    member = await find(external_id="member-000001")
    period = leaderboards.period_start(board, clock.now())

    async def rank() -> int:
        for _ in range(50):
            assert await leaderboards.rank_of(board, period, member.id)
        return 50

    async def journal_of_member() -> int:
        for _ in range(50):
            assert (await journal.journals_of([member.id]))[member.id]
        return 50

    return await measured(
        "Where a member stands",
        "answers",
        Way("rank from the board's index", rank),
        Way("only reading the member's journal", journal_of_member),
    )


def _at(recording: engine.Recording, at: int) -> engine.Recording:
    return msgspec.structs.replace(recording, occurred_at=at)
