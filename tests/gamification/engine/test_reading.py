"""Reading: as of a moment, batched, and told by cause."""

from fractions import Fraction

import pytest

from gamification import engine
from gamification.engine import HonourKind
from kit.clock import DAY
from kit.errors import NotFound
from tests.gamification import world

BADGE = ("BADGE", {"key": "b", "name": "B", "metric": {"kind": "purchase"}, "goal": 1})
TWICE = ("BADGE", {"key": "twice", "name": "B", "metric": {"kind": "purchase"}, "goal": 2})
EXPIRING = ("CURRENCY", {**world.POINTS[1], "expires_after_days": 10})


async def because(entry):
    """What an entry brought about, in short."""
    [facts] = (await engine.effects_because([entry.id])).values()
    return [(one["type"], one.get("amount") or one.get("badge") or one.get("to")) for one in facts]


async def test_a_standing_is_read_as_of_a_moment(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 10)
    now = clock.now
    clock.advance(days=30)
    early = await engine.standing_of(member, at=now + 10 * DAY - 1)
    late = await engine.standing_of(member, at=now + 10 * DAY)
    assert [one.standing.wallets["points"].balance(one.at) for one in (early, late)] == [10, 0]
    assert (early.at, early.member_id) == (now + 10 * DAY - 1, member)
    assert (await engine.standing_of(member)).at == clock.now


async def test_a_standing_comes_with_the_edition_in_force_then(member, clock):
    clock.advance(days=1)
    await world.publish(BADGE)
    assert (await engine.standing_of(member)).edition.badges.keys() == {"b"}
    before = await engine.standing_of(member, at=clock.now - 1)
    assert before.edition.badges.keys() == set()


async def test_many_standings_are_one_read(ground, statements):
    members = [await world.enrol() for _ in range(4)]
    for number, one in enumerate(members):
        await world.buy(one, 10 + number)
    statements.clear()
    views = await engine.standings_of([*members, "nobody"])
    assert len(statements) == 2
    balances = [views[one].standing.wallets["points"].balance(views[one].at) for one in members]
    assert balances == [10, 11, 12, 13]
    assert views.keys() == set(members)
    assert await engine.standings_of([]) == {}


async def test_an_unknown_member_has_no_standing(ground):
    with pytest.raises(NotFound):
        await engine.standing_of("nobody")


async def test_an_entry_is_told_with_what_it_brought_about(member, clock):
    await world.publish(BADGE, TWICE)
    first = await world.buy(member, 10)
    clock.advance(hours=1)
    second = await world.buy(member, 20)
    assert await because(first) == [("points.posted", 10), ("badge.awarded", "b")]
    assert await because(second) == [("points.posted", 20), ("badge.awarded", "twice")]
    both = await engine.effects_because([first.id, second.id, "nothing"])
    assert [len(both[one]) for one in (first.id, second.id, "nothing")] == [2, 2, 0]
    assert await engine.effects_because([]) == {}


async def test_a_refund_is_told_with_what_it_took_away(member, clock):
    await world.publish(BADGE)
    entry = await world.buy(member, 10)
    clock.advance(hours=1)
    half = await engine.retract(
        target_id=entry.id, source="r1", reason="refund", share=Fraction(1, 2)
    )
    whole = await engine.retract(target_id=entry.id, source="r2", reason="refund")
    await engine.settle([member])
    told = [*await because(half.entry), *await because(whole.entry)]
    assert told == [("points.posted", -10), ("badge.revoked", "b")]


async def test_a_late_entry_that_moves_nothing_else_is_told_with_its_own_alone(member, clock):
    await world.publish(BADGE)
    await world.buy(member, 10)
    late = await world.buy(member, 5, occurred_at=clock.now - DAY)
    assert await because(late) == [("points.posted", 5)]


async def test_holders_are_counted_and_kept_for_a_minute(ground, clock):
    await world.publish(BADGE, TWICE)
    members = [await world.enrol() for _ in range(3)]
    for one in members:
        await world.buy(one)
    await world.buy(members[0])
    assert await engine.holders(HonourKind.BADGE) == {("b", ""): 3, ("twice", ""): 1}
    await world.buy(members[1])
    assert (await engine.holders(HonourKind.BADGE))["twice", ""] == 1
    clock.advance(minutes=1)
    assert (await engine.holders(HonourKind.BADGE))["twice", ""] == 2
    assert await engine.holders(HonourKind.CHALLENGE) == {}


async def test_who_lost_a_badge_is_no_holder(member, clock):
    await world.publish(BADGE)
    entry = await world.buy(member)
    await engine.retract(target_id=entry.id, source="r", reason="refund")
    await engine.settle([member])
    assert (await engine.holders(HonourKind.BADGE)).get(("b", ""), 0) == 0


async def test_active_members_did_something_lately(ground, clock):
    members = [await world.enrol() for _ in range(3)]
    await world.buy(members[0])
    clock.advance(days=5)
    for _ in range(2):
        await world.buy(members[1])
    assert [await engine.active_members(days) for days in (1, 5, 4)] == [1, 2, 1]
