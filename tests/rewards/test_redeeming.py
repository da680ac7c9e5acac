"""Redeeming: what a member gets, what it costs, and what a refusal leaves as it was."""

import pytest

from gamification import ledger
from kit import database as db
from kit import outbox
from kit.errors import (
    IdempotencyConflict,
    InsufficientPoints,
    NotAvailable,
    NotFound,
    SoldOut,
)
from kit.settings import settings
from rewards import catalogue, donations, redemptions
from rewards.redemptions import RedemptionState
from tests.rewards.world import balance, give

pytestmark = pytest.mark.usefixtures("audited")


async def counts():
    """How many rows there are of all that a redemption writes."""
    tables = ("redemption", "journal_entry", "ledger_entry", "outbox")
    rows = [await db.fetch_one(f"SELECT count(*) FROM {table}") for table in tables]
    taken = await db.fetch_one("SELECT coalesce(sum(taken), 0) FROM reward_stock")
    return [row[0] for row in (*rows, taken)]


async def test_a_reward_costs_its_price_and_brings_a_voucher(member, reward, clock):
    ani = await member(points=250)
    await reward(price=100, stock=5, voucher_valid_days=30)
    redeemed = await redemptions.redeem(ani, reward="latte", source="app:1")
    redemption = redeemed.redemption
    assert not redeemed.replayed
    assert (redemption.reward, redemption.version) == ("latte", 1)
    assert (redemption.points, redemption.currency) == (100, "points")
    assert redemption.redeemed_at == clock.now
    assert redemption.state(clock.now) is RedemptionState.ISSUED
    voucher = redemptions.voucher_of(redemption)
    assert len(voucher.code) == 23
    assert voucher.expires_at == clock.now + 30 * 86_400_000_000
    assert await balance(ani) == 150
    assert (await catalogue.find("latte")).remaining == 4
    assert await ledger.account_total(ledger.REDEMPTION) == 100


async def test_a_redemption_is_told_and_stands_in_the_statement(member, reward):
    ani = await member()
    before = await outbox.newest_position(ani)
    await reward()
    redemption = (await redemptions.redeem(ani, reward="latte", source="app:1")).redemption
    facts = [heard.fact for heard in await outbox.facts_after(ani, before)]
    [told] = [fact for fact in facts if fact["type"] == "reward.redeemed"]
    assert told == {
        "type": "reward.redeemed",
        "at": redemption.redeemed_at,
        "reward": "latte",
        "redemption": redemption.id,
    }
    assert "points.posted" in [fact["type"] for fact in facts]
    line = (await ledger.statement(ani, limit=1))[0]
    assert (line.amount, line.subject) == (-100, "reward:latte@1")
    assert line.entry_id == redemption.entry_id


async def test_the_database_never_holds_a_code(member, reward):
    ani = await member()
    await reward()
    redemption = (await redemptions.redeem(ani, reward="latte", source="app:1")).redemption
    code = redemptions.voucher_of(redemption).code
    for table in ("redemption", "journal_entry", "ledger_entry", "outbox"):
        for row in await db.fetch(f"SELECT * FROM {table}"):
            assert code not in repr(list(row))


async def test_the_same_source_answers_the_same(member, reward):
    ani = await member()
    await reward(stock=1, per_member=1)
    first = await redemptions.redeem(ani, reward="latte", source="app:1")
    before = await counts()
    # Nothing is left, and this member may have no more: a retry does not mind.
    again = await redemptions.redeem(ani, reward="latte", source="app:1")
    assert again == redemptions.Redeemed(first.redemption, replayed=True)
    assert redemptions.voucher_of(again.redemption) == redemptions.voucher_of(first.redemption)
    assert await counts() == before


async def test_the_same_source_with_other_content_is_a_conflict(member, reward):
    ani, budi = await member(), await member()
    await reward()
    await reward("tea", price=50)
    await redemptions.redeem(ani, reward="latte", source="app:1")
    before = await counts()
    for other, key in ((ani, "tea"), (budi, "latte")):
        with pytest.raises(IdempotencyConflict):
            await redemptions.redeem(other, reward=key, source="app:1")
    assert await counts() == before


async def test_a_source_that_was_used_for_something_else_is_a_conflict(member, reward, campaign):
    ani = await member()
    await reward()
    await campaign()
    await donations.donate(ani, campaign="wells", points=100, source="app:1")
    before = await counts()
    with pytest.raises(IdempotencyConflict):
        await redemptions.redeem(ani, reward="latte", source="app:1")
    assert await counts() == before


async def test_too_few_points_change_nothing(member, reward):
    ani = await member(points=99)
    await reward(price=100, stock=5)
    before = await counts()
    with pytest.raises(InsufficientPoints) as refusal:
        await redemptions.redeem(ani, reward="latte", source="app:1")
    assert (refusal.value.needed, refusal.value.available) == (100, 99)
    assert await counts() == before
    # The key is still free: once there are enough points the retry goes through.
    await give(ani, 1)
    assert not (await redemptions.redeem(ani, reward="latte", source="app:1")).replayed
    assert await balance(ani) == 0


