"""Settling: in batches, by members, each entry once; time's turn; and what cannot be folded."""

import asyncio

import pytest
import structlog

from gamification import engine, ledger
from gamification.engine import Recorded, activities, fold, settling, storing
from gamification.journal import EntryType
from kit import database as db
from kit import outbox
from kit.clock import DAY
from tests.gamification import world
from tests.gamification.factories import ALWAYS

EXPIRING = ("CURRENCY", {**world.POINTS[1], "expires_after_days": 10})
STREAK = ("STREAK", {"key": "s", "name": "S", "period": "DAY", "metric": {"kind": "purchase"}})


async def record(*recordings):
    answers = await engine.record(recordings)
    assert all(isinstance(one, Recorded) for one in answers), answers
    return [one.entry for one in answers]


async def test_what_waits_is_settled_once(ground):
    members = [await world.enrol() for _ in range(3)]
    await record(*(world.bought(one, 10) for one in members * 2))
    assert await engine.pending() == 6
    assert await engine.settle(members[:1]) == 2
    assert await engine.settle(members[:1]) == 0
    assert await engine.pending() == 4
    assert await engine.settle_pending() == 4
    assert await engine.settle_pending() == 0
    assert [await world.balance(one) for one in members] == [20, 20, 20]
    await world.assert_sound()


async def test_the_oldest_are_settled_first_and_no_more_than_asked(ground):
    members = [await world.enrol() for _ in range(4)]
    for one in members:
        await record(world.bought(one, 10))
    assert await engine.settle_pending(limit=2) == 2
    assert [await world.balance(one) for one in members] == [10, 10, 0, 0]


async def test_settling_nobody_is_nothing(ground):
    assert await engine.settle([]) == 0
    assert await engine.settle(["nobody"]) == 0
    assert await engine.sweep() == 0


async def test_many_members_are_settled_in_several_transactions(ground, monkeypatch):
    monkeypatch.setattr(settling, "MEMBERS_MAX", 2)
    members = [await world.enrol() for _ in range(5)]
    await record(*(world.bought(one, 10) for one in members))
    assert await engine.settle([*members, members[0]]) == 5
    await world.assert_sound()


async def test_a_batch_costs_as_many_statements_as_one_member(ground, statements):
    members = [await world.enrol() for _ in range(21)]
    await record(*(world.bought(one, 10) for one in members))
    statements.clear()
    await engine.settle(members[:1])
    single = len(statements)
    statements.clear()
    await engine.settle(members[1:])
    assert len(statements) == single


async def test_ledger_lines_name_the_entries_behind_them(member, clock):
    first = await world.buy(member, 10, "b", occurred_at=clock.now)
    late = await world.buy(member, 20, "a", occurred_at=clock.now - DAY)
    found = await ledger.statement(member, limit=9)
    assert {(one.entry_id, one.amount) for one in found} == {(first.id, 10), (late.id, 20)}


async def test_a_correction_names_the_late_entry_that_caused_it(member, clock):
    cap = {"caps": [{"points": 15, "per": "DAY"}]}
    await world.publish(("EARNING_RULE", world.ONE_TO_ONE[1] | cap))
    clock.advance(hours=1)
    await world.buy(member, 10, "later")
    late = await world.buy(member, 10, "late", occurred_at=clock.now - 1)
    found = await ledger.statement(member, limit=9)
    told = {(one.kind.value, one.amount, one.entry_id == late.id) for one in found}
    assert told == {("EARN", 10, True), ("REVERSE", -5, True), ("EARN", 10, False)}
    await world.assert_sound()


async def test_facts_go_out_with_the_settlement(member):
    await world.buy(member, 10)
    [told] = await outbox.facts_after(member, 0)
    assert told.fact["type"] == "points.posted"
    assert (told.fact["amount"], told.fact["balance"]) == (10, 10)


# --- time's turn ----------------------------------------------------------------------------------


