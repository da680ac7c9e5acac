"""`piala serve`."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from api.app import create_app
from kit import bells, database, log, migrating
from kit.bells_over_redis import OverRedis
from kit.settings import Settings, settings
from piala import demo as demonstration
from piala.commands.demonstrating import announced
from piala.running import prepared
from workers import embedded, queue

GRACE_SECONDS: Final = 2
"""Requests under way get this long at the end; their units of work end in any case."""


def run(*, demo: bool, host: str | None, port: int | None) -> object:
    """Serve until SIGTERM or SIGINT."""
    said = {"host": host, "port": port}
    own = settings().model_copy(update={name: one for name, one in said.items() if one is not None})
    log.configure(own)
    return _serve(own, with_demo=demo)


async def _serve(own: Settings, *, with_demo: bool) -> int:
    async with database.connected():
        if with_demo:
            await migrating.migrate()
            if not await demonstration.is_loaded():
                _say("loading the demo: 200 members and half a year; it takes some seconds")
                await demonstration.load(announced)
            own = own.model_copy(update=demonstration.SETTINGS)
            for line in await demonstration.introduction(f"http://{own.host}:{own.port}"):
                _say(line)
        await prepared()
        async with _bells(own), _work(own):
            return await _listen(create_app(own), own)


@asynccontextmanager
async def _bells(own: Settings) -> AsyncIterator[None]:
    if own.redis_url is None:
        yield
        return
    async with queue.opened(own.redis_url) as redis:
        await bells.connect(OverRedis(own.redis_url), wake=queue.Waker(redis).wake)
        try:
            yield
        finally:
            await bells.close()


@asynccontextmanager
async def _work(own: Settings) -> AsyncIterator[None]:
    """Without Redis, the work that `piala worker` would do is done here."""
    if own.redis_url is not None:
        yield
        return
    stop = asyncio.Event()
    working = asyncio.create_task(embedded.run(stop))
    try:
        yield
    finally:
        stop.set()
        await working


async def _listen(app: Starlette, own: Settings) -> int:
    server = _Server(
        uvicorn.Config(
            app,
            host=own.host,
            port=own.port,
            log_config=None,
            access_log=own.log_level == "debug",
            server_header=False,
            ws_max_size=own.limit_body_bytes,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.handle_exit, name, None)
    await server.serve()
    return 0 if server.started else 1


class _Server(uvicorn.Server):
    """uvicorn raises the signal again when it has ended; we have still to close the database."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