async def test_sold_out_costs_nothing(member, reward):
    ani, budi = await member(), await member()
    await reward(stock=1)
    await redemptions.redeem(ani, reward="latte", source="app:1")
    before = await counts()
    with pytest.raises(SoldOut):
        await redemptions.redeem(budi, reward="latte", source="app:2")
    assert await counts() == before
    assert await balance(budi) == 1_000


async def test_more_stock_is_a_new_version(member, reward):
    ani = await member()
    await reward(stock=1)
    await redemptions.redeem(ani, reward="latte", source="app:1")
    await reward(stock=3, price=150)
    redemption = (await redemptions.redeem(ani, reward="latte", source="app:2")).redemption
    assert (redemption.version, redemption.points) == (2, 150)
    assert (await catalogue.find("latte")).remaining == 1


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"starts_at": "2026-03-02T09:00:00.000001Z"}, "it opens at"),
        ({"ends_at": "2026-03-02T09:00:00Z"}, "it is over"),
        ({"tier": "gold"}, "it takes the tier 'gold'"),
    ],
)
async def test_a_locked_reward_is_not_available(member, reward, facts, why):
    ani = await member(points=999)
    await reward(**facts)
    before = await counts()
    with pytest.raises(NotAvailable) as refusal:
        await redemptions.redeem(ani, reward="latte", source="app:1")
    assert refusal.value.why.startswith(why)
    assert await counts() == before


async def test_a_tier_once_reached_opens_its_rewards(member, reward):
    ani = await member(points=1_000)
    await reward(tier="gold", price=900)
    await redemptions.redeem(ani, reward="latte", source="app:1")
    # Spending does not take the tier away.
    await give(ani, 800)
    await redemptions.redeem(ani, reward="latte", source="app:2")


async def test_a_member_has_no_more_than_the_limit(member, reward):
    ani, budi = await member(), await member()
    await reward(per_member=2)
    for number in (1, 2):
        await redemptions.redeem(ani, reward="latte", source=f"app:{number}")
    with pytest.raises(NotAvailable):
        await redemptions.redeem(ani, reward="latte", source="app:3")
    await redemptions.redeem(budi, reward="latte", source="app:4")
    assert await redemptions.counts_of(ani, ["latte", "tea"]) == {"latte": 2}
    assert await redemptions.counts_of(ani, []) == {}


async def test_who_or_what_is_unknown_is_not_found(member, reward):
    ani = await member()
    await reward()
    with pytest.raises(NotFound):
        await redemptions.redeem(ani, reward="tea", source="app:1")
    with pytest.raises(NotFound):
        await redemptions.redeem("nobody", reward="latte", source="app:1")


async def test_a_voucher_is_good_until_just_before_its_end(member, reward, clock):
    ani = await member()
    await reward(voucher_valid_days=1)
    redemption = (await redemptions.redeem(ani, reward="latte", source="app:1")).redemption
    end = redemption.voucher_expires_at
    assert end == clock.now + 86_400_000_000
    assert redemption.state(end - 1) is RedemptionState.ISSUED
    assert redemption.state(end) is RedemptionState.EXPIRED


async def test_a_changed_secret_hides_codes_and_breaks_nothing(member, reward, monkeypatch):
    ani = await member()
    await reward()
    redemption = (await redemptions.redeem(ani, reward="latte", source="app:1")).redemption
    monkeypatch.setenv("PIALA_AUTH_SECRET", "another secret, as long as the first one was")
    settings.cache_clear()
    assert redemptions.voucher_of(redemption).code is None


async def test_redemptions_are_listed_newest_first_page_by_page(member, reward, clock):
    ani, budi = await member(), await member()
    await reward(price=10)
    made = []
    for number in range(5):
        redeemed = await redemptions.redeem(ani, reward="latte", source=f"app:{number}")
        made.append(redeemed.redemption)
        clock.advance(seconds=number % 2)  # Some fall on the same instant.
    await redemptions.redeem(budi, reward="latte", source="app:budi")
    first = await redemptions.page_of(ani, limit=2)
    after = first[-1].redeemed_at, first[-1].id
    rest = await redemptions.page_of(ani, after=after, limit=10)
    assert [*first, *rest] == made[::-1]


async def test_a_redemption_is_found_by_its_owner_only(member, reward):
    ani, budi = await member(), await member()
    await reward()
    redemption = (await redemptions.redeem(ani, reward="latte", source="app:1")).redemption
    assert await redemptions.find(redemption.id, member_id=ani) == redemption
    with pytest.raises(NotFound):
        await redemptions.find(redemption.id, member_id=budi)
