"""What staff decided, what was handed over and what budgets allowed is held against the journal."""

import pytest

from gamification import engine, journal
from gamification.engine import Recipient, Staff
from gamification.programme import Backfill, Scope
from kit import database as db
from kit.clock import DAY
from tests.gamification import world
from tests.gamification.engine import tampering
from tests.gamification.engine.tampering import altered, put, row_of, unguarded

RINA, BUDI = Staff(name="rina"), Staff(name="budi")
POINTS = (
    "CURRENCY",
    {"key": "points", "name": "P", "approval_above": 100, "transfers": {"min": 1}},
)
RULE = (
    "EARNING_RULE",
    {
        "key": "welcome",
        "title": "Welcome",
        "kind": "purchase",
        "currency": "points",
        "earn": {"points": 10},
        "budget": {"points": 25, "mode": "REDUCE"},
    },
)
INSTEAD = {
    ("adjustment_decision", "outcome"): "REJECTED",
    ("set_aside_decision", "outcome"): "DISMISSED",
    ("set_aside", "source"): "elsewhere",
}


@pytest.fixture
async def busy(member, clock):
    """Somebody with one of each, all sound."""
    await world.publish(POINTS, RULE, backfill=Backfill(scope=Scope.ALL))
    other = await world.enrol("budi")
    await world.buy(member, 500, "p1")
    one = {"currency": "points", "reason": "A lost parcel", "by": RINA}
    await engine.adjust(member, points=50, source="a1", **one)
    two = await engine.adjust(member, points=300, source="a2", **one)
    await engine.approve_adjustment(two.adjustment.id, by=BUDI, source="ok", note="Seen")
    await engine.adjust(member, points=400, source="a3", **one)
    turned_down = await engine.adjust(member, points=500, source="a4", **one)
    await engine.reject_adjustment(turned_down.adjustment.id, by=BUDI, source="no", note="No")
    await engine.transfer(
        member, to=Recipient(external_id="budi"), points=20, currency="points", source="t"
    )
    for number in range(2):
        late = world.bought(member, 5, f"till-{number}", occurred_at=clock.now - 40 * DAY)
        await engine.record([late])
        [apart] = await journal.apart_page(outcome=None, after=None, limit=9)
        judge = engine.dismiss if number else engine.admit
        await judge(apart.entry.id, by=RINA, reason="No net", source=f"judged-{number}")
    await engine.settle([member, other])
    await world.assert_sound()
    return member


async def failed():
    report = await engine.audit(digest=False)
    return {check.name: check.detail for check in report.checks if not check.ok}


async def faults(table, where, unheard):
    """Alter and put back each column but those that nothing else repeats; what the audit says."""
    for column in await tampering.columns_of(table):
        if column not in unheard:
            row = await row_of(table, where)
            if isinstance(row[column], int) and column == "by_two":
                row[column] = bool(row[column])
            value = INSTEAD.get((table, column), altered(row[column]))
            changed = await put(table, row, column, value)
            yield column, row, await failed()
            await put(table, changed, column, row[column])
    assert await failed() == {}


@pytest.mark.parametrize("source", ["a1", "a2"])
async def test_an_adjustment_that_was_altered_is_named(busy, source):
    # The key of one that took two people names nothing but the request.
    unheard = {"requested_at"} | ({"source"} if source == "a2" else set())
    async for column, _, problems in faults("adjustment_request", f"source = '{source}'", unheard):
        assert "adjustments" in problems, column


@pytest.mark.parametrize("column", ["points", "currency", "reason", "member_id", "digest"])
async def test_an_adjustment_that_waits_is_held_to_what_was_asked_for(busy, column):
    row = await row_of("adjustment_request", "source = 'a3'")
    await put("adjustment_request", row, column, altered(row[column]))
    named = f"first: adjustment_request {row['id']} was altered"
    assert named in (await failed())["adjustments"]


async def test_a_decision_that_was_altered_is_named(busy):
    row = await row_of("adjustment_request", "source = 'a2'")
    unheard = {"note", "decided_by", "decided_at", "source"}
    where = f"request_id = '{row['id']}'"
    async for column, _, problems in faults("adjustment_decision", where, unheard):
        assert "adjustments" in problems, column
    decision = await row_of("adjustment_decision", where)
    # Whoever asked must not have decided, nor before it was asked for.
    for column, value in (("decided_by", "Rina"), ("decided_at", decision["decided_at"] - DAY)):
        await put("adjustment_decision", decision, column, value)
        named = f"first: adjustment_request {row['id']} was decided by somebody who may not"
        assert named in (await failed())["adjustments"]
        await put("adjustment_decision", decision, column, decision[column])


async def test_a_transfer_that_was_altered_is_named(busy):
    async for column, _, problems in faults("transfer", "1 = 1", {"message"}):
        assert "transfers" in problems, column


async def test_a_grant_that_was_altered_is_named(busy):
    async for column, _, problems in faults("budget_grant", "1 = 1", {"wished", "recorded_at"}):
        assert "budgets" in problems, column
    async for column, _, problems in faults("rule_budget", "1 = 1", set()):
        assert "budgets" in problems, column


async def test_an_admission_that_was_altered_is_named(busy):
    unheard = {"recorded_at", "reason", "digest"}
    async for column, _, problems in faults("set_aside", "source = 'till-0'", unheard):
        assert "admissions" in problems, column
    unheard = {"reason", "decided_by", "decided_at", "source"}
    async for column, _, problems in faults("set_aside_decision", "outcome = 'ADMITTED'", unheard):
        assert "admissions" in problems, column


@pytest.mark.parametrize(
    ("table", "where", "check"),
    [
        ("adjustment_decision", "outcome = 'APPROVED'", "adjustments"),
        ("adjustment_request", "source = 'a1'", "adjustments"),
        ("transfer", "1 = 1", "transfers"),
        ("rule_budget", "1 = 1", "budgets"),
        ("budget_grant", "1 = 1", "budgets"),
        ("set_aside", "source = 'till-0'", "admissions"),
    ],
)
async def test_what_was_deleted_is_missed(busy, table, where, check):
    async with unguarded():
        await db.execute(f"DELETE FROM {table} WHERE {where}")
    assert check in await failed()
