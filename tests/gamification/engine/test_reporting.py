"""Liability and breakage: small stories counted by hand, and random ones against the ledger."""

from random import Random

import pytest

from gamification import engine, ledger
from gamification.ledger import Aged
from gamification.programme import Backfill, Scope
from kit import database as db
from kit.clock import DAY
from kit.errors import InvalidInput, NotAvailable, NotFound
from tests.gamification import rich, world
from tests.gamification.engine.test_law_in_the_database import MEMBERS, Life
from tests.gamification.factories import MONDAY
from tests.profiles import EFFORT

EXPIRING = (
    "CURRENCY",
    {
        **world.POINTS[1],
        "expires_after_days": 30,
        "cost": {"minor": 1, "currency": "USD", "points": 3},
    },
)


@pytest.fixture
async def shop(ground, clock):
    """Points that expire after 30 days, three of them a cent; ani and budi."""
    await world.publish(EXPIRING, backfill=Backfill(scope=Scope.ALL))
    clock.set("2026-03-02T09:00:00Z")
    return [await world.enrol(name) for name in ("ani", "budi")]


def months(report):
    return [(one.month, one.active, one.pending, one.held, one.cost) for one in report.months]


async def set_aside(member_id, points, clock, source="h", days=3):
    await engine.hold(
        member_id,
        points=points,
        currency="points",
        account="redemption",
        subject="reward:tea",
        source=source,
        release_at=clock.now + days * DAY,
    )


async def owed(currency="points"):
    """What the ledger's accounts of members come to."""
    rows = await db.fetch(
        "SELECT account, sum(amount) FROM (SELECT credit AS account, amount FROM ledger_entry"
        " WHERE currency = ? UNION ALL SELECT debit AS account, -amount FROM ledger_entry"
        " WHERE currency = ?) AS legs GROUP BY account",
        currency,
        currency,
    )
    sums = {row[0]: int(row[1]) for row in rows}
    return sums.get(ledger.MEMBER, 0), sums.get(ledger.HELD, 0)


async def test_points_are_owed_by_the_month_in_which_they_expire(shop, clock):
    ani, budi = shop
    await world.buy(ani, 100)
    clock.advance(days=5)
    await world.buy(budi, 50)
    await set_aside(ani, 20, clock)
    report = await engine.liability("points")
    # 100 of 2 March expire on 1 April, 50 of 7 March on 6 April.
    assert months(report) == [("2026-04", 130, 0, 20, 50)]
    assert (report.members, report.money, report.total.points, report.total.cost) == (
        2,
        "USD",
        150,
        50,
    )
    clock.advance(days=25)
    assert months(await engine.liability("points")) == [("2026-04", 50, 0, 0, 17)]


async def test_the_end_of_a_month_belongs_to_that_month(shop, clock):
    """Points that expire as April begins can be spent until the end of March."""
    clock.set("2026-03-02T00:00:00Z")
    await world.buy(shop[0], 3)
    clock.advance(seconds=0.000001)
    await world.buy(shop[0], 5)
    report = await engine.liability("points")
    assert [(one.month, one.active) for one in report.months] == [("2026-03", 3), ("2026-04", 5)]


async def test_months_cost_what_they_add_to_the_whole(shop, clock):
    """Rounded up at each running total, so that the months sum to the total to the unit."""
    for day in (0, 40, 80):
        clock.set(MONDAY + day * DAY)
        await world.buy(shop[0], 100)
    clock.set(MONDAY)
    far = Backfill(scope=Scope.ALL)
    await world.publish(("CURRENCY", {**EXPIRING[1], "expires_after_days": 400}), backfill=far)
    while await engine.settle_pending():
        pass
    report = await engine.liability("points", as_of=MONDAY + 90 * DAY)
    assert [one.cost for one in report.months] == [34, 33, 33]
    assert report.total.cost == 100


async def test_what_never_expires_comes_last_and_a_debt_apart(ground, clock):
    await world.publish(
        ("CURRENCY", {**world.POINTS[1], "pending_days": 2}), backfill=Backfill(scope=Scope.ALL)
    )
    ani, budi = await world.enrol("ani"), await world.enrol("budi")
    await world.buy(ani, 100, occurred_at=clock.now - 3 * DAY)
    bought = await world.buy(budi, 60, occurred_at=clock.now - 3 * DAY)
    await world.buy(ani, 7)
    await world.spend(budi, 60)
    await engine.retract(target_id=bought.id, source="r", reason="refund")
    await engine.settle([budi])
    report = await engine.liability("points")
    assert report.months == (Aged(month=None, active=100, pending=7),)
    assert (report.members, report.debt, report.debtors, report.money) == (1, 60, 1, "")
    assert report.total.cost is None
    assert await owed() == (report.total.points - report.debt, 0)
    later = await engine.liability("points", as_of=clock.now + 2 * DAY)
    assert later.months == (Aged(month=None, active=107),)


async def test_the_past_is_as_it_was_and_knows_what_came_late(shop, clock):
    ani, _ = shop
    start = clock.now
    bought = await world.buy(ani, 100)
    clock.advance(days=2)
    await world.spend(ani, 40)
    clock.advance(days=2)
    await engine.retract(target_id=bought.id, source="r", reason="refund")
    await world.buy(ani, 9, occurred_at=start)
    assert [one.active for one in (await engine.liability("points", as_of=start - 1)).months] == []
    found = [
        (await engine.liability("points", as_of=start + day * DAY)).total.points for day in (1, 3)
    ]
    assert found == [109, 69]
    assert (await engine.liability("points")).debt == 31


