"""What came too late, or from the future, is decided by staff; and dead letters are tried again."""

import asyncio
from collections import Counter

import pytest

from gamification import engine, journal
from gamification.engine import Judged, Retried, Staff, activities, fold
from gamification.journal import ApartOutcome, EntryType
from kit import database as db
from kit.clock import DAY, HOUR
from kit.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InTheFuture,
    InvalidInput,
    NotAvailable,
    NotFound,
    TooLate,
)
from tests.gamification import world
from tests.gamification.world import balance

RINA = Staff(name="rina")
RACERS = 50


@pytest.fixture
async def late(member, clock):
    """A purchase of forty days ago; the id under which it is set aside."""
    [answer] = await engine.record([told(member, clock)])
    assert isinstance(answer, TooLate)
    [apart] = await waiting()
    return apart.entry.id


def told(member_id, clock, **more):
    """The words of a till that was without a net for long."""
    said = {"occurred_at": clock.now - 40 * DAY, "partner": "kiosk", **more}
    return world.bought(member_id, 100, "till", **said)


async def waiting():
    return await journal.apart_page(outcome=None, after=None, limit=9)


async def admit(id, source="ok", *, by=RINA, reason="The till was without a net"):
    return await engine.admit(id, by=by, reason=reason, source=source)


async def dismiss(id, source="no", *, by=RINA, reason="A test"):
    return await engine.dismiss(id, by=by, reason=reason, source=source)


async def test_what_is_admitted_counts_at_its_own_time(late, member, clock):
    judged = await admit(late)
    assert judged.apart.decision.outcome is ApartOutcome.ADMITTED
    await engine.settle([member])
    assert await balance(member) == 100
    entry = await journal.find_entry(source="till")
    assert (entry.id, entry.at) == (late, clock.now - 40 * DAY)
    assert (entry.facts.amount, entry.facts.partner) == (100, "kiosk")
    assert await waiting() == []
    await world.assert_sound()


async def test_what_is_sent_again_after_that_is_a_replay(late, member, clock):
    said = told(member, clock)
    await admit(late)
    [again] = await engine.record([said])
    assert (again.entry.id, again.replayed) == (late, True)
    [other] = await engine.record([told(member, clock, quantity=2)])
    assert isinstance(other, IdempotencyConflict)


async def test_so_it_is_where_the_words_were_not_kept(late, member, clock):
    await db.execute(
        "INSERT INTO set_aside (id, member_id, kind, source, at, recorded_at, facts, reason)"
        " SELECT 'older', member_id, kind, 'older', at, recorded_at, facts, reason FROM set_aside"
    )
    await admit("older")
    said = told(member, clock)
    [again] = await engine.record([world.bought(member, 100, "older", **_of(said))])
    assert again.replayed is True


def _of(said):
    return {"occurred_at": said.occurred_at, "partner": said.partner}


async def test_before_that_it_is_too_late_again_and_kept_once(late, member, clock):
    [again] = await engine.record([told(member, clock)])
    assert isinstance(again, TooLate)
    assert [apart.entry.id for apart in await waiting()] == [late]


async def test_other_words_under_a_key_that_is_kept_are_told_so(late, member, clock):
    [other] = await engine.record([told(member, clock, quantity=2)])
    assert isinstance(other, IdempotencyConflict)
    assert [apart.entry.facts.quantity for apart in await waiting()] == [None]


async def test_what_is_dismissed_stays_out(late, member):
    judged = await dismiss(late)
    assert judged.apart.decision.reason == "A test"
    assert await waiting() == []
    assert await balance(member) == 0
    with pytest.raises(NotFound):
        await journal.find_entry(source="till")
    [apart] = await journal.apart_page(outcome=ApartOutcome.DISMISSED, after=None, limit=9)
    assert (apart.entry.id, apart.decision.decided_by) == (late, "rina")


async def test_what_came_from_the_future_is_set_aside_too(member, clock):
    [answer] = await engine.record([world.bought(member, 10, "f", occurred_at=clock.now + HOUR)])
    assert isinstance(answer, InTheFuture)
    [apart] = await waiting()
    assert apart.why == "IN_THE_FUTURE"
    before = await world.everything()
    with pytest.raises(NotAvailable):
        await admit(apart.entry.id)
    assert await world.everything() == before
    clock.advance(hours=2)
    await admit(apart.entry.id)
    await engine.settle([member])
    assert await balance(member) == 10


async def test_each_is_decided_once(late):
    await admit(late)
    before = await world.everything()
    for call in (admit(late, "2"), dismiss(late)):
        with pytest.raises(AlreadyResolved):
            await call
    assert (await admit(late)).replayed is True
    for call in (admit(late, reason="Other"), dismiss(late, "ok")):
        with pytest.raises(IdempotencyConflict):
            await call
    assert await world.everything() == before


