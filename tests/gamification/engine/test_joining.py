"""Joining an opt-in challenge: from that moment on, and only while it is open."""

import asyncio
from collections import Counter

import pytest

from gamification import engine
from kit.errors import IdempotencyConflict, NotAvailable, NotFound
from tests.gamification import world

CHALLENGE = {
    "key": "c",
    "title": "C",
    "tasks": [{"metric": {"kind": "purchase"}, "goal": 2}],
    "starts_at": "2026-03-03T00:00:00Z",
    "ends_at": "2026-03-10T00:00:00Z",
    "enrolment": "OPT_IN",
}


@pytest.fixture
async def ani(member):
    await world.publish(
        ("CHALLENGE", CHALLENGE),
        ("CHALLENGE", CHALLENGE | {"key": "all", "enrolment": "AUTOMATIC"}),
    )
    return member


async def join(member_id, challenge="c", source="j"):
    answer = await engine.join(member_id, challenge=challenge, source=source)
    await engine.settle([member_id])
    return answer


async def state(member_id):
    return (await engine.standing_of(member_id)).standing.challenges.get("c")


async def test_what_is_done_before_joining_does_not_count(ani, clock):
    clock.set("2026-03-03T12:00:00Z")
    await world.buy(ani)
    clock.advance(hours=1)
    joined = await join(ani)
    assert (joined.replayed, joined.entry.facts.choice) == (False, "join:c")
    for _ in range(2):
        clock.advance(hours=1)
        assert (await state(ani)).completed_at is None
        await world.buy(ani)
    found = await state(ani)
    assert (found.joined_at, found.completed_at) == (joined.entry.at, clock.now)
    await world.assert_sound()


@pytest.mark.parametrize(
    "now, is_open",
    [
        ("2026-03-02T09:00:00Z", True),
        ("2026-03-03T00:00:00Z", True),
        ("2026-03-09T23:59:59Z", True),
        ("2026-03-10T00:00:00Z", False),
        ("2026-09-01T00:00:00Z", False),
    ],
)
async def test_a_challenge_can_be_joined_until_its_end(ani, clock, now, is_open):
    clock.set(now)
    before = await world.everything()
    if is_open:
        await join(ani)
        return
    with pytest.raises(NotAvailable):
        await join(ani)
    assert await world.everything() == before


async def test_what_cannot_be_joined_changes_nothing(ani):
    before = await world.everything()
    for call, error in (
        (join(ani, "nothing"), NotFound),
        (join("nobody"), NotFound),
        (join(ani, "all"), NotAvailable),
    ):
        with pytest.raises(error):
            await call
    assert await world.everything() == before


async def test_the_same_words_get_the_first_answer_and_others_a_conflict(ani, clock):
    first = await join(ani)
    clock.advance(hours=1)
    budi = await world.enrol("budi")
    before = await world.everything()
    again = await join(ani)
    assert (again.entry, again.replayed) == (first.entry, True)
    with pytest.raises(IdempotencyConflict):
        await join(budi)
    assert await world.everything() == before


async def test_a_repetition_is_answered_although_the_challenge_is_over(ani, clock):
    first = await join(ani)
    clock.set("2026-05-01T00:00:00Z")
    again = await join(ani)
    assert (again.entry, again.replayed) == (first.entry, True)


async def test_joining_again_by_another_key_changes_nothing_about_when(ani, clock):
    first = await join(ani)
    clock.advance(days=2)
    await join(ani, source="j2")
    assert (await state(ani)).joined_at == first.entry.at
    await world.assert_sound()


async def test_fifty_at_once_join_once(ani):
    answers = await asyncio.gather(*(join(ani) for _ in range(50)))
    assert Counter(one.replayed for one in answers) == {False: 1, True: 49}
    await world.assert_sound()
