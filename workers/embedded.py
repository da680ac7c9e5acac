"""The embedded default: all work in the process that serves, without any other server."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from kit import bells, clock, log
from workers.schedule import SCHEDULE, Duty

RETRY_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 15.0)

_log = log.logger(__name__)


async def run(stop: asyncio.Event) -> None:
    """Do every duty of the schedule in its time until `stop` is set.

    What is under way then ends by itself: its units of work are out of a cancellation's reach,
    and `database.close` waits for them.
    """
    tasks = [asyncio.create_task(_keep(duty), name=duty.name) for duty in SCHEDULE]
    try:
        await stop.wait()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(duty: Duty) -> None:
    """Do one duty for ever. What fails is tried again at its next time, ever more patiently."""
    failures = 0
    async with aclosing(_times(duty)) as times:
        async for _ in times:
            try:
                await duty.work()
                failures = 0
            except Exception:  # noqa: BLE001 - the other work must go on
                _log.exception("work failed", work=duty.name)
                await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1


async def _times(duty: Duty) -> AsyncGenerator[None, None]:
    if not duty.every_seconds:
        while True:
            await asyncio.sleep(duty.seconds_until(clock.now()))
            yield
    bell = bells.WORK if duty.on_bell else duty.name
    async with aclosing(bells.listen(bell, every=duty.every_seconds)) as rings:
        async for _ in rings:
            yield
