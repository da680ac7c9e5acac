"""The law: replay equals live; any order equals in order; twice equals once; time's steps are mute.

Thousands of random journals through random programmes, without a database.
"""

from random import Random

import pytest

from gamification.engine import checkpoints
from gamification.journal import WHOLE
from kit.clock import HOUR
from tests.gamification.engine.live import Live, from_nothing
from tests.gamification.factories import DAY, day, entry
from tests.gamification.rich import (
    DAYS,
    ZONES,
    random_journal,
    random_programme,
    random_purchase,
)
from tests.profiles import EFFORT

PROGRAMMES = 24 * EFFORT
JOURNALS = 12

pytestmark = pytest.mark.parametrize("seed", range(PROGRAMMES))


@pytest.fixture(autouse=True)
def _many_checkpoints(monkeypatch, seed):
    """Short journals, too, fold on from checkpoints; every third world has none."""
    monkeypatch.setattr(checkpoints, "INTERVAL", (1, 3, 512)[seed % 3])


def worlds(seed):
    """Journals of one random programme."""
    rng = Random(seed)
    programme = random_programme(rng)
    for _ in range(JOURNALS):
        journal = random_journal(rng, rng.randrange(1, 26))
        until = max(one.at for one in journal) + rng.randrange(20 * DAY)
        yield rng, programme, rng.choice(ZONES), journal, until


def shuffled(rng, arrival):
    """A random order; only a retraction cannot come in before what it takes back."""
    order = rng.sample(arrival, len(arrival))
    first = {one.source: place for place, one in reversed(list(enumerate(order)))}

    def earliest(one):
        after = first[one.target] + 0.5 if one.type == "RETRACTION" else -1
        return max(first[one.source], after)

    return sorted(order, key=earliest)


def arrive(rng, programme, zone, arrival):
    """Let entries come in, in batches, with time passing at random moments in between."""
    live = Live(programme, zone)
    clock = day(0)
    rest = list(arrival)
    while rest:
        size = rng.choice([1, 1, 1, 2, 5])
        batch, rest = rest[:size], rest[size:]
        live.settle(batch)
        clock = max(clock, *(one.at for one in batch))
        if rng.random() < 0.3:
            clock += rng.randrange(2 * DAY)
            live.sweep(clock)
    return live, clock


def test_any_order_and_any_repetition_come_to_the_same(seed):
    for rng, programme, zone, journal, until in worlds(seed):
        arrival = journal + rng.sample(journal, len(journal) // 3)
        if rng.random() < 0.8:
            arrival = shuffled(rng, arrival)
        live, clock = arrive(rng, programme, zone, arrival)
        end = max(until, clock)
        assert live.digest(end) == from_nothing(programme, journal, zone=zone, until=end)
        live.assert_conserved()


def test_in_order_is_the_fast_path_and_comes_to_the_same(seed):
    for rng, programme, zone, journal, until in worlds(seed):
        plain = [one for one in journal if one.type != "RETRACTION"]
        live = Live(programme, zone)
        for one in sorted(plain, key=lambda one: (one.at, one.source)):
            if rng.random() < 0.5:
                live.sweep(one.at)
            live.settle([one])
        assert live.slow == 0
        assert live.digest(until) == from_nothing(programme, plain, zone=zone, until=until)
        live.assert_conserved()


def test_how_often_and_how_far_time_is_advanced_does_not_show(seed):
    for rng, programme, zone, journal, until in worlds(seed):
        ordered = sorted(journal, key=lambda one: (one.at, one.source))
        live = Live(programme, zone)
        live.settle(ordered)
        for to in sorted(rng.randrange(day(0), until) for _ in range(20)):
            live.sweep(to)
            live.sweep(to - HOUR)
        assert live.digest(until) == from_nothing(programme, journal, zone=zone, until=until)


def test_what_is_taken_back_wholly_was_never_there(seed):
    for rng, programme, zone, journal, until in worlds(seed):
        at = rng.randrange(day(0), day(DAYS))
        mistake = random_purchase(rng, at, "x-mistake")
        undoing = entry("RETRACTION", at + HOUR, "x-undo", target="x-mistake", share=WHOLE)
        arrival = shuffled(rng, [*journal, mistake, undoing])
        live, clock = arrive(rng, programme, zone, arrival)
        end = max(until, clock)
        assert live.digest(end) == from_nothing(programme, journal, zone=zone, until=end)
        live.assert_conserved()


def test_a_programme_that_reaches_back_comes_to_what_it_would_have_been(seed):
    for rng, programme, zone, journal, until in worlds(seed):
        live, clock = arrive(rng, programme, zone, journal)
        end = max(until, clock)
        changed = random_programme(Random(seed + 1_000_000))
        live.publish(changed, at=end)
        assert live.digest(end) == from_nothing(changed, journal, zone=zone, until=end)
        live.assert_conserved()
