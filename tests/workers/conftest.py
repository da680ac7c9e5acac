"""A tiny programme and members whose activities wait to be settled."""

import asyncio
import itertools
from contextlib import aclosing, asynccontextmanager, suppress

import pytest

from gamification import engine, programme
from gamification.engine import Recording
from gamification.members import Enrolment
from gamification.programme import DefinitionKind
from kit import bells, clock

SOON = 20.0
_numbers = itertools.count(1)


@pytest.fixture
async def shop(database):
    """A database whose programme gives ten points for each visit."""
    refs = [
        (await programme.define(kind, body, by="test")).ref
        for kind, body in (
            (DefinitionKind.ACTIVITY_KIND, {"key": "visit", "title": "Visit"}),
            (DefinitionKind.CURRENCY, {"key": "points", "name": "Points", "main": True}),
            (
                DefinitionKind.EARNING_RULE,
                {
                    "key": "visit",
                    "title": "Visit",
                    "kind": "visit",
                    "currency": "points",
                    "earn": {"points": 10},
                },
            ),
        )
    ]
    await programme.publish(refs, effective_from=0, by="test")
    return database


async def enrol():
    """A new member's id."""
    number = next(_numbers)
    enrolment = Enrolment(external_id=f"member-{number}", display_name=f"Member {number}")
    return (await engine.enrol(enrolment)).member.id


async def visit(member_id):
    """Record a visit, and leave it to the workers."""
    recording = Recording(
        member_id=member_id,
        kind="visit",
        source=f"visit:{next(_numbers)}",
        occurred_at=clock.now() - clock.SECOND,
    )
    [answer] = await engine.record([recording])
    assert isinstance(answer, engine.Recorded), answer


async def points(member_id):
    """What is on the member's account."""
    view = await engine.standing_of(member_id)
    wallet = view.standing.wallets.get("points")
    return wallet.total() if wallet else 0


async def until(member_id, reached):
    """Wait, by the member's bell, until they have so many points."""
    async with asyncio.timeout(SOON), aclosing(bells.listen(member_id, every=0.5)) as rings:
        async for _ in rings:
            if await points(member_id) == reached:
                return


@asynccontextmanager
async def running(work):
    """A task that runs inside the block."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture(autouse=True)
async def no_bells_left():
    """Every test begins with the bells of one process."""
    yield
    await bells.close()
