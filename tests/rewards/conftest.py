"""A small programme with rewards and campaigns, and members with points to spend."""

import itertools

import pytest

from gamification import engine, programme
from gamification.engine import Recording
from gamification.members import Enrolment
from gamification.programme import DefinitionKind, Ref
from kit.settings import settings

_numbers = itertools.count(1)

GROUND = [
    (DefinitionKind.CURRENCY, {"key": "points", "name": "Points", "main": True}),
    (DefinitionKind.CURRENCY, {"key": "xp", "name": "Experience", "kind": "XP"}),
    (
        DefinitionKind.ACTIVITY_KIND,
        {"key": "gift", "title": "A gift", "amount": {"required": True}},
    ),
    (
        DefinitionKind.EARNING_RULE,
        {
            "key": "one-to-one",
            "title": "A point for each unit",
            "kind": "gift",
            "currency": "points",
            "earn": {"points": 1, "per": 1, "of": "amount"},
        },
    ),
    (
        DefinitionKind.TIER_SET,
        {
            "key": "club",
            "name": "Club",
            "metric": {"kind": "gift", "aggregate": "SUM", "field": "amount"},
            "levels": [
                {"key": "silver", "name": "Silver", "threshold": 0},
                {"key": "gold", "name": "Gold", "threshold": 1_000},
            ],
        },
    ),
    (DefinitionKind.CHARITY, {"key": "water", "name": "Water for all"}),
]


@pytest.fixture(autouse=True)
def secret(monkeypatch):
    """The installation's secret."""
    monkeypatch.setenv("PIALA_AUTH_SECRET", "the secret of the tests, long enough for HS256")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
async def ground(database, clock):
    """A published programme with a currency, tiers and a charity."""
    await publish(*GROUND)


@pytest.fixture
def reward(ground):
    """Publishes a reward; its key."""

    async def published(key="latte", price=100, **facts):
        body = {"key": key, "title": "A latte", "price": [{"currency": "points", "amount": price}]}
        await publish((DefinitionKind.REWARD, body | facts))
        return key

    return published


@pytest.fixture
def campaign(ground, clock):
    """Publishes a campaign that is open; its key."""

    async def published(key="wells", **facts):
        body = {"key": key, "charity": "water", "title": "Wells", "goal": 1_000}
        body |= {"currency": "points", "starts_at": clock.now}
        await publish((DefinitionKind.CAMPAIGN, body | facts))
        return key

    return published


@pytest.fixture
def member(ground):
    """Enrols a member with that many points; the id."""

    async def enrolled(points=1_000):
        number = next(_numbers)
        enrolment = Enrolment(external_id=f"member-{number}", display_name=f"Member {number}")
        member_id = (await engine.enrol(enrolment)).member.id
        if points:
            await give(member_id, points)
        return member_id

    return enrolled


async def publish(*bodies):
    """Define and publish, all at once."""
    refs = []
    for kind, body in bodies:
        definition = await programme.define(kind, body, by="test")
        refs.append(Ref(definition.kind, definition.key, definition.version))
    await programme.publish(refs, by="test")


async def give(member_id, points):
    """Let a member earn points."""
    source = f"gift:{next(_numbers)}"
    recording = Recording(
        member_id=member_id, kind="gift", source=source, amount=points, currency="USD"
    )
    [answer] = await engine.record([recording])
    assert isinstance(answer, engine.Recorded), answer
    await engine.settle([member_id])


async def balance(member_id):
    """What the member can spend now."""
    view = await engine.standing_of(member_id)
    wallet = view.standing.wallets.get("points")
    return wallet.balance(view.at) if wallet else 0
