"""What the database tests of gamification begin with."""

import pytest

from gamification.programme import Backfill, Scope
from tests.gamification import world


@pytest.fixture
async def ground(database, clock):
    """A published programme, in force since ever: a point for each unit of a purchase."""
    await world.publish(*world.GROUND, backfill=Backfill(scope=Scope.ALL))


@pytest.fixture
async def member(ground):
    """Somebody who has done nothing yet; the id."""
    return await world.enrol("ani")
