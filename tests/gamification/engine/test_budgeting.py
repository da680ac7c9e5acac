"""Common budgets: shared out in order, decided once, never over, whoever comes when."""

import asyncio

import pytest

from gamification import engine
from gamification.engine import budgeting, folding
from gamification.programme import Backfill, Scope
from kit import database as db
from kit.clock import DAY, HOUR, MINUTE
from kit.database import IntegrityError
from tests.gamification import world

CLIENTS = 50
PER_UNIT = {"points": 1, "per": 1, "of": "amount"}


def budgeted(points, *, mode="REDUCE", key="welcome", earn=10, **more):
    """A rule that gives so many points for a purchase, as long as they last."""
    body = {"key": key, "title": key, "kind": "purchase", "currency": "points"}
    earn = earn if isinstance(earn, dict) else {"points": earn}
    body |= {"earn": earn, "budget": {"points": points, "mode": mode}, **more}
    return "EARNING_RULE", body


@pytest.fixture
async def shop(database, clock):
    """Purchases, and points to win."""
    await world.publish(world.POINTS, world.PURCHASE, backfill=Backfill(scope=Scope.ALL))


@pytest.fixture(autouse=True)
async def sound(shop):
    """Whatever a test has done, the books are right."""
    yield
    await world.assert_sound()
    assert (await budgeting.budgets()).faults == ()


async def publish(*rules):
    await world.publish(*rules, backfill=Backfill(scope=Scope.ALL))


async def members(count):
    return [await world.enrol() for _ in range(count)]


async def facts():
    """What budgets have allowed: source → wished and granted, one rule after the other."""
    rows = await db.fetch("SELECT source, wished, points FROM budget_grant ORDER BY source, rule")
    return [tuple(row) for row in rows]


async def granted(rule="welcome"):
    row = await db.fetch_one("SELECT granted FROM rule_budget WHERE rule = ?", rule)
    return row[0] if row else None


async def test_the_last_points_are_shared_out_in_order_and_then_there_are_none(shop):
    await publish(budgeted(25))
    people = await members(4)
    for number, member in enumerate(people):
        await world.buy(member, source=f"s{number}")
    assert [await world.balance(member) for member in people] == [10, 10, 5, 0]
    assert await facts() == [("s0", 10, 10), ("s1", 10, 10), ("s2", 10, 5), ("s3", 10, 0)]
    assert await granted() == 25


async def test_what_does_not_fit_is_rejected_and_leaves_room_for_what_does(shop):
    await publish(budgeted(25, mode="REJECT", earn=PER_UNIT))
    people = await members(4)
    for member, amount in zip(people, (10, 20, 14, 2), strict=True):
        await world.buy(member, amount)
    assert [await world.balance(member) for member in people] == [10, 0, 14, 0]
    await world.buy(people[1], 1)
    assert await world.balance(people[1]) == 1
    assert await granted() == 25


async def test_within_a_batch_the_earlier_event_comes_first(shop, clock):
    await publish(budgeted(25))
    people = await members(3)
    batch = [
        world.bought(member, source=f"s{number}", occurred_at=clock.now - number * HOUR)
        for number, member in enumerate(people)
    ]
    await engine.record(batch)
    await engine.settle_pending()
    assert [await world.balance(member) for member in people] == [5, 10, 10]


async def test_the_same_source_again_takes_nothing_more(shop, clock):
    await publish(budgeted(25))
    [member] = await members(1)
    for _ in range(3):
        await world.buy(member, source="once", occurred_at=clock.now)
    assert await facts() == [("once", 10, 10)]
    assert await world.balance(member) == 10


async def test_a_replay_reads_what_was_decided(shop, clock):
    """What comes late folds all of it again, and moves nothing that a budget has allowed."""
    await publish(budgeted(15), world.ONE_TO_ONE)
    first, second = await members(2)
    await world.buy(first, 1, "a")
    await world.buy(second, 1, "b")
    await world.buy(second, 100, "late", occurred_at=clock.now - DAY)
    assert await world.balance(first) == 11
    assert await world.balance(second) == 5 + 1 + 100
    assert await facts() == [("a", 10, 10), ("b", 10, 5), ("late", 10, 0)]


async def test_a_refund_gives_nothing_back_to_the_budget(shop):
    await publish(budgeted(15))
    first, second = await members(2)
    await world.buy(first, source="a")
    await engine.retract(source="undo", target_source="a", reason="returned")
    await engine.settle([first])
    assert await world.balance(first) == 0
    await world.buy(second, source="b")
    assert await world.balance(second) == 5
    assert await granted() == 15


