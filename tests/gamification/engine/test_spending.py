"""Spends and holds: decided once, under the member's lock, and never reconsidered."""

import asyncio
from collections import Counter

import pytest

from gamification import engine, journal, ledger
from gamification.engine import Spent
from kit import clock as kit_clock
from kit import database as db
from kit.clock import DAY, HOUR
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotFound,
)
from tests.gamification import world
from tests.gamification.world import balance, spend


@pytest.fixture
async def rich(member):
    """Somebody with a hundred points."""
    await world.buy(member, 100, "p")
    return member


async def hold(member_id, points, source="h", *, lasting=DAY, account="charity:water"):
    return await engine.hold(
        member_id,
        points=points,
        currency="points",
        account=account,
        subject="campaign:wells",
        source=source,
        release_at=kit_clock.now() + lasting,
    )


async def held(member_id):
    wallet = (await engine.standing_of(member_id)).standing.wallets["points"]
    return wallet.held


async def lines(member_id):
    found = await ledger.statement(member_id, limit=99)
    return [(one.kind.value, one.amount) for one in reversed(found)]


# --- spends ---------------------------------------------------------------------------------------


async def test_a_spend_moves_points_to_its_account(rich, clock):
    spent = await spend(rich, 30, "s")
    assert (spent.replayed, spent.entry.source) == (False, "s")
    assert await balance(rich) == 70
    assert await ledger.account_total("redemption") == 30
    [line, _] = await ledger.statement(rich, limit=9)
    assert (line.amount, line.kind, line.subject) == (-30, "SPEND", "reward:tea")
    assert line.entry_id == spent.entry.id
    assert await engine.pending() == 0
    await world.assert_sound()


async def test_a_spend_to_a_charity_is_a_donation(rich):
    await spend(rich, 30, account="charity:water")
    assert (await lines(rich))[-1] == ("DONATE", -30)
    assert await ledger.account_totals("charity:") == {"charity:water": 30}


async def test_what_waits_to_be_settled_can_be_spent(member):
    await engine.record([world.bought(member, 50, "p")])
    await spend(member, 50)
    assert await balance(member) == 0
    await world.assert_sound()


@pytest.mark.parametrize("points", [101, 10**12])
async def test_more_than_there_is_is_refused_and_changes_nothing(rich, points):
    before = await world.everything()
    with pytest.raises(InsufficientPoints) as raised:
        await spend(rich, points)
    assert (raised.value.needed, raised.value.available) == (points, 100)
    assert raised.value.currency == "points"
    assert await world.everything() == before


async def test_of_another_currency_there_is_nothing(rich):
    with pytest.raises(InsufficientPoints) as raised:
        await spend(rich, 1, currency="gold")
    assert raised.value.available == 0


@pytest.mark.parametrize("points", [0, -1, 10**12 + 1])
async def test_no_points_or_less_than_none_cannot_be_spent(rich, points):
    before = await world.everything()
    for verb in (spend, hold):
        with pytest.raises(InvalidInput):
            await verb(rich, points)
    assert await world.everything() == before


async def test_an_unknown_member_spends_nothing(ground):
    for call in (
        spend("nobody", 1),
        hold("nobody", 1),
        engine.capture("nobody", hold_source="h", source="c"),
        engine.release("nobody", hold_source="h", source="c"),
    ):
        with pytest.raises(NotFound):
            await call


async def test_the_same_words_get_the_first_answer_although_nothing_is_left(rich):
    first = await spend(rich, 100, "s")
    before = await world.everything()
    again = await spend(rich, 100, "s")
    assert (again.entry, again.replayed) == (first.entry, True)
    assert await world.everything() == before


