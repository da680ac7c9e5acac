"""Checkpoints: few, well spaced, right, and gone where something late has made them wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification import engine
from gamification.engine import checkpointing, checkpoints, settlement
from gamification.engine.checkpoints import INTERVAL, is_kept, superfluous, taken
from gamification.engine.standing import Standing
from gamification.journal import journals_of
from gamification.programme import current
from kit import database as db
from kit.clock import DAY, HOUR
from tests.gamification import world


def kept(of):
    return [n for n in range(INTERVAL, of + 1, INTERVAL) if is_kept(n, of=of)]


@pytest.mark.parametrize("of", [0, INTERVAL - 1, INTERVAL, 5 * INTERVAL, 100_000, 1_000_000])
def test_there_are_few(of):
    assert len(kept(of)) <= 2 * (of // INTERVAL).bit_length()


@given(st.integers(INTERVAL, 300_000), st.data())
def test_what_comes_late_folds_at_most_thrice_what_came_after_it(of, data):
    back = data.draw(st.integers(1, of))
    place = of - back
    before = max((n for n in kept(of) if n <= place), default=0)
    assert of - before <= 3 * back + 2 * INTERVAL


@given(st.integers(1, 400), st.integers(1, 400))
def test_what_is_dropped_never_comes_back(first, more):
    of, later = first * INTERVAL, (first + more) * INTERVAL
    dropped = set(range(INTERVAL, of + 1, INTERVAL)) - set(kept(of))
    assert not dropped & set(kept(later))
    assert superfluous([(n, n) for n in sorted(dropped)], of=of) == sorted(dropped)


def test_entries_of_one_instant_stay_together():
    standing = Standing(last_at=5, moved_at=3, entries=INTERVAL)
    assert taken(standing, before=5, of=INTERVAL + 1) is None
    assert taken(standing, before=6, of=INTERVAL + 1).at == 5
    standing.moved_at = 9
    assert taken(standing, before=9, of=INTERVAL + 1) is None
    assert taken(standing, before=10, of=INTERVAL + 1).at == 9


# --- in the database ------------------------------------------------------------------------------


@pytest.fixture
def often(monkeypatch):
    """A checkpoint every third entry."""
    monkeypatch.setattr(checkpoints, "INTERVAL", 3)


async def positions(member_id):
    found = await checkpointing.of_members([member_id])
    return [one.entries for one in found.get(member_id, [])]


async def assert_right(member_id):
    published = await current()
    journal = (await journals_of([member_id]))[member_id]
    found = await checkpointing.of_members([member_id])
    wrong = settlement.wrong_checkpoint(published, journal, found.get(member_id, []), zone="UTC")
    assert wrong is None
    await world.assert_sound()


async def in_a_row(member_id, clock, count):
    for number in range(count):
        clock.advance(hours=1)
        await world.buy(member_id, 10, f"p{number:02}")


async def test_they_are_taken_on_the_way_and_thinned_out(often, member, clock):
    await in_a_row(member, clock, 26)
    assert await positions(member) == [6 * 2, 6 * 3, 21, 24]
    await assert_right(member)


async def test_a_late_entry_reads_only_what_came_after_the_checkpoint(
    often, member, clock, monkeypatch
):
    await in_a_row(member, clock, 20)
    read = []
    real = settlement.refolded

    def watched(programme, journal, *args, **how):
        read.append(len(journal))
        return real(programme, journal, *args, **how)

    monkeypatch.setattr("gamification.engine.settling.refolded", watched)
    await world.buy(member, 1, "late", occurred_at=clock.now - HOUR // 2)
    assert read == [3]
    assert await world.balance(member) == 201
    assert await positions(member) == [12, 18]
    await assert_right(member)


async def test_a_refund_drops_those_behind_what_it_takes_back(often, member, clock):
    await in_a_row(member, clock, 20)
    before = await positions(member)
    assert before == [12, 15, 18]
    await engine.retract(target_source="p13", source="r", reason="refund")
    await engine.settle([member])
    assert await positions(member) == [12, 15, 18]
    await assert_right(member)
    await engine.retract(target_source="p02", source="r2", reason="refund")
    await engine.settle([member])
    assert await world.balance(member) == 180
    await assert_right(member)


async def test_a_publication_that_reaches_back_takes_all_of_them_anew(often, member, clock):
    await in_a_row(member, clock, 20)
    rule = world.ONE_TO_ONE[1] | {"key": "more"}
    await world.publish(("EARNING_RULE", rule), effective_from=clock.now - 10 * DAY)
    await engine.settle_pending()
    assert await world.balance(member) == 400
    assert await positions(member) == [12, 15, 18]
    await assert_right(member)


async def test_time_that_passes_between_does_not_matter(often, ground, clock):
    await world.publish(("CURRENCY", {**world.POINTS[1], "expires_after_days": 2}))
    member = await world.enrol("budi")
    for number in range(20):
        clock.advance(hours=7)
        await world.buy(member, 10, f"q{number:02}")
        await engine.sweep()
    clock.advance(hours=3)
    await world.buy(member, 1, "late", occurred_at=clock.now - 30 * HOUR)
    await engine.retract(target_source="q11", source="r", reason="refund")
    await engine.settle([member])
    await assert_right(member)


async def test_a_checkpoint_that_was_changed_is_found(often, member, clock):
    await in_a_row(member, clock, 10)
    await db.execute("UPDATE checkpoint SET entries = entries + 1 WHERE entries = 6")
    published = await current()
    journal = (await journals_of([member]))[member]
    found = (await checkpointing.of_members([member]))[member]
    assert settlement.wrong_checkpoint(published, journal, found, zone="UTC").entries == 7


async def test_revisions_only_rise_whatever_is_read_after_a_checkpoint(often, ground, clock):
    await world.publish(("ACTIVITY_KIND", {"key": "visit", "title": "Visit"}))
    member = await world.enrol("budi")
    await in_a_row(member, clock, 12)
    for number in range(3):
        await engine.retract(target_source="p00", source=f"r{number}", reason="refund", amount=1)
        await engine.settle([member])
    before = (await db.fetch("SELECT revision FROM standing"))[0][0]
    visit = engine.Recording(
        member_id=member, kind="visit", source="v", occurred_at=clock.now - HOUR // 2
    )
    await world.record(visit)
    assert (await db.fetch("SELECT revision FROM standing"))[0][0] >= before
    await engine.retract(target_source="p00", source="r9", reason="refund", amount=1)
    await engine.settle([member])
    assert await world.balance(member) == 116
    await assert_right(member)
