"""Adjustments: points that staff give or take, with a reason, and two people where it is much."""

import asyncio
from collections import Counter

import pytest

from gamification import engine, journal, ledger
from gamification.engine import Adjusted, AdjustmentState, Staff
from gamification.programme import Backfill, Scope
from kit.clock import DAY
from kit.errors import (
    AlreadyResolved,
    Denied,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from tests.gamification import world
from tests.gamification.world import balance

RINA, BUDI, CICI = Staff(name="rina"), Staff(name="budi"), Staff(name="cici", decides=False)
RACERS = 50
STARS = (
    "CURRENCY",
    {
        "key": "stars",
        "name": "Stars",
        "approval_above": 100,
        "adjustment_max": 1000,
        "expires_after_days": 90,
    },
)


@pytest.fixture
async def ani(member):
    """Somebody in a programme whose stars take two people above a hundred."""
    await world.publish(STARS, backfill=Backfill(scope=Scope.ALL))
    return member


async def adjust(member_id, points, source="a", *, by=RINA, currency="stars", **more):
    return await engine.adjust(
        member_id,
        currency=currency,
        points=points,
        reason="A lost parcel",
        by=by,
        source=source,
        **more,
    )


async def approve(adjusted, source="ok", *, by=BUDI, note="Seen the parcel"):
    return await engine.approve_adjustment(adjusted.adjustment.id, by=by, source=source, note=note)


async def reject(adjusted, source="no", *, by=BUDI, note="There was none"):
    return await engine.reject_adjustment(adjusted.adjustment.id, by=by, source=source, note=note)


# --- at once --------------------------------------------------------------------------------------


async def test_staff_give_points_that_can_be_spent_at_once(ani, clock):
    given = await adjust(ani, 100)
    adjustment = given.adjustment
    assert (adjustment.state, given.replayed) == (AdjustmentState.APPLIED, False)
    assert (adjustment.by_two, adjustment.decision.decided_by) == (False, "rina")
    assert await balance(ani, "stars") == 100
    [line] = await ledger.statement(ani, limit=9)
    assert (line.kind, line.amount, line.subject) == ("ADJUST", 100, "adjustment")
    entry = await journal.find_entry(id=adjustment.decision.entry_id)
    assert (entry.facts.actor, entry.facts.reason) == ("rina", "A lost parcel")
    assert await ledger.account_total("adjustment") == -100
    await world.spend(ani, 100, currency="stars")
    await world.assert_sound()


async def test_what_is_given_expires_like_what_is_earned_or_when_staff_say(ani, clock):
    await adjust(ani, 50)
    await adjust(ani, 30, "b", expires_at=clock.now + 10 * DAY)
    clock.advance(days=10)
    assert await balance(ani, "stars") == 50
    clock.advance(days=80)
    assert await balance(ani, "stars") == 0
    await engine.sweep()
    await world.assert_sound()


async def test_staff_take_points(ani):
    await adjust(ani, 100)
    await adjust(ani, -40, "b", by=BUDI)
    assert await balance(ani, "stars") == 60
    assert await ledger.account_total("adjustment") == -60
    await world.assert_sound()


async def test_staff_take_no_more_than_there_is(ani):
    await adjust(ani, 30)
    before = await world.everything()
    with pytest.raises(InsufficientPoints) as raised:
        await adjust(ani, -31, "b")
    assert (raised.value.needed, raised.value.available) == (31, 30)
    assert await world.everything() == before


async def test_what_waits_to_be_settled_can_be_taken(member):
    await engine.record([world.bought(member, 50, "p")])
    await adjust(member, -50, currency="points")
    assert await balance(member) == 0
    await world.assert_sound()


async def test_points_that_only_measure_count_when_they_are_given(member):
    await world.publish(
        ("CURRENCY", {"key": "xp", "name": "XP", "kind": "XP"}),
        (
            "TIER_SET",
            {
                "key": "levels",
                "name": "Levels",
                "metric": {"currency": "xp", "aggregate": "SUM", "field": "amount"},
                "levels": [
                    {"key": "one", "name": "One", "threshold": 0},
                    {"key": "two", "name": "Two", "threshold": 10},
                ],
            },
        ),
        backfill=Backfill(scope=Scope.ALL),
    )
    await adjust(member, 10, currency="xp")
    assert (await engine.standing_of(member)).standing.tiers["levels"].level == 1
    await world.assert_sound()


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "more", "path"),
    [
        (0, {}, "points"),
        (10**12 + 1, {}, "points"),
        (1001, {}, "points"),
        (-1001, {}, "points"),
        (5, {"expires_at": 0}, "expires_at"),
        (5, {"expires_at": 1 << 62}, "expires_at"),
        (-5, {"expires_at": 1 << 60}, "expires_at"),
    ],
)
async def test_what_is_no_adjustment_changes_nothing(ani, points, more, path):
    await adjust(ani, 100, "before")
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await adjust(ani, points, **more)
    assert [one.path for one in raised.value.problems] == [path]
    assert await world.everything() == before