async def test_other_words_are_a_conflict_and_change_nothing(rich):
    budi = await world.enrol("budi")
    await world.buy(budi, 100)
    await spend(rich, 10, "s")
    before = await world.everything()
    for call in (
        spend(rich, 11, "s"),
        spend(rich, 10, "s", account="partner:elsewhere"),
        spend(budi, 10, "s"),
        hold(rich, 10, "s"),
        spend(rich, 10, "p"),
    ):
        with pytest.raises(IdempotencyConflict):
            await call
    assert await world.everything() == before


async def test_a_spend_joins_its_callers_transaction(rich):
    before = await world.everything()
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await spend(rich, 30)
            raise ZeroDivisionError
    assert await world.everything() == before


async def test_a_spend_comes_after_all_that_it_spends(member, clock):
    """A purchase of a clock that goes ahead is spent at once: its key must not come before it."""
    ahead = clock.now + 60_000_000
    await world.buy(member, 100, "z", occurred_at=ahead)
    first = await spend(member, 60, "a")
    second = await spend(member, 40, "0")
    assert ahead < first.entry.at < second.entry.at
    wallet = (await engine.standing_of(member)).standing.wallets["points"]
    assert (wallet.debt, wallet.lots) == (0, [])
    await world.assert_sound()


# --- holds ----------------------------------------------------------------------------------------


async def test_a_hold_sets_points_aside(rich):
    await hold(rich, 30)
    assert (await balance(rich), await held(rich)) == (70, 30)
    with pytest.raises(InsufficientPoints):
        await spend(rich, 71)
    assert await ledger.account_total("charity:water") == 0
    assert (await lines(rich))[-1] == ("HOLD", -30)
    await world.assert_sound()


async def test_a_capture_pays_the_hold_out(rich):
    await hold(rich, 30)
    captured = await engine.capture(rich, hold_source="h", source="c")
    assert (captured.replayed, captured.entry.target) == (False, "h")
    assert (await balance(rich), await held(rich)) == (70, 0)
    assert await ledger.account_total("charity:water") == 30
    assert (await lines(rich))[-1] == ("DONATE", -30)
    await world.assert_sound()


async def test_a_release_gives_it_back(rich):
    await hold(rich, 30)
    await engine.release(rich, hold_source="h", source="r")
    assert (await balance(rich), await held(rich)) == (100, 0)
    assert (await lines(rich))[-1] == ("RELEASE", 30)
    await world.assert_sound()


@pytest.mark.parametrize("verb", [engine.capture, engine.release])
async def test_a_key_that_sorts_first_resolves_its_hold_all_the_same(rich, verb):
    await hold(rich, 30, "z")
    await verb(rich, hold_source="z", source="a")
    assert await held(rich) == 0
    await world.assert_sound()


async def test_a_hold_resolves_once(rich):
    await hold(rich, 30)
    await engine.capture(rich, hold_source="h", source="c")
    before = await world.everything()
    for call in (
        engine.capture(rich, hold_source="h", source="c2"),
        engine.release(rich, hold_source="h", source="r"),
        engine.capture(rich, hold_source="nothing", source="c3"),
        engine.capture(rich, hold_source="p", source="c4"),
    ):
        with pytest.raises(AlreadyResolved):
            await call
    again = await engine.capture(rich, hold_source="h", source="c")
    assert again.replayed is True
    with pytest.raises(IdempotencyConflict):
        await engine.release(rich, hold_source="h", source="c")
    assert await world.everything() == before


async def test_somebody_elses_hold_is_not_there(rich):
    budi = await world.enrol("budi")
    await hold(rich, 30)
    with pytest.raises(AlreadyResolved):
        await engine.capture(budi, hold_source="h", source="c")
    assert await held(rich) == 30


async def test_a_hold_ends_by_itself(rich, clock):
    placed = await hold(rich, 30, lasting=HOUR)
    assert placed.entry.facts.release_at == placed.entry.at + HOUR
    clock.set(placed.entry.facts.release_at - 1)
    assert (await balance(rich), await held(rich)) == (70, 30)
    clock.advance(seconds=0.000001)
    assert (await balance(rich), await held(rich)) == (100, 0)
    with pytest.raises(AlreadyResolved):
        await engine.capture(rich, hold_source="h", source="c")
    await spend(rich, 100)
    await world.assert_sound()