async def test_of_a_refunded_part_no_more_is_left_than_was_allowed(shop):
    await publish(budgeted(60, earn=PER_UNIT))
    [member] = await members(1)
    await world.buy(member, 100, "a")
    assert await world.balance(member) == 60
    for number, rest in enumerate((60, 50, 0)):
        amount = (30, 20, 50)[number]
        await engine.retract(
            source=f"undo{number}", target_source="a", reason="returned", amount=amount
        )
        await engine.settle([member])
        assert await world.balance(member) == rest
    assert await facts() == [("a", 100, 60)]


async def test_who_gets_less_leaves_room_under_a_cap_and_others_may_wish_anew(shop, clock):
    """The day allows 10: the second purchase wishes for the rest once the first got only 4."""
    await publish(budgeted(14, caps=[{"points": 10, "per": "DAY"}]))
    other, member = await members(2)
    await world.buy(other, source="0", occurred_at=clock.now)
    batch = [world.bought(member, source=name, occurred_at=clock.now + 1) for name in ("a", "b")]
    await engine.record(batch)
    await engine.settle_pending()
    assert await world.balance(member) == 4
    assert await facts() == [("0", 10, 10), ("a", 10, 4), ("b", 6, 0)]


async def test_a_second_round_can_be_granted_too(shop):
    """The day's 10 are all in the first wish; once that is rejected, the next finds room."""
    caps = [{"points": 10, "per": "DAY"}]
    await publish(budgeted(10, mode="REJECT", caps=caps, earn=PER_UNIT))
    first, second = await members(2)
    await world.buy(first, 7, "0")
    await engine.record([world.bought(second, 10, "a"), world.bought(second, 3, "b")])
    await engine.settle_pending()
    assert await facts() == [("0", 7, 7), ("a", 10, 0), ("b", 3, 3)]
    assert await world.balance(second) == 3


async def test_however_many_are_refused_a_batch_is_folded_twice(shop, monkeypatch):
    """Each of them would wish for the room that the one before did not get."""
    await publish(budgeted(14, caps=[{"points": 10, "per": "MONTH"}]))
    other, member = await members(2)
    await world.buy(other)
    asked = []
    decide = budgeting.decide

    async def counted(wishes, published):
        asked.append(len(wishes))
        return await decide(wishes, published)

    monkeypatch.setattr(budgeting, "decide", counted)
    await engine.record([world.bought(member) for _ in range(40)])
    await engine.settle_pending()
    assert asked == [1, 39]
    assert await world.balance(member) == 4
    assert sorted(points for _, _, points in await facts()) == 39 * [0] + [4, 10]


async def test_a_higher_budget_is_for_what_comes_then(shop):
    await publish(budgeted(15))
    first, second = await members(2)
    await world.buy(first, source="a")
    await world.buy(second, source="b")
    await publish(budgeted(30))
    await engine.settle_pending()
    assert await world.balance(second) == 5
    await world.buy(second, source="c")
    assert await world.balance(second) == 15
    assert await granted() == 25


async def test_a_rule_that_reaches_back_shares_out_the_past_in_its_order(shop, clock):
    people = await members(3)
    for number, member in enumerate(people):
        await world.buy(member, source=f"s{number}", occurred_at=clock.now - number * MINUTE)
    await publish(budgeted(15))
    await engine.settle_pending()
    assert [await world.balance(member) for member in people] == [0, 5, 10]


async def test_statistics_count_what_was_allowed(shop, clock):
    await publish(budgeted(15))
    for member in await members(3):
        await world.buy(member)
    held = [
        folded.standing.wallets["points"].total()
        async for _, folded in folding.everybody(clock.now)
        if "points" in folded.standing.wallets
    ]
    assert sorted(held) == [5, 10]


async def test_each_rule_has_a_budget_of_its_own(shop):
    await publish(budgeted(15, key="a"), budgeted(100, key="b", earn=7), budgeted(8, key="c"))
    people = await members(2)
    for member in people:
        await world.buy(member)
    assert [await world.balance(member) for member in people] == [25, 12]
    assert [await granted(key) for key in "abc"] == [15, 14, 8]


async def test_without_budgets_nobody_asks_for_them(shop, clock, statements):
    await publish(world.ONE_TO_ONE)
    [member] = await members(1)
    statements.clear()
    await world.buy(member)
    await world.buy(member, occurred_at=clock.now - DAY)
    assert [sql for sql in statements if "budget" in sql] == []


