"""One worker process: arq while Redis is there, and the same work by the clock while it is not."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, Final

from arq.worker import create_worker

from kit import log
from workers import embedded, queue
from workers.queue import AWAY
from workers.settings import WorkerSettings

LOOK_AGAIN_SECONDS: Final = 1.0
CANCEL_AGAIN_SECONDS: Final = 0.2

_log = log.logger(__name__)


async def run(url: str, stop: asyncio.Event) -> None:
    """Work until `stop` is set. Database and bells are connected by the caller."""
    logging.getLogger("arq").setLevel(logging.WARNING)  # It writes two lines for each job.
    while not stop.is_set():
        try:
            await _with_arq(url, stop)
        except AWAY as error:
            _log.warning("Redis is away; working by the clock", error=str(error))
            await _until_back(url, stop)


async def _with_arq(url: str, stop: asyncio.Event) -> None:
    async with queue.opened(url) as redis:
        worker = create_worker(
            dict(vars(WorkerSettings)),
            redis_pool=redis,
            on_startup=None,
            on_shutdown=None,
            handle_signals=False,
        )
        working = asyncio.create_task(worker.async_run())
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                working.result()
        finally:
            # Not `worker.close`, which raises where Redis is away. Units of work end by themselves.
            await _ended({stopping, working, *worker.tasks.values()})


async def _ended(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they are done: between two answers of Redis a cancellation can be lost."""
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=CANCEL_AGAIN_SECONDS)


async def _until_back(url: str, stop: asyncio.Event) -> None:
    back = asyncio.Event()
    looking = asyncio.create_task(_look(url, stop, back))
    try:
        await embedded.run(back)
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError):
            await looking


async def _look(url: str, stop: asyncio.Event, back: asyncio.Event) -> None:
    try:
        async with queue.opened(url) as redis:
            while not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_AGAIN_SECONDS)
                with suppress(*AWAY):
                    await redis.ping()
                    return
    finally:
        back.set()