async def test_the_end_of_a_hold_is_no_part_of_its_words(rich, clock):
    first = await hold(rich, 30)
    clock.advance(hours=1)
    again = await hold(rich, 30)
    assert (again.entry, again.replayed) == (first.entry, True)


async def test_a_hold_lasts_as_long_as_asked_although_the_journal_is_ahead(member, clock):
    await world.buy(member, 100, occurred_at=clock.now + 60_000_000)
    placed = await hold(member, 30, lasting=30_000_000)
    assert placed.entry.facts.release_at == placed.entry.at + 30_000_000
    assert await held(member) == 30


@pytest.mark.parametrize("lasting", [0, -HOUR])
async def test_a_hold_that_is_over_before_it_begins_is_refused(rich, lasting):
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await hold(rich, 30, lasting=lasting)
    assert [one.path for one in raised.value.problems] == ["release_at"]
    assert await world.everything() == before


async def test_a_refund_below_a_hold_becomes_a_debt(rich):
    await hold(rich, 80)
    await engine.retract(target_source="p", source="r", reason="refund")
    await engine.settle([rich])
    assert (await balance(rich), await held(rich)) == (-80, 80)
    await world.assert_sound()
    await engine.release(rich, hold_source="h", source="rel")
    assert (await balance(rich), await held(rich)) == (0, 0)
    await world.assert_sound()


# --- lots -----------------------------------------------------------------------------------------

EXPIRING = ("CURRENCY", {**world.POINTS[1], "expires_after_days": 10})
PENDING = ("CURRENCY", {**world.POINTS[1], "pending_days": 3})


async def test_expired_points_cannot_be_spent_whether_a_job_ran_or_not(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 100)
    clock.advance(days=10, seconds=-0.000001)
    assert await balance(member) == 100
    clock.advance(seconds=0.000001)
    assert await balance(member) == 0
    with pytest.raises(InsufficientPoints) as raised:
        await spend(member, 1)
    assert raised.value.available == 0
    assert await ledger.account_total(ledger.BREAKAGE) == 0
    assert await engine.sweep() == 1
    assert await ledger.account_total(ledger.BREAKAGE) == 100
    assert (await lines(member))[-1] == ("EXPIRE", -100)
    assert await engine.sweep() == 0
    await world.assert_sound()


async def test_pending_points_cannot_be_spent_before_their_time(member, clock):
    await world.publish(PENDING)
    await world.buy(member, 100)
    with pytest.raises(InsufficientPoints):
        await spend(member, 1)
    clock.advance(days=3)
    await spend(member, 100)
    await world.assert_sound()


async def test_what_expires_first_is_spent_first(member, clock):
    await world.buy(member, 50, "lasting")
    clock.advance(days=1)
    await world.publish(EXPIRING)
    await world.buy(member, 50, "expiring")
    spent = await spend(member, 70)
    rows = await db.fetch("SELECT lots FROM ledger_entry WHERE entry_id = ?", spent.entry.id)
    assert [row[0] for row in rows] == [
        '[["earn:expiring:one-to-one",50],["earn:lasting:one-to-one",20]]'
    ]


async def test_a_late_activity_that_shifts_lots_is_no_news_in_the_statement(member, clock):
    await world.publish(EXPIRING)
    clock.advance(days=2)
    await world.buy(member, 50, "second")
    spent = await spend(member, 30)
    seen = await lines(member)
    await world.buy(member, 50, "first", occurred_at=clock.now - DAY)
    assert await lines(member) == [("EARN", 50), *seen]
    rows = await db.fetch(
        "SELECT kind, lots FROM ledger_entry WHERE key = ? ORDER BY revision",
        f"spend:{spent.entry.source}",
    )
    assert [row[0] for row in rows] == ["SPEND", "REVERSE", "SPEND"]
    assert rows[2][1] == '[["earn:first:one-to-one",30]]'
    await world.assert_sound()


