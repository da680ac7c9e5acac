"""Workers beside the API: woken by Redis, and none the worse for losing it."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis.asyncio
from structlog.testing import capture_logs

from kit import bells
from kit.bells_over_redis import OverRedis
from tests.workers.conftest import SOON, enrol, points, running, until, visit
from workers import queue
from workers import running as worker

ROOT = Path(__file__).parents[2]
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
async def waker(redis_url):
    """What the API wakes workers by."""
    async with queue.opened(redis_url) as pool:
        yield queue.Waker(pool)


async def test_a_ring_wakes_a_worker(shop, redis_url, waker):
    member = await enrol()
    await bells.connect(wake=waker.wake)
    async with running(worker.run(redis_url, asyncio.Event())):
        await visit(member)
        await bells.ring([member])
        await until(member, 10)


async def test_what_no_bell_rang_for_is_found(shop, redis_url):
    member = await enrol()
    async with running(worker.run(redis_url, asyncio.Event())):
        for reached in (10, 20):
            await visit(member)
            await until(member, reached)


async def test_a_flushed_redis_loses_nothing(shop, redis_url, waker):
    member = await enrol()
    await bells.connect(wake=waker.wake)
    async with running(worker.run(redis_url, asyncio.Event())):
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            for _ in range(10):
                await visit(member)
                await bells.ring([member])
                await client.flushdb()
        await until(member, 100)


async def test_without_redis_the_worker_goes_by_the_clock(shop):
    member = await enrol()
    async with running(worker.run(NOBODY, asyncio.Event())):
        await visit(member)
        await until(member, 10)


async def test_a_worker_stops_when_it_is_told(shop, redis_url):
    for url in (redis_url, NOBODY):
        stop = asyncio.Event()
        task = asyncio.create_task(worker.run(url, stop))
        member = await enrol()
        await visit(member)
        await until(member, 10)
        stop.set()
        await asyncio.wait_for(task, SOON)


async def test_a_hundred_rings_are_few_jobs(redis_url, waker):
    for number in range(100):
        await waker.wake([f"member-{number}"])
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        waiting = await client.zcard(queue.QUEUE)
    assert 2 <= waiting <= 4 * queue.PLACES  # Two windows, if one ended meanwhile.


async def test_jobs_are_json(redis_url, waker):
    await waker.wake(["sari"])
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        keys = await client.keys("arq:job:*")
        jobs = [queue.loads(await client.get(key)) for key in keys]
    assert {job["f"] for job in jobs} == {"settle", "relay"}
    assert all(job["a"] == [] and job["k"] == {} for job in jobs)


def test_an_error_can_be_written_into_a_job():
    assert queue.loads(queue.dumps({"r": ValueError("no")})) == {
        "r": {"error": "ValueError", "message": "no"}
    }
    with pytest.raises(TypeError):
        queue.dumps({"r": object()})


async def test_waking_nobody_is_quick():
    with capture_logs() as logs:
        await wake_nobody()
    assert logs[0]["event"] == "no worker could be woken; the sweep finds it"
    assert len(logs) < 10


async def wake_nobody():
    async with asyncio.timeout(SOON), queue.opened(NOBODY) as pool:
        waker = queue.Waker(pool)
        for _ in range(100):
            await waker.wake(["sari"])


@pytest.fixture
def processes(redis_url, database_url):
    """Start `piala worker`; whatever still runs at the end is killed."""
    started = []
    environment = os.environ | {
        "PIALA_DATABASE_URL": database_url,
        "PIALA_REDIS_URL": redis_url,
        "PYTHONPATH": str(ROOT),
    }

    def start():
        code = "from piala.cli import app; app()"
        process = subprocess.Popen([sys.executable, "-c", code, "worker"], env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.mark.parametrize("dialect", ["postgres"])
async def test_a_worker_that_is_killed_loses_nothing(shop, redis_url, waker, processes):
    await bells.connect(OverRedis(redis_url), wake=waker.wake)
    member = await enrol()
    for reached in range(10, 60, 10):
        process = processes()
        await visit(member)
        await bells.ring([member])
        await until(member, reached)
        process.kill()
        process.wait()
    assert await points(member) == 50


@pytest.mark.parametrize("dialect", ["postgres"])
async def test_a_worker_ends_by_itself_on_sigterm(shop, redis_url, waker, processes):
    await bells.connect(OverRedis(redis_url), wake=waker.wake)
    member = await enrol()
    process = processes()
    await visit(member)
    await bells.ring([member])
    await until(member, 10)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 10) == 0