async def test_a_refusal_says_the_limit(ani):
    with pytest.raises(InvalidInput, match="from -1,000 to 1,000"):
        await adjust(ani, 1001)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "NUL \0"])
async def test_a_reason_is_required(ani, reason):
    with pytest.raises(InvalidInput, match="reason"):
        await engine.adjust(ani, currency="stars", points=5, reason=reason, by=RINA, source="a")


async def test_of_nobody_and_of_no_currency_there_is_nothing_to_adjust(ani):
    before = await world.everything()
    for call in (adjust("nobody", 5), adjust(ani, 5, currency="gold"), approve_id("nothing")):
        with pytest.raises(NotFound):
            await call
    assert await world.everything() == before


def approve_id(id):
    return engine.approve_adjustment(id, by=BUDI, source="x")


@pytest.mark.parametrize("name", ["id", "ani", "ANI", "ani@example.com"])
async def test_nobody_of_the_staff_adjusts_themselves(ground, name):
    ani = await world.enrol("ani", email="ani@example.com")
    herself = Staff(name=ani if name == "id" else name)
    before = await world.everything()
    with pytest.raises(Denied):
        await adjust(ani, 5, by=herself, currency="points")
    assert await world.everything() == before


# --- by two ---------------------------------------------------------------------------------------


async def test_above_the_threshold_it_waits_for_another(ani, clock):
    asked = await adjust(ani, 101)
    assert asked.adjustment.state is AdjustmentState.PENDING
    assert await balance(ani, "stars") == 0
    clock.advance(days=1)
    decided = await approve(asked)
    assert (decided.adjustment.state, decided.replayed) == (AdjustmentState.APPLIED, False)
    decision = decided.adjustment.decision
    assert (decision.decided_by, decision.note) == ("budi", "Seen the parcel")
    assert await balance(ani, "stars") == 101
    entry = await journal.find_entry(id=decision.entry_id)
    assert entry.facts.actor == "rina"
    await world.assert_sound()


async def test_small_ones_do_not_add_up_past_the_threshold(ani, clock):
    await adjust(ani, 60, "1")
    assert (await adjust(ani, -41, "2")).adjustment.state is AdjustmentState.PENDING
    assert (await adjust(ani, 41, "3", by=BUDI)).adjustment.state is AdjustmentState.APPLIED
    clock.advance(days=1)
    assert (await adjust(ani, 41, "4")).adjustment.state is AdjustmentState.APPLIED


async def test_who_does_not_decide_asks_unless_the_currency_says_how_much(ani):
    assert (await adjust(ani, 100, "1", by=CICI)).adjustment.state is AdjustmentState.APPLIED
    asked = await adjust(ani, 1, "2", by=CICI, currency="points")
    assert asked.adjustment.state is AdjustmentState.PENDING
    big = await adjust(ani, 10**9, "3", currency="points")
    assert big.adjustment.state is AdjustmentState.APPLIED
    with pytest.raises(Denied):
        await approve(await adjust(ani, 500, "4"), by=CICI)


@pytest.mark.parametrize("decide", [approve, reject])
@pytest.mark.parametrize("name", ["rina", "Rina"])
async def test_who_asks_does_not_decide(ani, decide, name):
    asked = await adjust(ani, 101)
    before = await world.everything()
    with pytest.raises(Denied):
        await decide(asked, by=Staff(name=name))
    assert await world.everything() == before


async def test_nobody_approves_points_for_themselves(ani):
    asked = await adjust(ani, 101)
    with pytest.raises(Denied):
        await approve(asked, by=Staff(name="ani"))


