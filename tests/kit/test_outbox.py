import asyncio
from contextvars import Context

import pytest

from kit import database as db
from kit import outbox
from kit.outbox import Announcement


def fact(kind, **rest):
    return {"type": kind, "at": 1, **rest}


async def announce(*rows):
    async with db.transaction():
        await outbox.announce(rows)


async def test_facts_are_heard_in_order_after_a_place(database):
    await announce(("ani", [fact("a"), fact("b", points=2**53)]), ("budi", [fact("x")]))
    await announce(("ani", [fact("c")]))
    heard = await outbox.facts_after("ani", 0)
    assert [one.fact["type"] for one in heard] == ["a", "b", "c"]
    assert heard[1].fact == {"type": "b", "at": 1, "points": 2**53}
    first = heard[0]
    after = await outbox.facts_after("ani", first.position, first.place)
    assert [one.fact["type"] for one in after] == ["b", "c"]
    assert [one.fact["type"] for one in await outbox.facts_after("ani", first.position)] == ["c"]
    assert [one.fact["type"] for one in await outbox.facts_after("ani", 0, limit=2)] == ["a", "b"]


async def test_the_newest_position_is_where_a_listener_begins(database):
    assert await outbox.newest_position("ani") == 0
    await announce(("ani", [fact("a")]), ("budi", [fact("b")]))
    newest = await outbox.newest_position("ani")
    assert await outbox.facts_after("ani", newest) == []
    await announce(("ani", [fact("c")]))
    assert [one.fact["type"] for one in await outbox.facts_after("ani", newest)] == ["c"]


async def test_a_fact_goes_with_its_transaction(database):
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await outbox.announce([("ani", [fact("a")])])
            raise ZeroDivisionError
    assert await outbox.facts_after("ani", 0) == []


async def test_nothing_is_announced_outside_a_transaction(database):
    with pytest.raises(RuntimeError, match="transaction"):
        await outbox.announce([("ani", [fact("a")])])


async def test_an_announcement_of_nothing_leaves_no_row(database):
    await announce(("ani", []))
    assert await outbox.newest_position("ani") == 0


async def test_what_is_relayed_is_claimed_no_more(database, clock):
    await announce(Announcement("ani", [fact("a")], "entry-1"), Announcement(None, [fact("b")]))
    told = await outbox.claim_unrelayed(10)
    assert [(one.member_id, one.entry_id) for one in told] == [("ani", "entry-1"), (None, None)]
    assert told[0].facts == [fact("a")]
    assert [one.position for one in await outbox.claim_unrelayed(1)] == [told[0].position]
    assert await outbox.mark_relayed([told[0].position]) == 1
    assert await outbox.mark_relayed([told[0].position]) == 0
    assert [one.position for one in await outbox.claim_unrelayed(10)] == [told[1].position]


async def test_only_old_and_relayed_rows_are_pruned(database, clock):
    await announce(("ani", [fact("a")]), ("ani", [fact("b")]), ("ani", [fact("c")]))
    clock.advance(days=1)
    await announce(("ani", [fact("d")]))
    positions = [one.position for one in await outbox.claim_unrelayed(10)]
    await outbox.mark_relayed([positions[0], positions[1], positions[3]])
    assert await outbox.prune(clock.now, limit=1) == 1
    assert await outbox.prune(clock.now, limit=10) == 1
    assert [one.fact["type"] for one in await outbox.facts_after("ani", 0)] == ["c", "d"]


async def test_two_relays_share_the_work_on_postgres(database, dialect):
    if dialect == "sqlite":
        return  # One process, one relay.
    await announce(("ani", [fact("a")]), ("budi", [fact("b")]))
    async with db.transaction():
        assert [one.member_id for one in await outbox.claim_unrelayed(1)] == ["ani"]
        assert await outbox.mark_relayed([1]) == 1
        assert [one.member_id for one in await elsewhere(outbox.claim_unrelayed)] == ["budi"]


async def elsewhere(claim):
    async def claiming():
        async with db.transaction():
            return await claim(10)

    return await asyncio.create_task(claiming(), context=Context())