async def test_a_key_decides_about_one(late, member, clock):
    await engine.record([world.bought(member, 1, "b", occurred_at=clock.now - 50 * DAY)])
    [other, _] = await waiting()
    await admit(late)
    before = await world.everything()
    with pytest.raises(IdempotencyConflict):
        await admit(other.entry.id)
    assert await world.everything() == before


async def test_a_key_that_stands_for_another_activity_by_now_admits_nothing(late, member, clock):
    await world.buy(member, 100, "till")
    before = await world.everything()
    with pytest.raises(IdempotencyConflict):
        await admit(late)
    assert await world.everything() == before
    await dismiss(late)


async def test_staff_admit_nothing_of_their_own(late):
    before = await world.everything()
    for verb in (admit, dismiss):
        with pytest.raises(Denied):
            await verb(late, by=Staff(name="Ani"))
    assert await world.everything() == before


async def test_what_is_not_there_and_what_has_no_reason_is_refused(late):
    with pytest.raises(NotFound):
        await admit("nothing")
    with pytest.raises(InvalidInput):
        await admit(late, reason=" ")


async def test_of_many_who_decide_one_wins(late, member):
    answers = await asyncio.gather(
        *((admit, dismiss)[n % 2](late, f"d{n}") for n in range(RACERS)), return_exceptions=True
    )
    assert Counter(map(type, answers)) == {Judged: 1, AlreadyResolved: RACERS - 1}
    [winner] = [one for one in answers if isinstance(one, Judged)]
    await engine.settle([member])
    admitted = winner.apart.decision.outcome is ApartOutcome.ADMITTED
    assert await balance(member) == (100 if admitted else 0)
    await world.assert_sound()


async def test_pages_of_what_waits_go_on_behind_a_row(member, clock):
    for number in range(3):
        said = world.bought(member, 1, f"l{number}", occurred_at=clock.now - 40 * DAY)
        await engine.record([said])
    first = await journal.apart_page(outcome=None, after=None, limit=2)
    rest = await journal.apart_page(outcome=None, after=first[-1].entry.id, limit=2)
    assert [one.entry.source for one in (*first, *rest)] == ["l2", "l1", "l0"]


# --- dead letters ---------------------------------------------------------------------------------


@pytest.fixture
def poison(monkeypatch):
    """The sources of activities that the fold cannot take; they can be cured."""
    sources = {"bad"}
    real = activities.act

    def act(scene, entry):
        if entry.source in sources:
            raise ValueError("a fault of ours")
        real(scene, entry)

    monkeypatch.setitem(fold._DEEDS, EntryType.ACTIVITY, act)
    return sources


async def letters():
    return await journal.dead_letters_page(after=None, limit=9)


async def test_a_dead_letter_is_folded_once_it_can_be(member, poison, clock):
    await world.record(world.bought(member, 100, "bad"))
    await world.buy(member, 10, "good")
    assert await balance(member) == 10
    [letter] = await letters()
    assert "a fault of ours" in letter.reason
    poison.clear()
    retried = await engine.retry(letter.id, by=RINA)
    assert (retried.letter, retried.folded) == (letter, True)
    assert (await balance(member), await letters()) == (110, [])
    assert await engine.pending() == 0
    await world.assert_sound()


async def test_what_still_cannot_be_folded_is_a_dead_letter_anew(member, poison):
    await world.record(world.bought(member, 100, "bad"))
    [letter] = await letters()
    assert (await engine.retry(letter.id, by=RINA)).folded is False
    [again] = await letters()
    assert (again.entry_id, again.member_id) == (letter.entry_id, member)
    assert again.id != letter.id
    with pytest.raises(NotFound):
        await engine.retry(letter.id, by=RINA)
    assert await engine.pending() == 0


async def test_a_whole_journal_can_be_a_dead_letter(member, poison):
    await world.buy(member, 100, "p")
    async with db.transaction():
        await journal.bury(member, [None], reason="ValueError")
    [letter] = await letters()
    assert letter.entry_id is None
    await engine.retry(letter.id, by=RINA)
    assert (await letters(), await balance(member)) == ([], 100)
    await world.assert_sound()


async def test_of_many_who_retry_one_finds_it(member, poison):
    await world.record(world.bought(member, 100, "bad"))
    poison.clear()
    [letter] = await letters()
    answers = await asyncio.gather(
        *(engine.retry(letter.id, by=RINA) for _ in range(20)), return_exceptions=True
    )
    assert Counter(map(type, answers)) == {Retried: 1, NotFound: 19}
    assert await balance(member) == 100
