"""Bells that ring in every process: one Redis channel, one message for each ring."""

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Any, Final

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from kit import bells, ids
from kit.bells import Heard

CHANNEL: Final = "piala:bells"
PATIENCE_SECONDS: Final = 1.0
RETRY_SECONDS: Final = (0.2, 0.5, 1.0, 2.0)
_AWAY: Final = (RedisError, OSError, TimeoutError)

_log = logging.getLogger(__name__)


class OverRedis:
    """A line over Redis' publish and subscribe. While Redis is away nothing is carried, and once
    it is back every bell of this process rings, for what may have been missed."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url,
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
            health_check_interval=10,
        )
        self._origin = ids.new()
        self._reader: asyncio.Task[None] | None = None
        self._silent_until = 0.0

    async def open(self, heard: Heard) -> None:
        """Listen in a task of its own, until `close`."""
        self._reader = asyncio.create_task(self._read(heard))

    async def close(self) -> None:
        """Stop listening, and close the connections."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        with suppress(*_AWAY):
            await self._redis.aclose()

    async def carry(self, names: Collection[str]) -> None:
        """Publish the names; after a failure it stays silent for a second, so that a Redis that
        is away costs one caller a moment and not everybody."""
        clock = asyncio.get_running_loop().time
        if clock() < self._silent_until:
            return
        message = orjson.dumps({"from": self._origin, "names": sorted(names)})
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._redis.publish(CHANNEL, message)
        except _AWAY as error:
            self._silent_until = clock() + PATIENCE_SECONDS
            _log.warning("the bell could not be rung: %s", error)

    async def _read(self, heard: Heard) -> None:
        failures = 0
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(CHANNEL)
                    failures = 0
                    bells.ring_all_here()
                    while True:
                        self._hear(await channel.get_message(timeout=30.0), heard)
            except _AWAY as error:
                if not failures:
                    _log.warning("no bells from other processes: %s", error)
                await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    def _hear(self, message: dict[str, Any] | None, heard: Heard) -> None:
        if message is None:
            return
        try:
            rung = orjson.loads(message["data"])
            if rung["from"] != self._origin:
                heard([str(name) for name in rung["names"]])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            _log.warning("a ring that nobody understands was dropped")