async def test_a_sweep_lets_happen_what_fell_due(ground, clock):
    clock.advance(days=1)
    await world.publish(EXPIRING, STREAK)
    members = [await world.enrol() for _ in range(3)]
    for one in members[:2]:
        await world.buy(one, 10)
    clock.advance(days=2)
    assert await engine.sweep() == 2
    assert await engine.sweep() == 0
    facts = [one.fact["type"] for one in await outbox.facts_after(members[0], 0)]
    assert facts == ["points.posted", "streak.extended", "streak.broken"]
    clock.advance(days=8)
    assert await engine.sweep(limit=1) == 1
    assert await engine.sweep(limit=1) == 1
    assert await engine.sweep() == 0
    assert await ledger.account_total(ledger.BREAKAGE) == 20
    await world.assert_sound()


async def test_a_sweep_settles_what_waits_and_then_time_passes(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 10)
    clock.advance(days=10)
    await record(world.bought(member, 5, occurred_at=clock.now - 9 * DAY))
    assert await engine.sweep() == 1
    assert await engine.pending() == 0
    while await engine.sweep():
        pass
    assert await world.balance(member) == 5
    assert await ledger.account_total(ledger.BREAKAGE) == 10
    await world.assert_sound()


async def test_reading_needs_no_sweep(member, clock):
    await world.publish(EXPIRING, STREAK)
    await world.buy(member, 10)
    clock.advance(days=30)
    view = await engine.standing_of(member)
    assert view.standing.wallets["points"].balance(view.at) == 0
    assert view.standing.streaks["s"].length == 0
    await world.assert_sound()


# --- what cannot be folded ------------------------------------------------------------------------


@pytest.fixture
def log():
    """What is logged meanwhile."""
    with structlog.testing.capture_logs() as logged:
        yield logged


@pytest.fixture
def poison(monkeypatch, log):
    """An activity of 666 that no fold can take."""
    real = activities.act

    def act(scene, entry):
        if entry.facts.amount == 666:
            raise ValueError("poison")
        real(scene, entry)

    monkeypatch.setitem(fold._DEEDS, EntryType.ACTIVITY, act)


async def dead():
    rows = await db.fetch("SELECT member_id, entry_id, reason FROM dead_letter")
    return [tuple(row) for row in rows]


async def test_a_poison_entry_holds_nobody_up(ground, poison, log):
    ani, budi = await world.enrol(), await world.enrol()
    bad, _ = await record(world.bought(ani, 666), world.bought(budi, 10))
    assert await engine.settle_pending() == 2
    assert await dead() == [(ani, bad.id, "ValueError('poison')")]
    assert (await world.balance(ani), await world.balance(budi)) == (0, 10)
    assert [(one["event"], one["member_id"]) for one in log] == [
        ("an entry could not be folded", ani)
    ]
    await world.buy(ani, 5)
    assert await world.balance(ani) == 5


async def test_a_poison_entry_takes_no_good_ones_of_its_member_with_it(member, poison, clock):
    await world.buy(member, 1)
    clock.advance(hours=1)
    good, bad, also_good = await record(
        *(world.bought(member, amount, f"p{amount}") for amount in (10, 666, 100))
    )
    assert await engine.settle_pending() == 3
    assert await dead() == [(member, bad.id, "ValueError('poison')")]
    assert await world.balance(member) == 111
    await world.buy(member, 1000, occurred_at=clock.now - DAY)
    assert await world.balance(member) == 1111
    assert {good.id, also_good.id}.isdisjoint({row[1] for row in await dead()})


async def test_a_poison_entry_that_comes_late_takes_no_good_ones_with_it(member, poison, clock):
    await world.buy(member, 1)
    early = clock.now - DAY
    bad, _ = await record(
        world.bought(member, 666, occurred_at=early), world.bought(member, 10, occurred_at=early)
    )
    await engine.settle_pending()
    assert [row[1] for row in await dead()] == [bad.id]
    assert await world.balance(member) == 11


async def test_dead_letters_make_the_audit_fail_and_say_how_many(member, poison):
    await world.buy(member, 666)
    report = await engine.audit(digest=False)
    assert not report.ok
    [check] = [one for one in report.checks if not one.ok]
    assert (check.name, "1 could not be folded" in check.detail) == ("journal", True)


async def test_a_spend_of_one_with_a_dead_letter_works_on(member, poison):
    await world.buy(member, 10)
    await world.buy(member, 666)
    await world.spend(member, 10)
    assert await world.balance(member) == 0


