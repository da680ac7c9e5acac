"""A published programme with rewards and campaigns, and members with points to spend."""

import pytest

import rewards
from gamification import engine
from gamification.programme import DefinitionKind
from kit.settings import settings
from tests.rewards import world


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    """The installation's secret."""
    monkeypatch.setenv("PIALA_AUTH_SECRET", "the secret of the tests, long enough for HS256")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def ground(database, clock):
    """A currency, tiers and a charity, published a minute ago."""
    clock.advance(minutes=-1)
    await world.publish(*world.GROUND)
    clock.advance(minutes=1)


@pytest.fixture
def reward(ground):
    """Publishes a reward; its key."""

    async def published(key="latte", price=100, **facts):
        body = {"key": key, "title": "A latte", "price": [{"currency": "points", "amount": price}]}
        await world.publish((DefinitionKind.REWARD, body | facts))
        return key

    return published


@pytest.fixture
def campaign(ground, clock):
    """Publishes a campaign that is open; its key."""

    async def published(key="wells", **facts):
        body = {"key": key, "charity": "water", "title": "Wells", "goal": 1_000}
        body |= {"currency": "points", "starts_at": clock.now}
        await world.publish((DefinitionKind.CAMPAIGN, body | facts))
        return key

    return published


@pytest.fixture
def member(ground):
    """Enrols a member with that many points; the id."""
    return world.enrol


@pytest.fixture
async def audited(ground):
    """Everything adds up when the test is over."""
    yield
    checks = [*(await engine.audit()).checks, *await rewards.audit()]
    assert [check for check in checks if not check.ok] == []
