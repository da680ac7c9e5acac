"""A small world for the tests of rewards: a programme, and members with points to spend."""

import itertools

from gamification import engine, programme
from gamification.engine import Recording
from gamification.members import Enrolment
from gamification.programme import DefinitionKind, Ref
from kit import clock

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


async def enrol(points=1_000):
    """Enrol a member with that many points; the id."""
    number = next(_numbers)
    enrolment = Enrolment(external_id=f"member-{number}", display_name=f"Member {number}")
    member_id = (await engine.enrol(enrolment)).member.id
    if points:
        await give(member_id, points)
    return member_id


async def publish(*bodies):
    """Define and publish, all at once."""
    refs = []
    for kind, body in bodies:
        definition = await programme.define(kind, body, by="test")
        refs.append(Ref(definition.kind, definition.key, definition.version))
    await programme.publish(refs, by="test")


async def give(member_id, points):
    """Let a member earn points, a second ago; the source of the activity."""
    recording = Recording(
        member_id=member_id,
        kind="gift",
        source=f"gift:{next(_numbers)}",
        occurred_at=clock.now() - clock.SECOND,
        amount=points,
        currency="USD",
    )
    [answer] = await engine.record([recording])
    assert isinstance(answer, engine.Recorded), answer
    await engine.settle([member_id])
    return recording.source


async def balance(member_id):
    """What the member can spend now."""
    view = await engine.standing_of(member_id)
    wallet = view.standing.wallets.get("points")
    return wallet.balance(view.at) if wallet else 0