async def test_what_is_rejected_gives_nothing(ani):
    asked = await adjust(ani, 101)
    decided = await reject(asked)
    assert decided.adjustment.state is AdjustmentState.REJECTED
    assert (decided.adjustment.decision.entry_id, await balance(ani, "stars")) == (None, 0)
    with pytest.raises(InvalidInput):
        await reject(await adjust(ani, 102, "b"), note=" ")


async def test_each_is_decided_once(ani):
    asked = await adjust(ani, 101)
    await approve(asked)
    before = await world.everything()
    for call in (approve(asked, "2"), reject(asked, "3"), approve(asked, by=Staff(name="dewi"))):
        with pytest.raises(AlreadyResolved):
            await call
    assert (await approve(asked)).replayed is True
    for call in (approve(asked, note="Other"), reject(asked, "ok")):
        with pytest.raises(IdempotencyConflict):
            await call
    assert await world.everything() == before


async def test_a_key_decides_about_one(ani):
    first, second = await adjust(ani, 101), await adjust(ani, 102, "b")
    await approve(first)
    with pytest.raises(IdempotencyConflict):
        await approve(second)
    assert await balance(ani, "stars") == 101


async def test_what_was_spent_meanwhile_is_not_taken(ani):
    await adjust(ani, 100, "1")
    await adjust(ani, 100, "2", by=BUDI)
    asked = await adjust(ani, -150, "3")
    await world.spend(ani, 60, currency="stars")
    with pytest.raises(InsufficientPoints):
        await approve(asked)
    found = await engine.find_adjustment(asked.adjustment.id)
    assert found.state is AdjustmentState.PENDING
    await world.assert_sound()


async def test_points_that_would_have_expired_are_not_given(ani, clock):
    asked = await adjust(ani, 101, expires_at=clock.now + DAY)
    clock.advance(days=1)
    with pytest.raises(NotAvailable):
        await approve(asked)
    assert (await reject(asked)).adjustment.state is AdjustmentState.REJECTED


# --- reversed -------------------------------------------------------------------------------------


async def reverse(adjusted, source="rev", *, by=BUDI, reason="The parcel turned up"):
    return await engine.reverse_adjustment(
        adjusted.adjustment.id, by=by, reason=reason, source=source
    )


@pytest.mark.parametrize("points", [100, 500])
async def test_a_mistake_is_taken_back_wholly(ani, points):
    given = await adjust(ani, points)
    if points > 100:
        await approve(given)
    taken = await reverse(given)
    assert (taken.adjustment.state, taken.replayed) == (AdjustmentState.REVERSED, False)
    assert await balance(ani, "stars") == 0
    assert await ledger.account_total("adjustment") == 0
    [line, _] = await ledger.statement(ani, limit=9)
    assert (line.amount, line.subject) == (-points, "adjustment")
    await world.assert_sound()


async def test_what_two_decided_is_not_undone_by_the_one_who_asked(ani):
    await adjust(ani, 90)
    big = await adjust(ani, 500, "big")
    await approve(big)
    before = await world.everything()
    for name in ("rina", "RINA"):
        with pytest.raises(Denied):
            await reverse(big, by=Staff(name=name))
    assert await world.everything() == before
    await reverse(big, by=BUDI)
    assert await balance(ani, "stars") == 90


async def test_what_was_taken_by_mistake_comes_back_to_its_lots(ani, clock):
    await adjust(ani, 100)
    clock.advance(days=10)
    taken = await adjust(ani, -80, "b")
    await reverse(taken)
    wallet = (await engine.standing_of(ani)).standing.wallets["stars"]
    assert [(lot.points, lot.expires_at - clock.now) for lot in wallet.lots] == [(100, 80 * DAY)]
    await world.assert_sound()


async def test_what_is_reversed_may_be_spent_already(ani):
    given = await adjust(ani, 100)
    await world.spend(ani, 70, currency="stars")
    await reverse(given)
    assert await balance(ani, "stars") == -70
    await world.assert_sound()