async def test_a_refold_that_fails_leaves_the_standing_as_it_is(member, monkeypatch, clock, log):
    await world.buy(member, 10)

    def act(scene, entry):
        raise ValueError("poison")

    with monkeypatch.context() as patch:
        patch.setitem(fold._DEEDS, EntryType.ACTIVITY, act)
        rule = world.ONE_TO_ONE[1] | {"key": "more"}
        await world.publish(("EARNING_RULE", rule), effective_from=ALWAYS)
        await engine.settle_pending()
    assert await dead() == [(member, None, "ValueError('poison')")]
    assert await world.balance(member) == 10


async def test_what_cannot_be_written_gives_up_only_the_one_to_blame(ground, monkeypatch, log):
    members = [await world.enrol() for _ in range(5)]
    await record(*(world.bought(one, 10) for one in members))
    real = storing.write

    async def write(settled):
        if any(one[0].member_id == members[3] for one in settled):
            raise OverflowError("too large")
        await real(settled)

    with monkeypatch.context() as patch:
        patch.setattr(storing, "write", write)
        assert await engine.settle_pending() == 5
    assert [row[0] for row in await dead()] == [members[3]]
    assert [await world.balance(one) for one in members] == [10, 10, 10, 0, 10]


# --- many at once ---------------------------------------------------------------------------------


async def test_many_who_record_and_settle_at_once_lose_and_double_nothing(ground, clock):
    members = [await world.enrol() for _ in range(5)]

    async def work(number):
        late = (number % 7) * DAY
        one = members[number % 5]
        await record(world.bought(one, 10, f"p{number}", occurred_at=clock.now - late))
        await (engine.settle([one]) if number % 3 else engine.settle_pending())
        await asyncio.sleep(0)
        if number % 10 == 0:
            await engine.sweep()

    await asyncio.gather(*(work(number) for number in range(100)))
    while await engine.settle_pending():
        pass
    assert [await world.balance(one) for one in members] == [200] * 5
    await world.assert_sound()


async def test_an_audit_under_load_finds_nothing(ground, clock):
    members = [await world.enrol() for _ in range(4)]

    async def work(number):
        late = (number % 5) * DAY
        await world.buy(members[number % 4], 10, f"p{number}", occurred_at=clock.now - late)

    async def look():
        for _ in range(6):
            await world.assert_sound()
            await asyncio.sleep(0)

    await asyncio.gather(look(), look(), *(work(number) for number in range(60)))
    await world.assert_sound()


async def test_a_caller_who_gives_up_leaves_it_done_or_undone(member):
    for number in range(20):
        task = asyncio.create_task(world.buy(member, 10, f"p{number}"))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await world.buy(member, 10, f"p{number}")
    assert await world.balance(member) == 200
    await world.assert_sound()


async def test_what_a_constraint_refuses_holds_nobody_up(ground, monkeypatch, log):
    ani, budi = await world.enrol("ani"), await world.enrol("budi")
    await engine.record([world.bought(ani, 10, "a"), world.bought(budi, 20, "b")])
    real = storing.write

    async def refusing(settled):
        if any(member.member_id == ani for member, _, _ in settled):
            raise db.IntegrityError("standing moves on")
        await real(settled)

    with monkeypatch.context() as patch:
        patch.setattr(storing, "write", refusing)
        assert await engine.settle_pending() == 2
    assert (await world.balance(ani), await world.balance(budi)) == (0, 20)
    assert [row[0] for row in await dead()] == [ani]


async def test_a_dead_letter_that_was_refunded_meanwhile_comes_back_refunded(
    ground, monkeypatch, clock, log
):
    ani = await world.enrol("ani")
    await world.buy(ani, 10, "p0")
    real = fold._DEEDS[EntryType.ACTIVITY]

    def act(scene, entry):
        if entry.source == "p1":
            raise ValueError("poison")
        real(scene, entry)

    with monkeypatch.context() as patch:
        patch.setitem(fold._DEEDS, EntryType.ACTIVITY, act)
        clock.advance(days=1)
        await engine.record([world.bought(ani, 70, "p1")])
        await engine.settle_pending()
        await engine.retract(target_source="p1", source="r", reason="refund")
        await engine.settle_pending()
    [[letter]] = await db.fetch("SELECT id FROM dead_letter")
    await engine.retry(letter, by=engine.Staff(name="sari"))
    assert await world.balance(ani) == 10
    await world.assert_sound()
