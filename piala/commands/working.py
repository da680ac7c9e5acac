"""`piala worker`."""

import asyncio
import signal
from typing import Final

from kit import bells, log
from kit.bells_over_redis import OverRedis
from kit.errors import NotAvailable
from kit.settings import settings
from piala.running import ready
from workers import queue, running

SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


async def run() -> int:
    """Work until SIGTERM or SIGINT. Raises `NotAvailable` without Redis, or on SQLite."""
    own = settings()
    if own.redis_url is None:
        raise NotAvailable(
            "A worker", "it needs PIALA_REDIS_URL; without Redis `piala serve` does all work itself"
        )
    if own.database_url.startswith("sqlite"):
        raise NotAvailable(
            "A worker", "SQLite serves one process; choose PostgreSQL with PIALA_DATABASE_URL"
        )
    log.configure(own)
    stop = asyncio.Event()
    for name in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with ready(), queue.opened(own.redis_url) as redis:
        await bells.connect(OverRedis(own.redis_url), wake=queue.Waker(redis).wake)
        try:
            await running.run(own.redis_url, stop)
        finally:
            await bells.close()
    return 0
