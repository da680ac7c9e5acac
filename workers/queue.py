"""arq's queue in Redis: only a bell. What there is to do stands in the database, never in a job."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, Final
from zlib import crc32

import orjson
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.exceptions import RedisError

from kit import clock, log
from kit.clock import SECOND
from workers.schedule import SCHEDULE

QUEUE: Final = "piala:work"
PLACES: Final = 4
"""So many workers can be woken for one duty at a time. A ring whose job is running already goes
unheard; the sweep finds what it meant."""
WINDOW: Final = 10 * SECOND
"""The job of a worker that was killed blocks its id no longer than this."""
PATIENCE_SECONDS: Final = 1.0
STALE_AFTER: Final = timedelta(minutes=1)
AWAY: Final = (RedisError, OSError, TimeoutError)

_log = log.logger(__name__)


def dumps(job: Mapping[str, Any]) -> bytes:
    """A job as JSON: arq's own pickle would let whoever reaches Redis run code here."""
    return orjson.dumps(job, default=_described)


loads: Final[Callable[[bytes], Any]] = orjson.loads


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[ArqRedis]:
    """Connections to the queue, closed at the end; none is made before it is needed."""
    redis = pool(url)
    try:
        yield redis
    finally:
        with suppress(*AWAY):
            await redis.aclose(close_connection_pool=True)


def pool(url: str) -> ArqRedis:
    """Connections to the queue, for whoever closes them by itself."""
    connections = ConnectionPool.from_url(
        url, socket_timeout=PATIENCE_SECONDS * 5, socket_connect_timeout=PATIENCE_SECONDS
    )
    return ArqRedis(
        connections, job_serializer=dumps, job_deserializer=loads, default_queue_name=QUEUE
    )


class Waker:
    """Wakes workers by a job for each duty that hears the bell; jobs of one id are one job."""

    def __init__(self, redis: ArqRedis) -> None:
        self._redis = redis
        self._silent_until = 0.0

    async def wake(self, names: Collection[str]) -> None:
        """Ask for work on what was rung. Never raises; while Redis is away, it hardly waits."""
        time = asyncio.get_running_loop().time
        if time() < self._silent_until:
            return
        place = crc32(min(names, default="").encode()) % PLACES
        window = clock.now() // WINDOW
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                for duty in SCHEDULE:
                    if duty.on_bell:
                        await self._redis.enqueue_job(
                            duty.name, _job_id=f"{duty.name}:{place}:{window}", _expires=STALE_AFTER
                        )
        except AWAY as error:
            self._silent_until = time() + PATIENCE_SECONDS
            _log.warning("no worker could be woken; the sweep finds it", error=str(error))


def _described(value: object) -> object:
    """arq puts an exception into a failed job's result."""
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    raise TypeError(type(value).__name__)
