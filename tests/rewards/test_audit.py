"""The audit of rewards is clean after real work, and finds each thing that does not add up."""

import pytest

import rewards
from gamification import engine
from kit import database as db
from rewards import donations, redemptions
from rewards.auditing import compared
from tests.rewards.world import give

NAMES = [
    "stock taken = redemptions",
    "points for redemptions = ledger",
    "campaign totals = confirmed donations",
    "confirmed donations = charities' accounts",
    "receipts without gaps",
]


@pytest.fixture
async def work(member, reward, campaign, clock):
    """Redemptions and donations of every fate."""
    ani, budi = await member(), await member()
    await reward(stock=9)
    await campaign()
    await campaign("pumps")
    for number, who in enumerate((ani, ani, budi)):
        await redemptions.redeem(who, reward="latte", source=f"redeem:{number}")
        await donations.donate(who, campaign="wells", points=7, source=f"give:{number}")
    held = [
        await donations.donate(
            ani, campaign="pumps", points=5, source=f"hold:{number}", confirm=False
        )
        for number in range(3)
    ]
    await donations.confirm(ani, donation=held[0].donation.id, source="confirm")
    await donations.cancel(ani, donation=held[1].donation.id, source="cancel")
    clock.advance(days=1)


async def failed():
    """The names of the checks that do not hold, each with its detail."""
    return {check.name: check.detail for check in await rewards.audit() if not check.ok}


async def test_nothing_adds_up_to_nothing(ground):
    assert [(check.name, check.ok) for check in await rewards.audit()] == [
        (name, True) for name in NAMES
    ]


async def test_after_real_work_all_is_well(work):
    checks = await rewards.audit()
    assert [(check.name, check.ok) for check in checks] == [(name, True) for name in NAMES]
    assert [check.detail for check in checks] == ["1", "1", "2", "1", "1"]


@pytest.mark.parametrize(
    ("spoiling", "name", "detail"),
    [
        (
            "UPDATE reward_stock SET taken = taken + 1",
            "stock taken = redemptions",
            "latte: 4 is not 3",
        ),
        (
            "INSERT INTO reward_stock (reward, taken) VALUES ('tea', 1)",
            "stock taken = redemptions",
            "tea: 1 is not nothing",
        ),
        (
            "UPDATE campaign_total SET raised = raised - 1 WHERE campaign = 'wells'",
            "campaign totals = confirmed donations",
            "wells in points: (20, 3, 2) is not (21, 3, 2)",
        ),
        (
            "DELETE FROM campaign_total WHERE campaign = 'pumps'",
            "campaign totals = confirmed donations",
            "pumps in points: nothing is not (5, 1, 1)",
        ),
        (
            "UPDATE receipt_counter SET last = 5",
            "receipts without gaps",
            "water: (4, 4, 5, 4) is not (4, 4, 4, 4)",
        ),
        (
            "INSERT INTO ledger_entry (id, member_id, currency, kind, amount, debit, credit, key,"
            " revision, subject, at, recorded_at, available_at, expires_at, lots) SELECT 'x',"
            " member_id, currency, 'DONATE', 1, 'member', 'charity:fire', 'x', 0, '', 0, 0, 0, 0,"
            " '[]'"
            " FROM ledger_entry LIMIT 1",
            "confirmed donations = charities' accounts",
            "charity:fire: nothing is not 1",
        ),
        (
            "INSERT INTO ledger_entry (id, member_id, currency, kind, amount, debit, credit, key,"
            " revision, subject, at, recorded_at, available_at, expires_at, lots) SELECT 'x',"
            " member_id, currency, 'SPEND', 1, 'member', 'redemption', 'x', 0, '', 0, 0, 0, 0, '[]'"
            " FROM ledger_entry LIMIT 1",
            "points for redemptions = ledger",
            "points: 300 is not 301",
        ),
    ],
)
async def test_what_does_not_add_up_is_named(work, spoiling, name, detail):
    await db.execute(spoiling)
    assert await failed() == {name: detail}


async def test_a_refund_that_waits_to_be_settled_is_not_missed(member, reward):
    ani = await member()
    await reward()
    purchase = await give(ani, 50)
    await redemptions.redeem(ani, reward="latte", source="app:1", activity=purchase)
    await rewards.retract(target_source=purchase, source="r", reason="refund")
    assert await failed() == {}
    await engine.settle([ani])
    assert await failed() == {}


@pytest.mark.parametrize(
    ("left", "right", "ok", "detail"),
    [
        ({}, {}, True, "0"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True, "2"),
        ({"a": 1}, {"a": 2}, False, "a: 1 is not 2"),
        ({"b": 1}, {"a": 1, "b": 2}, False, "a: nothing is not 1"),
    ],
)
def test_the_first_difference_is_told(left, right, ok, detail):
    check = compared("name", left, right)
    assert (check.ok, check.detail) == (ok, detail)
