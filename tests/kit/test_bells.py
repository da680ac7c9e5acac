"""Bells ring once for many rings, in this process and in others, and losing Redis loses nothing."""

import asyncio
from contextlib import aclosing

import pytest
import redis.asyncio

from kit import bells
from kit.bells_over_redis import CHANNEL, OverRedis

SOON = 5.0


@pytest.fixture(autouse=True)
async def quiet():
    yield
    await bells.close()


async def test_a_listener_looks_once_at_once_and_then_after_each_ring():
    async with aclosing(bells.listen("sari", every=60)) as rings:
        await asyncio.wait_for(anext(rings), SOON)
        await bells.ring(["sari", "budi"])
        await asyncio.wait_for(anext(rings), SOON)


async def test_rings_while_the_listener_is_busy_are_heard_as_one():
    async with aclosing(bells.listen("sari", every=60)) as rings:
        await anext(rings)
        for _ in range(3):
            await bells.ring(["sari"])
        await anext(rings)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rings), 0.01)


async def test_a_ring_for_another_is_not_heard():
    async with aclosing(bells.listen("sari", every=60)) as rings:
        await anext(rings)
        await bells.ring(["budi"])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rings), 0.01)


async def test_a_listener_looks_by_itself_although_nobody_rings():
    async with aclosing(bells.listen("sari", every=0.01)) as rings:
        await anext(rings)
        await asyncio.wait_for(anext(rings), SOON)


async def test_a_ring_wakes_the_workers_unless_it_says_otherwise():
    async with aclosing(bells.listen(bells.WORK, every=60)) as rings:
        await anext(rings)
        await bells.ring(["sari"], work=False)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rings), 0.01)
    async with aclosing(bells.listen(bells.WORK, every=60)) as rings:
        await anext(rings)
        await bells.ring(["sari"])
        await asyncio.wait_for(anext(rings), SOON)


async def test_a_given_waker_is_called_with_the_names_that_were_rung():
    woken = []

    async def wake(names):
        woken.append(set(names))

    await bells.connect(wake=wake)
    await bells.ring(["sari"])
    await bells.ring(["budi"], work=False)
    assert woken == [{"sari"}]


async def test_closing_a_listener_forgets_it():
    async with aclosing(bells.listen("sari")) as rings:
        await anext(rings)
    assert "sari" not in bells._events


@pytest.fixture
async def another_process(redis_url):
    """Another process's line: what it carries was not rung here."""
    line = OverRedis(redis_url)
    yield line
    await line.close()


async def test_a_ring_is_heard_in_another_process(redis_url, another_process):
    await bells.connect(OverRedis(redis_url))
    await _until_subscribed(redis_url)
    async with aclosing(bells.listen("sari", every=60)) as rings:
        await anext(rings)
        await another_process.carry(["sari"])
        await asyncio.wait_for(anext(rings), SOON)


async def test_what_is_not_a_ring_is_dropped(redis_url, another_process):
    await bells.connect(OverRedis(redis_url))
    await _until_subscribed(redis_url)
    async with aclosing(bells.listen("sari", every=60)) as rings:
        await anext(rings)
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            for nonsense in (b"{", b"[]", b'{"from": "x"}'):
                await client.publish(CHANNEL, nonsense)
        await another_process.carry(["sari"])
        await asyncio.wait_for(anext(rings), SOON)


async def test_after_a_lost_connection_every_bell_rings(redis_url):
    await bells.connect(OverRedis(redis_url))
    await _until_subscribed(redis_url)
    async with aclosing(bells.listen("sari", every=60)) as rings:
        await anext(rings)
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            await client.client_kill_filter(_type="pubsub")
        await asyncio.wait_for(anext(rings), SOON)


async def test_without_redis_ringing_is_harmless_and_quick():
    await bells.connect(OverRedis("redis://127.0.0.1:1/0"))
    async with asyncio.timeout(SOON):
        for _ in range(100):
            await bells.ring(["sari"])


async def _until_subscribed(url):
    async with redis.asyncio.Redis.from_url(url) as client, asyncio.timeout(SOON):
        while not dict(await client.pubsub_numsub(CHANNEL))[CHANNEL.encode()]:
            await asyncio.sleep(0.01)