async def test_a_currency_that_prevents_debts_keeps_what_is_spent(member):
    await world.publish((STARS[0], {**STARS[1], "shortage": "PREVENT"}))
    given = await adjust(member, 100)
    await world.spend(member, 70, currency="stars")
    before = await world.everything()
    with pytest.raises(InsufficientPoints):
        await reverse(given)
    assert await world.everything() == before


async def test_each_is_reversed_once_and_only_what_was_applied(ani):
    given, waiting = await adjust(ani, 100), await adjust(ani, 101, "b")
    await reverse(given)
    before = await world.everything()
    assert (await reverse(given)).replayed is True
    for call, error in (
        (reverse(given, "2"), AlreadyResolved),
        (reverse(given, reason="Other"), IdempotencyConflict),
        (reverse(waiting, "3"), NotAvailable),
        (reverse(given, "4", by=CICI), Denied),
        (reverse(given, "5", by=Staff(name="ani")), Denied),
    ):
        with pytest.raises(error):
            await call
    assert await world.everything() == before


# --- once -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [50, 101])
async def test_the_same_words_get_the_first_answer(ani, points, clock):
    first = await adjust(ani, points)
    before = await world.everything()
    clock.advance(days=2)
    again = await adjust(ani, points)
    assert (again.adjustment, again.replayed) == (first.adjustment, True)
    assert await world.everything() == before


async def test_other_words_are_a_conflict(ani):
    budi = await world.enrol("budi")
    await adjust(ani, 50)
    await world.spend(ani, 1, "s", currency="stars")
    before = await world.everything()
    for call in (adjust(ani, 51), adjust(budi, 50), adjust(ani, 50, "s"), adjust(ani, 500, "s")):
        with pytest.raises(IdempotencyConflict):
            await call
    with pytest.raises(IdempotencyConflict):
        await world.spend(ani, 50, "a", currency="stars")
    assert await world.everything() == before


async def test_one_of_many_approvals_wins(ani):
    asked = await adjust(ani, 101)
    answers = await asyncio.gather(
        *((approve, reject)[n % 2](asked, f"d{n}", by=Staff(name=f"s{n}")) for n in range(RACERS)),
        return_exceptions=True,
    )
    assert Counter(map(type, answers)) == {Adjusted: 1, AlreadyResolved: RACERS - 1}
    [winner] = [one for one in answers if isinstance(one, Adjusted)]
    approved = winner.adjustment.state is AdjustmentState.APPLIED
    assert await balance(ani, "stars") == (101 if approved else 0)
    await world.assert_sound()


async def test_many_retries_adjust_once(ani):
    answers = await asyncio.gather(*(adjust(ani, 50) for _ in range(RACERS)))
    assert Counter(one.replayed for one in answers) == {False: 1, True: RACERS - 1}
    assert await balance(ani, "stars") == 50


async def test_at_one_moment_small_ones_do_not_add_up_either(ani):
    answers = await asyncio.gather(*(adjust(ani, 30, f"a{n}") for n in range(20)))
    states = Counter(one.adjustment.state for one in answers)
    assert states == {AdjustmentState.APPLIED: 3, AdjustmentState.PENDING: 17}
    assert await balance(ani, "stars") == 90


async def test_one_key_for_many_members_serves_one(ani):
    others = [await world.enrol() for _ in range(9)]
    answers = await asyncio.gather(
        *(adjust(one, 50) for one in (ani, *others)), return_exceptions=True
    )
    assert Counter(map(type, answers)) == {Adjusted: 1, IdempotencyConflict: 9}
    await world.assert_sound()


# --- the list -------------------------------------------------------------------------------------


async def test_adjustments_are_listed_newest_first_and_by_state(ani):
    await adjust(ani, 1, "1")
    waiting = await adjust(ani, 200, "2")
    refused = await adjust(ani, 300, "3")
    await reject(refused)

    async def keys(**asked):
        return [one.source for one in await engine.adjustments_page(limit=9, **asked)]

    assert await keys() == ["3", "2", "1"]
    assert await keys(after=waiting.adjustment.id) == ["1"]
    assert await keys(state=AdjustmentState.PENDING) == ["2"]
    assert await keys(state=AdjustmentState.REJECTED) == ["3"]
    assert await keys(state=AdjustmentState.APPLIED) == ["1"]
    assert await keys(state=AdjustmentState.REVERSED) == []
    assert len(await engine.adjustments_page(limit=2)) == 2