async def test_only_what_can_be_spent_is_owed(ground):
    await world.publish(("CURRENCY", {"key": "xp", "name": "XP", "kind": "XP"}))
    for report in (engine.liability, engine.breakage):
        with pytest.raises(NotFound):
            await report("gold")
        with pytest.raises(InvalidInput):
            await report("xp")


async def test_everybody_is_counted_and_the_watcher_hears_of_it(ground):
    for _ in range(51):
        await world.enrol()
    heard = []
    await engine.liability("points", watch=heard.append)
    assert heard == [50, 51]


async def test_a_programme_can_be_too_large_for_a_request(shop):
    await world.buy(shop[0], 100)
    await engine.check_report_size(members_max=2, entries_max=1)
    with pytest.raises(NotAvailable, match="more than 1 members"):
        await engine.check_report_size(members_max=1)
    with pytest.raises(NotAvailable, match="more than 0 entries"):
        await engine.check_report_size(members_max=2, entries_max=0)


def figures(cohort):
    """What is not zero."""
    return {
        name: getattr(cohort, name)
        for name in cohort.__struct_fields__
        if name != "month" and getattr(cohort, name)
    }


async def test_each_month_tells_what_became_of_its_points(shop, clock):
    ani, budi = shop
    await world.buy(ani, 100)
    await world.buy(budi, 50)
    await world.spend(ani, 30)
    await set_aside(ani, 10, clock)
    await engine.capture(ani, hold_source="h", source="c", points=4)
    clock.set("2026-04-10T00:00:00Z")
    await world.buy(ani, 80)
    await set_aside(ani, 25, clock, source="h2")
    clock.advance(seconds=1)
    report = await engine.breakage("points")
    march, april = report.cohorts
    assert (march.month, figures(march)) == (
        "2026-03",
        {"earned": 150, "spent": 34, "expired": 116},
    )
    assert (april.month, figures(april)) == ("2026-04", {"earned": 80, "held": 25, "open": 55})
    assert march.rate == 116 / 150
    assert figures(report.total) == {
        "earned": 230,
        "spent": 34,
        "expired": 116,
        "held": 25,
        "open": 55,
    }


async def test_what_a_refund_took_was_issued_and_debts_are_paid_by_later_months(shop, clock):
    ani, _ = shop
    bought = await world.buy(ani, 100)
    await world.spend(ani, 90)
    await engine.retract(target_id=bought.id, source="r", reason="refund", amount=40)
    await engine.settle([ani])
    clock.set("2026-04-10T00:00:00Z")
    await world.buy(ani, 50)
    report = await engine.breakage("points")
    march, april = report.cohorts
    assert figures(march) == {"earned": 100, "taken_back": 40, "spent": 60}
    assert figures(april) == {"earned": 50, "paid": 30, "open": 20}
    assert (report.overdrawn, report.written_off, report.debt) == (30, 0, 0)
    earlier = await engine.breakage("points", as_of=clock.now - DAY)
    assert (earlier.overdrawn, earlier.debt) == (30, 30)


async def test_a_hold_that_came_back_is_open_again_or_expired(shop, clock):
    ani, _ = shop
    await world.buy(ani, 100)
    await set_aside(ani, 60, clock, days=40)
    await set_aside(ani, 10, clock, source="short", days=1)
    clock.advance(days=35)
    assert figures((await engine.breakage("points")).total) == {
        "earned": 100,
        "held": 60,
        "expired": 40,
    }
    clock.advance(days=10)
    assert figures((await engine.breakage("points")).total) == {"earned": 100, "expired": 100}


@pytest.mark.parametrize("seed", range(3 * EFFORT))
async def test_reports_equal_the_ledger_whatever_happened(database, clock, seed):
    rng = Random(seed)
    clock.set(MONDAY)
    await world.publish(*rich.bodies(rng), backfill=Backfill(scope=Scope.ALL))
    members = [await world.enrol(name, time_zone=rng.choice(rich.ZONES)) for name in MEMBERS]
    life = Life(rng, clock, members)
    for number in range(70):
        clock.advance(seconds=1, hours=rng.choice([0, 0, 1, 5, 24, 50]))
        await rng.choice(life.doings)(number)
    clock.advance(hours=1)
    while await engine.settle_pending() or await engine.sweep():
        pass
    for currency in ("points", "cash"):
        member, held = await owed(currency)
        now = await engine.liability(currency)
        assert now.total.active + now.total.pending - now.debt == member
        assert now.total.held == held
        assert sum(one.points for one in now.months) == now.total.points
        await _assert_breakage_equals(now, currency)


async def _assert_breakage_equals(liability, currency):
    report = await engine.breakage(currency)
    total = report.total
    assert total.open == liability.total.active + liability.total.pending
    assert report.debt == liability.debt
    assert total.paid == report.overdrawn - report.written_off - report.debt
    accounts = await db.fetch(
        "SELECT sum(CASE WHEN credit = ? THEN amount ELSE -amount END) FROM ledger_entry"
        " WHERE currency = ? AND (credit = ? OR debit = ?)",
        ledger.BREAKAGE,
        currency,
        ledger.BREAKAGE,
        ledger.BREAKAGE,
    )
    assert total.expired == (accounts[0][0] or 0)
    for cohort in report.cohorts:
        assert cohort.came == cohort.went + cohort.paid
        assert all(getattr(cohort, name) >= 0 for name in ("earned", "spent", "expired", "open"))
