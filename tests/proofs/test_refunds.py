"""A refund in 1…k parts is the whole refund, to the unit, for every kind of effect."""

from functools import lru_cache
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification import engine
from gamification.engine import Retracting, checkpoints
from gamification.engine.retractions import decided
from gamification.engine.returns import points_due
from gamification.journal import WHOLE, Facts, share_taken
from kit.clock import DAY, HOUR
from kit.errors import AlreadyResolved, InsufficientPoints, InvalidInput
from tests.gamification import rich, world
from tests.gamification.engine.live import Live, from_nothing
from tests.gamification.factories import MONDAY, day, entry
from tests.gamification.journals import random_journal, random_purchase
from tests.proofs.effort import SHARDS, stories

REFUSALS = (AlreadyResolved, InsufficientPoints, InvalidInput)
SHARDED = pytest.mark.parametrize("shard", range(SHARDS))
PROGRAMMES = 40

pytestmark = pytest.mark.timeout(0)

programme_of = lru_cache(PROGRAMMES)(lambda seed: rich.random_programme(Random(seed)))

PARTS = st.lists(
    st.integers(1, 3_000) | st.fractions(0, 1, max_denominator=9).filter(bool), max_size=5
)
"""Amounts and shares that are taken back one after the other, where so much is left."""


@pytest.fixture(autouse=True)
def often(shard, monkeypatch):
    if shard % 2:
        monkeypatch.setattr(checkpoints, "INTERVAL", 3)


def in_parts(bought, parts):
    """The facts of retractions that take an activity back in such parts, and then what is left."""
    taken = []
    for part in [*parts, None]:
        told = Retracting(source="r", reason="", **_said(part))
        if share_taken(bought, taken) == WHOLE:
            break
        try:
            taken.append(decided(told, bought, taken))
        except REFUSALS:
            continue
    assert share_taken(bought, taken) == WHOLE
    return taken


def _said(part):
    if part is None:
        return {}
    return {"amount": part} if type(part) is int else {"share": part}


@SHARDED
@stories(SHARDS)
@given(
    rng=st.randoms(use_true_random=False),
    seed=st.integers(0, PROGRAMMES - 1),
    length=st.integers(1, 20),
    parts=PARTS,
)
def test_parts_of_a_refund_are_the_whole_of_it(shard, proved, rng, seed, length, parts):
    """Points, caps, budgets, challenges and prizes, badges, streaks, tiers, boards, payments."""
    programme, zone = programme_of(seed), rng.choice(rich.ZONES)
    journal = random_journal(rng, length)
    bought = random_purchase(rng, rng.randrange(day(0), day(30)), "x-coat")
    paid = [
        entry("SPEND", bought.at + (1 + n) * HOUR, f"x-pay-{n}", points=rng.randrange(1, 90))
        for n in range(rng.randrange(3))
    ]
    paid = [_of_points(one) for one in paid]
    live = Live(programme, zone)
    live.settle([*journal, bought, *paid])
    at = max(one.at for one in [*journal, bought, *paid])
    whole = [*journal, bought, *paid, *_refunds(at + 1, bought, in_parts(bought, []), paid)]
    refunds = _refunds(at + 1, bought, in_parts(bought, parts), paid)
    for number, one in enumerate(refunds):
        live.settle([one])
        if rng.random() < 0.3:
            live.sweep(at + number * HOUR)
    proved["examples"] += 1
    proved["steps"] += length + len(refunds)
    end = at + 30 * DAY
    assert live.digest(end) == from_nothing(programme, whole, zone=zone, until=end)
    live.assert_conserved()


def _of_points(spend):
    facts = {"currency": "points", "account": "redemption", "subject": "order:1"}
    return msgspec.structs.replace(spend, facts=Facts(points=spend.facts.points, **facts))


def _refunds(at, bought, parts, paid):
    """Retractions, and with each what it gives back of the points that paid."""
    entries, taken = [], []
    returned = dict.fromkeys((one.source for one in paid), 0)
    for number, part in enumerate(parts):
        taken.append(part)
        said = {"share": part.share, "amount": part.amount}
        entries.append(entry("RETRACTION", at, f"x-r-{number}", target=bought.source, **said))
        for one in paid:
            due = points_due(one.facts.points, returned[one.source], bought, taken)
            if due:
                returned[one.source] += due
                source = f"x-return-{one.source}-{number}"
                entries.append(entry("RETRACTION", at, source, target=one.source, points=due))
    assert all(returned[one.source] == one.facts.points for one in paid)
    return entries


async def published(shard):
    """A random programme; what a common budget allows goes by who comes first: without it."""
    bodies = [one for one in rich.bodies(Random(shard)) if "budget" not in one[1]]
    await world.publish(*bodies, effective_from=MONDAY - DAY)


@st.composite
def purchases(draw):
    """What somebody buys, one after the other, which of it is refunded, and in which parts."""
    amounts = draw(st.lists(st.integers(1, 6_000), min_size=1, max_size=8))
    points = draw(st.lists(st.integers(1, 60), max_size=2))
    return amounts, draw(st.integers(0, len(amounts) - 1)), points, draw(PARTS)


@SHARDED
def test_parts_of_a_refund_are_the_whole_of_it_in_the_database(ground, shard, proved):
    """Of two members who do the same one is refunded at once, and one in parts."""
    ground.now = MONDAY - DAY
    ground.prepare(lambda: published(shard))

    @stories(3 * SHARDS)
    @given(story=purchases())
    def prove(story):
        ground.begin()
        proved["examples"] += 1
        seen = [
            ground.do(_refunded(ground, name, *story[:3], parts))
            for name, parts in (("ani", []), ("budi", story[3]))
        ]
        assert seen[0] == seen[1]
        ground.do(world.assert_sound())

    prove()


async def _refunded(ground, name, amounts, which, points, parts):
    ground.now = MONDAY
    member = await world.enrol(name)
    for number, amount in enumerate(amounts):
        ground.now += 9 * HOUR
        attributes = {"store": rich.STORES[number % 3], "discs": number}
        said = {"currency": "IDR", "attributes": attributes}
        await world.buy(member, amount, f"{name}:{number}", **said)
    for number, some in enumerate(points):
        ground.now += HOUR
        said = {"points": some, "currency": "points", "account": "partner:shop", "subject": "o:1"}
        try:
            await engine.spend(
                member, source=f"{name}:pay-{number}", activity=f"{name}:{which}", **said
            )
        except REFUSALS:
            continue
    ground.now += HOUR
    for number, part in enumerate([*parts, None]):
        said = {"source": f"{name}:r-{number}", "reason": "refund"}
        try:
            await engine.retract(target_source=f"{name}:{which}", **said, **_said(part))
        except REFUSALS:
            continue
        await engine.settle([member])
    ground.now = MONDAY + 20 * DAY
    view = await engine.standing_of(member)
    return repr(view.standing).replace(f"{name}:", "")
