"""In the embedded default all work is done beside the API, and ends when it ends."""

import asyncio

from kit import bells
from kit import database as kit_database
from tests.workers.conftest import SOON, enrol, points, running, until, visit
from workers import embedded
from workers.schedule import Duty


async def test_a_bell_has_it_settled(shop):
    member = await enrol()
    async with running(embedded.run(asyncio.Event())):
        await visit(member)
        await bells.ring([member])
        await until(member, 10)


async def test_the_sweep_finds_what_no_bell_rang_for(shop):
    member = await enrol()
    await visit(member)
    async with running(embedded.run(asyncio.Event())):
        await until(member, 10)
        await visit(member)
        await until(member, 20)


async def test_work_that_fails_is_tried_again_and_holds_up_nothing(shop, monkeypatch):
    monkeypatch.setattr(embedded, "RETRY_SECONDS", (0.01,))
    tried = asyncio.Queue()

    async def broken():
        tried.put_nowait("tried")
        raise RuntimeError("for a reason")

    duties = (Duty(work=broken, every_seconds=1), *embedded.SCHEDULE)
    monkeypatch.setattr(embedded, "SCHEDULE", duties)
    member = await enrol()
    async with running(embedded.run(asyncio.Event())), asyncio.timeout(SOON):
        await tried.get()
        await tried.get()
        await visit(member)
        await until(member, 10)


async def test_daily_work_waits_for_its_hour(clock, monkeypatch):
    clock.set("2026-03-02T02:59:59.990000Z")
    done = asyncio.Event()

    async def nightly():
        clock.advance(seconds=1)
        done.set()

    monkeypatch.setattr(embedded, "SCHEDULE", (Duty(work=nightly, at_hour=3),))
    async with running(embedded.run(asyncio.Event())):
        await asyncio.wait_for(done.wait(), SOON)


async def test_stopping_lets_a_unit_of_work_end(database, monkeypatch):
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def unit():
        begun.set()
        await may_end.wait()
        ended.set()

    async def work():
        await kit_database.unit_of_work(unit)

    monkeypatch.setattr(embedded, "SCHEDULE", (Duty(work=work, every_seconds=1),))
    stop = asyncio.Event()
    task = asyncio.create_task(embedded.run(stop))
    await begun.wait()
    stop.set()
    await asyncio.wait_for(task, SOON)
    assert not ended.is_set()
    may_end.set()
    await kit_database.close()
    assert ended.is_set()


async def test_nothing_that_was_settled_is_settled_again(shop):
    member = await enrol()
    async with running(embedded.run(asyncio.Event())):
        for _ in range(3):
            await visit(member)
            await bells.ring([member])
        await until(member, 30)
    assert await points(member) == 30
    assert await kit_database.fetch("SELECT * FROM pending") == []
