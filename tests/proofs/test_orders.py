"""Through the database: any order of arrival, any repetition, any steps of the clock: one digest.

Everybody exists twice: what one did in order, the other did in any order.
"""

from fractions import Fraction
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification import engine
from gamification.engine import Recorded, Recording, checkpoints
from gamification.programme import Backfill, Scope
from kit.clock import DAY, MINUTE
from tests.gamification import rich, world
from tests.gamification.factories import MONDAY
from tests.proofs.effort import SHARDS, STEPS, stories

NAMES = ("ani", "budi")
END = MONDAY + 60 * DAY
# Each story is two lives in the database and an audit: a fifth of the effort.
PARTS = 5 * SHARDS


@st.composite
def lives(draw):
    """What everybody did, in order, and what of it is taken back."""
    rng = draw(st.randoms(use_true_random=False))
    count = draw(st.integers(1, STEPS // 2) | st.just(STEPS // 2))
    moments = sorted(rng.randrange(MONDAY, MONDAY + 45 * DAY, MINUTE) for _ in range(count))
    activities = [_random_activity(rng, number, at) for number, at in enumerate(moments)]
    shares = [None, Fraction(1, 2), Fraction(1, 3)]
    taken = rng.sample(activities, count // 4)
    return rng, activities, {one.source: rng.choice(shares) for one in taken}


def _random_activity(rng, number, at):
    said = {"external_id": rng.choice(NAMES), "source": f"{rng.randrange(9)}-{number:03}"}
    if rng.random() < 0.3:
        attributes = {"delta": rng.randrange(-3, 9)}
        return Recording(kind="visit", occurred_at=at, attributes=attributes, **said)
    attributes = {"store": rng.choice(rich.STORES), "discs": rng.randrange(6)}
    money = {"amount": rng.choice([0, 99, rng.randrange(6_000)]), "currency": "IDR"}
    return Recording(kind="purchase", occurred_at=at, attributes=attributes, **money, **said)


async def published(shard):
    """A programme in two editions. What a common budget allows goes by who comes first: without."""
    bodies = [one for one in rich.bodies(Random(shard)) if "budget" not in one[1]]
    await world.publish(*bodies, backfill=Backfill(scope=Scope.ALL))
    changed = [one for one in rich.bodies(Random(shard + 100)) if "budget" not in one[1]]
    since = Backfill(scope=Scope.SINCE, since=MONDAY + 20 * DAY)
    await world.publish(*Random(shard).sample(changed[len(rich.GROUND) :], 6), backfill=since)


@pytest.mark.timeout(0)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_any_order_of_arrival_gives_one_digest(ground, shard, proved, monkeypatch):
    """Two of four shards fold on from checkpoints that are taken every third entry."""
    if shard % 2:
        monkeypatch.setattr(checkpoints, "INTERVAL", 3)
    ground.prepare(lambda: published(shard))

    @stories(PARTS)
    @given(life=lives())
    def prove(life):
        ground.begin()
        proved["examples"] += 1
        ground.do(_lived_twice(ground, proved, *life))

    prove()


async def _lived_twice(ground, proved, rng, activities, refunds):
    digests = []
    for copy in "ab":
        ground.now = MONDAY
        arrival = [_renamed(one, copy) for one in activities]
        if copy == "b":
            rng.shuffle(arrival)
        taken = {f"<{copy}>{source}": share for source, share in refunds.items()}
        proved["steps"] += await _arrive(rng, ground, arrival, taken)
        ground.now = END
        while await engine.sweep():
            pass
        await world.assert_sound()
        digests.append(await _effective(copy))
    assert digests[0] == digests[1]


def _renamed(recording, copy):
    names = {name: f"<{copy}>{getattr(recording, name)}" for name in ("source", "external_id")}
    return msgspec.structs.replace(recording, **names)


async def _arrive(rng, ground, rest, refunds):
    steps = 0
    while rest:
        size = rng.choice([1, 1, 2, 7])
        batch, rest = rest[:size], rest[size:]
        await _record(*batch, *rng.sample(batch, rng.randrange(len(batch) + 1)))
        for one in batch:
            if one.source in refunds and rng.random() < 0.5:
                await _refund(one.source, refunds.pop(one.source))
        if rng.random() < 0.7:
            await engine.settle_pending()
        if rng.random() < 0.4:
            ground.now += rng.randrange(5 * DAY)
            await engine.sweep()
        steps += len(batch) + 1
    for source, share in refunds.items():
        await _refund(source, share)
    while await engine.settle_pending():
        pass
    return steps + len(refunds)


async def _record(*recordings):
    answers = await engine.record(recordings, trusted=True, enrol=True)
    assert all(isinstance(one, Recorded) for one in answers), answers
    return answers


async def _refund(source, share):
    await engine.retract(target_source=source, source=f"{source}:r", reason="refund", share=share)


async def _effective(copy):
    """What the copy's members stand at, without what names them."""
    found = {}
    for name in NAMES:
        said = {"source": f"<{copy}>{name}", "external_id": f"<{copy}>{name}"}
        [answer] = await _record(Recording(kind="visit", **said))
        member_id = answer.entry.member_id
        await engine.settle([member_id])
        view = await engine.standing_of(member_id)
        found[name] = repr(view.standing).replace(f"<{copy}>", "")
    return found
