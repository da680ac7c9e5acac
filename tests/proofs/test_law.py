"""The law: replay equals live; any order equals in order; twice equals once; time's steps are mute.

Random journals of all entry types through random programmes that use all there is, without a
database; half of them fold on from checkpoints that are taken every third entry.
"""

from functools import lru_cache
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.engine import checkpoints
from gamification.journal import WHOLE
from kit.clock import HOUR
from tests.gamification.engine.live import Live, from_nothing
from tests.gamification.factories import DAY, day, entry
from tests.gamification.journals import random_journal, random_purchase
from tests.gamification.rich import DAYS, ZONES, random_programme
from tests.proofs.effort import SHARDS, STEPS, stories

SHARDED = pytest.mark.parametrize("shard", range(SHARDS))
PROGRAMMES = 40

pytestmark = pytest.mark.timeout(0)

programme_of = lru_cache(PROGRAMMES)(lambda seed: random_programme(Random(seed)))


@st.composite
def worlds(draw):
    """A random programme, a zone, a journal, and an instant after it."""
    rng = draw(st.randoms(use_true_random=False))
    programme = programme_of(draw(st.integers(0, PROGRAMMES - 1)))
    journal = random_journal(rng, draw(st.integers(1, STEPS) | st.just(STEPS)))
    until = max(one.at for one in journal) + 1 + rng.randrange(20 * DAY)
    return rng, programme, draw(st.sampled_from(ZONES)), journal, until


@pytest.fixture(autouse=True)
def often(shard, monkeypatch):
    if shard % 2:
        monkeypatch.setattr(checkpoints, "INTERVAL", 3)


def shuffled(rng, arrival):
    """A random order; only a retraction cannot come in before what it takes back."""
    order = rng.sample(arrival, len(arrival))
    first = {one.source: place for place, one in reversed(list(enumerate(order)))}

    def earliest(one):
        after = first[one.target] + 0.5 if one.type == "RETRACTION" else -1
        return max(first[one.source], after)

    return sorted(order, key=earliest)


def arrive(rng, programme, zone, arrival, proved):
    """Let entries come in, in batches, with time passing at random moments in between."""
    live = Live(programme, zone)
    clock = day(0)
    rest = list(arrival)
    while rest:
        size = rng.choice([1, 1, 1, 2, 5])
        batch, rest = rest[:size], rest[size:]
        live.settle(batch)
        proved["steps"] += len(batch)
        clock = max(clock, *(one.at for one in batch))
        if rng.random() < 0.3:
            proved["steps"] += 1
            clock += rng.randrange(2 * DAY)
            live.sweep(clock)
    proved["examples"] += 1
    return live, clock


@SHARDED
@stories(SHARDS)
@given(world=worlds())
def test_any_order_and_any_repetition_come_to_the_same(shard, proved, world):
    rng, programme, zone, journal, until = world
    arrival = journal + rng.sample(journal, len(journal) // 3)
    if rng.random() < 0.8:
        arrival = shuffled(rng, arrival)
    live, clock = arrive(rng, programme, zone, arrival, proved)
    end = max(until, clock)
    assert live.digest(end) == from_nothing(programme, journal, zone=zone, until=end)
    live.assert_conserved()


@SHARDED
@stories(3 * SHARDS)
@given(world=worlds())
def test_in_order_is_the_fast_path_and_comes_to_the_same(shard, proved, world):
    rng, programme, zone, journal, until = world
    plain = [one for one in journal if one.type != "RETRACTION"]
    live = Live(programme, zone)
    for one in sorted(plain, key=lambda one: (one.at, one.source)):
        if rng.random() < 0.5:
            live.sweep(one.at)
        live.settle([one])
        proved["steps"] += 1
    proved["examples"] += 1
    assert live.slow == 0
    assert live.digest(until) == from_nothing(programme, plain, zone=zone, until=until)
    live.assert_conserved()


@SHARDED
@stories(3 * SHARDS)
@given(world=worlds())
def test_how_often_and_how_far_time_is_advanced_does_not_show(shard, proved, world):
    rng, programme, zone, journal, until = world
    ordered = sorted(journal, key=lambda one: (one.at, one.source))
    live = Live(programme, zone)
    live.settle(ordered)
    for to in sorted(rng.randrange(day(0), until) for _ in range(20)):
        live.sweep(to)
        live.sweep(to - HOUR)
        proved["steps"] += 2
    proved["examples"] += 1
    assert live.digest(until) == from_nothing(programme, journal, zone=zone, until=until)


@SHARDED
@stories(3 * SHARDS)
@given(world=worlds())
def test_what_is_taken_back_wholly_was_never_there(shard, proved, world):
    rng, programme, zone, journal, until = world
    at = rng.randrange(day(0), day(DAYS))
    mistake = random_purchase(rng, at, "x-mistake")
    undoing = entry("RETRACTION", at + HOUR, "x-undo", target="x-mistake", share=WHOLE)
    arrival = shuffled(rng, [*journal, mistake, undoing])
    live, clock = arrive(rng, programme, zone, arrival, proved)
    end = max(until, clock)
    assert live.digest(end) == from_nothing(programme, journal, zone=zone, until=end)
    live.assert_conserved()


@SHARDED
@stories(3 * SHARDS)
@given(world=worlds(), changed=st.integers(0, PROGRAMMES - 1))
def test_a_programme_that_reaches_back_comes_to_what_it_would_have_been(
    shard, proved, world, changed
):
    rng, programme, zone, journal, until = world
    live, clock = arrive(rng, programme, zone, journal, proved)
    end = max(until, clock)
    live.publish(programme_of(changed), at=end)
    assert live.digest(end) == from_nothing(programme_of(changed), journal, zone=zone, until=end)
    live.assert_conserved()