async def test_all_budgets_of_a_batch_cost_a_few_statements(shop, statements):
    await publish(budgeted(10_000))
    people = await members(20)
    await world.buy(people[0])
    await engine.record([world.bought(member) for member in people])
    statements.clear()
    await engine.settle_pending()
    assert len([sql for sql in statements if "budget" in sql]) <= 4


async def together(calls):
    gate = asyncio.Event()

    async def waiting(call):
        await gate.wait()
        return await call

    tasks = [asyncio.create_task(waiting(call)) for call in calls]
    await asyncio.sleep(0)
    gate.set()
    return await asyncio.gather(*tasks)


@pytest.mark.parametrize("mode, total", [("REDUCE", 105), ("REJECT", 100)])
async def test_of_fifty_at_once_nobody_gets_what_is_not_there(shop, mode, total):
    await publish(budgeted(105, mode=mode))
    people = await members(CLIENTS)
    await together(world.buy(member) for member in people)
    balances = sorted(await asyncio.gather(*(world.balance(member) for member in people)))
    rest = [5] if mode == "REDUCE" else [0]
    assert balances == [0] * 39 + rest + [10] * 10
    assert await granted() == total
    assert len(await facts()) == CLIENTS


async def test_many_at_once_on_several_budgets_wait_for_nobody_in_a_ring(shop, clock):
    """Each round of wishes may ask of another budget than the first did."""
    caps = [{"points": 10, "per": "DAY"}]
    odd, even = "activity.amount % 2 == 1", "activity.amount % 2 == 0"
    await publish(
        budgeted(95, key="a", condition=odd, caps=caps),
        budgeted(85, key="b", condition=even, caps=caps),
    )
    people = await members(CLIENTS)

    async def twice(number, member):
        amounts = (1, 2) if number % 2 else (2, 1)
        await engine.record([world.bought(member, amount) for amount in amounts])
        await engine.settle([member])

    await together(twice(number, member) for number, member in enumerate(people))
    assert [await granted(key) for key in "ab"] == [95, 85]
    assert await engine.pending() == 0


class Enough(Exception):
    """Ends a transaction, so that nothing of it happens."""


async def faults_where(*, granted):
    """What an audit would find if so much were granted."""
    with pytest.raises(Enough) as enough:
        async with db.transaction():
            await db.execute("UPDATE rule_budget SET granted = ?", granted)
            raise Enough(*(await budgeting.budgets()).faults)
    return enough.value.args


async def test_an_audit_sees_a_budget_that_does_not_add_up(shop):
    await publish(budgeted(25))
    [member] = await members(1)
    await world.buy(member)
    assert await budgeting.budgets() == budgeting.Budgets(count=1, granted=10, faults=())
    for there, fault in (
        (11, "rule welcome has granted 11, its entries 10"),
        (26, "rule welcome has granted 26 of 25"),
    ):
        assert fault in await faults_where(granted=there)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rule_budget SET granted = granted - 1",
        "UPDATE rule_budget SET granted = -1",
        "UPDATE rule_budget SET rule = 'other'",
        "DELETE FROM rule_budget",
        "INSERT INTO rule_budget (rule, granted) VALUES ('other', -1)",
        "INSERT INTO rule_budget (rule, granted) VALUES ('', 0)",
        "UPDATE budget_grant SET points = 0",
        "UPDATE budget_grant SET wished = 99",
        "DELETE FROM budget_grant",
        "INSERT INTO budget_grant SELECT source, rule, member_id, at, wished, points, recorded_at"
        " FROM budget_grant",
        "INSERT INTO budget_grant SELECT 'no-entry', rule, member_id, at, wished, points,"
        " recorded_at FROM budget_grant",
        "INSERT INTO budget_grant SELECT 'b', rule, member_id, at, 5, 6, recorded_at"
        " FROM budget_grant WHERE source = 'a'",
        "INSERT INTO budget_grant SELECT 'b', rule, member_id, at, 5, -1, recorded_at"
        " FROM budget_grant WHERE source = 'a'",
        "INSERT INTO budget_grant SELECT 'b', rule, member_id, at, 0, 0, recorded_at"
        " FROM budget_grant WHERE source = 'a'",
        "INSERT INTO budget_grant SELECT 'b', 'no-rule', member_id, at, 5, 5, recorded_at"
        " FROM budget_grant WHERE source = 'a'",
    ],
)
async def test_the_database_refuses_what_no_budget_may_do(shop, statement):
    await publish(budgeted(25, condition="activity.amount == 100"))
    [member] = await members(1)
    await world.buy(member, 100, "a")
    await world.buy(member, 1, "b")
    before = await facts()
    with pytest.raises(IntegrityError):
        await db.execute(statement)
    assert (await facts(), await granted()) == (before, 10)
