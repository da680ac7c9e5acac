"""The table says which work comes when, the same for arq as for the embedded default."""

import pytest

from kit import clock
from workers.schedule import SCHEDULE, Duty
from workers.settings import WorkerSettings, cron_of


async def audit():
    """Some work."""


@pytest.mark.parametrize(
    ("hour", "now", "seconds"),
    [
        (3, "2026-03-02T02:59:59Z", 1),
        (3, "2026-03-02T03:00:00Z", 86_400),
        (3, "2026-03-02T03:00:01Z", 86_399),
        (0, "2026-03-02T23:30:00Z", 1_800),
        (3, "1969-12-31T02:00:00Z", 3_600),
        (3, "2026-03-02T02:59:59.500000Z", 0.5),
    ],
)
def test_a_daily_duty_comes_at_its_hour(hour, now, seconds):
    assert Duty(work=audit, at_hour=hour).seconds_until(clock.parse(now)) == seconds


def test_a_duty_has_the_name_of_its_work():
    assert Duty(work=audit).name == "audit"


def test_every_duty_is_a_function_and_a_cron_job_of_arq():
    names = {duty.name for duty in SCHEDULE}
    assert len(names) == len(SCHEDULE)
    assert {function.name for function in WorkerSettings.functions} == names
    assert {job.name for job in WorkerSettings.cron_jobs} == {f"cron:{name}" for name in names}


@pytest.mark.parametrize(
    ("duty", "at"),
    [
        (Duty(work=audit, every_seconds=1), (None, None, set(range(60)))),
        (Duty(work=audit, every_seconds=10), (None, None, {0, 10, 20, 30, 40, 50})),
        (Duty(work=audit, at_hour=3), (3, 0, 0)),
    ],
)
def test_arq_keeps_the_same_times(duty, at):
    job = cron_of(duty)
    assert (job.hour, job.minute, job.second) == at
    assert (job.unique, job.keep_result_s, job.max_tries) == (True, 0, 1)


def test_an_interval_that_does_not_divide_the_minute_is_refused():
    with pytest.raises(AssertionError):
        Duty(work=audit, every_seconds=7)


def test_what_is_recorded_is_found_within_a_second_although_no_bell_rings():
    assert {duty.name: duty.every_seconds for duty in SCHEDULE if duty.on_bell} == {
        "settle": 1,
        "relay": 1,
    }