async def test_released_points_keep_their_expiry(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 100)
    clock.advance(days=9)
    await hold(member, 60, lasting=5 * DAY)
    clock.advance(days=2)
    assert (await balance(member), await held(member)) == (0, 60)
    await engine.release(member, hold_source="h", source="r")
    assert (await balance(member), await held(member)) == (0, 0)
    assert (await lines(member))[-3:] == [("EXPIRE", -40), ("RELEASE", 60), ("EXPIRE", -60)]
    await world.buy(member, 5)
    assert await balance(member) == 5
    await world.assert_sound()


async def test_two_holds_of_one_lot_that_end_after_its_expiry_expire_once_each(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 100)
    await hold(member, 30, "h1", lasting=12 * DAY)
    await hold(member, 30, "h2", lasting=12 * DAY)
    clock.advance(days=13)
    assert await engine.sweep() == 1
    assert await balance(member) == 0
    assert await ledger.account_total(ledger.BREAKAGE) == 100
    await world.assert_sound()


# --- many at once ---------------------------------------------------------------------------------


async def test_fifty_spenders_of_one_balance_win_as_often_as_it_affords(rich):
    answers = await asyncio.gather(
        *(spend(rich, 7, f"s{number}") for number in range(50)), return_exceptions=True
    )
    assert Counter(type(one) for one in answers) == {Spent: 14, InsufficientPoints: 36}
    assert await balance(rich) == 2
    await world.assert_sound()


async def test_a_hundred_retries_spend_once(rich):
    answers = await asyncio.gather(*(spend(rich, 60, "s") for _ in range(100)))
    assert Counter(one.replayed for one in answers) == {False: 1, True: 99}
    assert await balance(rich) == 40


async def test_one_key_for_many_members_at_once_serves_one(ground):
    members = [await world.enrol() for _ in range(10)]
    for one in members:
        await world.buy(one, 10)
    answers = await asyncio.gather(
        *(spend(one, 10, "the-same") for one in members), return_exceptions=True
    )
    assert Counter(type(one) for one in answers) == {Spent: 1, IdempotencyConflict: 9}
    assert sum([await balance(one) for one in members]) == 90
    await world.assert_sound()


async def test_a_hold_that_many_would_resolve_is_resolved_once(rich):
    await hold(rich, 30)
    verbs = (engine.capture, engine.release)
    answers = await asyncio.gather(
        *(verbs[n % 2](rich, hold_source="h", source=f"c{n}") for n in range(30)),
        return_exceptions=True,
    )
    assert Counter(type(one) for one in answers) == {Spent: 1, AlreadyResolved: 29}
    assert await held(rich) == 0
    await world.assert_sound()


async def test_a_spend_among_many_activities_finds_all_of_them_or_waits(member):
    async def earn(number):
        await engine.record([world.bought(member, 10, f"p{number}")])

    async def use(number):
        return await spend(member, 10, f"s{number}")

    answers = await asyncio.gather(
        *(earn(n) if n % 2 else use(n) for n in range(60)), return_exceptions=True
    )
    await engine.settle([member])
    kinds = Counter(type(one) for one in answers)
    assert kinds[Spent] + kinds[InsufficientPoints] == 30
    assert await balance(member) == 300 - 10 * kinds[Spent]
    assert (await journal.find_entry(source="p1")).member_id == member
    await world.assert_sound()


@pytest.mark.parametrize("account", ["", "elsewhere", "member", "issuance", "charity:", "shop:x"])
async def test_nothing_is_paid_to_what_is_no_payee(rich, account):
    before = await world.everything()
    for verb in (spend, hold):
        with pytest.raises(InvalidInput, match="account"):
            await verb(rich, 10, "x", account=account)
    assert await world.everything() == before
