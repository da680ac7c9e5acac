"""arq's settings: every duty of the schedule as a function, and as a cron job at its times.

`piala worker` runs them; so does `arq workers.settings.WorkerSettings`.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, Final, TypeAlias

from arq import cron, func
from arq.connections import RedisSettings
from arq.cron import CronJob
from arq.worker import Function

from kit import bells, database
from kit.bells_over_redis import OverRedis
from kit.settings import settings
from workers import queue
from workers.schedule import SCHEDULE, Duty

Ctx: TypeAlias = dict[Any, Any]

JOB_SECONDS: Final = 3_600
ENDING_SECONDS: Final = 5
EVERY_SECOND: Final = 60


def function_of(duty: Duty) -> Function:
    """The duty as arq calls it."""

    async def doorbell(ctx: Ctx, *_args: Any, **_options: Any) -> None:  # noqa: ARG001
        await duty.work()

    return func(doorbell, name=duty.name, keep_result=0, max_tries=1)


def cron_of(duty: Duty) -> CronJob:
    """The duty at its times. Of all workers one does it, each time."""
    work = function_of(duty)
    at: dict[str, Any] = {"hour": duty.at_hour, "minute": 0, "second": 0}
    if duty.every_seconds:
        at = {"second": set(range(0, EVERY_SECOND, duty.every_seconds))}
    return cron(
        work.coroutine, name=f"cron:{duty.name}", microsecond=0, keep_result=0, max_tries=1, **at
    )


async def startup(ctx: Ctx) -> None:
    """Connect the database and the bells."""
    await database.connect()
    waker = queue.Waker(ctx["redis"])
    await bells.connect(OverRedis(_redis_url()), wake=waker.wake)


async def shutdown(_ctx: Ctx) -> None:
    """Let units of work end, and close what was opened."""
    await bells.close()
    await database.close()


def _redis_url() -> str:
    return settings().redis_url or "redis://127.0.0.1:6379"


class WorkerSettings:
    """What arq reads."""

    redis_settings = RedisSettings.from_dsn(_redis_url())
    queue_name = queue.QUEUE
    functions: ClassVar[Sequence[Function]] = [function_of(duty) for duty in SCHEDULE]
    cron_jobs: ClassVar[Sequence[CronJob]] = [cron_of(duty) for duty in SCHEDULE]
    on_startup = startup
    on_shutdown = shutdown
    job_serializer = queue.dumps
    job_deserializer = queue.loads
    keep_result = 0
    max_tries = 1
    max_jobs = 4
    poll_delay = 0.05
    job_timeout = JOB_SECONDS
    job_completion_wait = ENDING_SECONDS
    log_results = False
