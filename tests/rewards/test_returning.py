"""Returning rewards and using vouchers: what comes back, what does not, and never both."""

import pytest

import rewards
from gamification import engine, ledger
from gamification.programme import DefinitionKind
from kit import database as db
from kit import outbox
from kit.clock import DAY
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from rewards import catalogue, redemptions
from rewards.redemptions import RedemptionState, attempts
from tests.rewards import world
from tests.rewards.world import balance, give

pytestmark = pytest.mark.usefixtures("audited")
TABLES = ("redemption_end", "journal_entry", "ledger_entry", "outbox")


async def counts():
    return [
        list(row) for table in TABLES for row in await db.fetch(f"SELECT count(*) FROM {table}")
    ]


async def redeemed(member_id, source="app:1", **how):
    return (await redemptions.redeem(member_id, reward="latte", source=source, **how)).redemption


def code_of(redemption):
    return redemptions.voucher_of(redemption).code


async def given_back(redemption, source="back:1"):
    return await redemptions.give_back(redemption.id, reason="cold", source=source, actor="eva")


async def used(redemption, source="use:1", caller="till"):
    return await redemptions.use(code_of(redemption), source=source, caller=caller)


async def state_of(redemption, clock):
    return (await redemptions.find(redemption.id)).state(clock.now)


async def test_a_returned_reward_gives_everything_back(member, reward, clock):
    ani = await member(points=100)
    await reward(stock=1, per_member=1)
    redemption = await redeemed(ani)
    ended = await given_back(redemption)
    assert (ended.replayed, ended.redemption.state(clock.now)) == (False, RedemptionState.RETURNED)
    assert (ended.redemption.end.reason, ended.redemption.end.actor) == ("cold", "eva")
    assert await balance(ani) == 100
    assert (await catalogue.find("latte")).remaining == 1
    assert await ledger.account_total(ledger.REDEMPTION) == 0
    # Neither the stock nor the member's limit remembers it.
    assert (await redeemed(ani, "app:2")).ordinal == 2
    facts = [one.fact["type"] for one in await outbox.facts_after(ani, 0)]
    assert facts.count("reward.returned") == 1


async def test_points_go_back_to_their_lots_with_their_own_expiry(member, reward, clock):
    expiring = {**world.GROUND[0][1], "expires_after_days": 10}
    await world.publish((DefinitionKind.CURRENCY, expiring))
    clock.advance(minutes=1)
    ani = await member(points=0)
    await give(ani, 60)
    clock.advance(days=4)
    await give(ani, 60)
    await reward()
    redemption = await redeemed(ani)
    clock.advance(days=7)
    await given_back(redemption)
    # The first 60 expired meanwhile, of the others 40 came back to the 20 that were left.
    assert await balance(ani) == 60
    wallet = (await engine.standing_of(ani)).standing.wallets["points"]
    assert [(lot.points, lot.expires_at - clock.now) for lot in wallet.lots] == [
        (60, 3 * DAY - 1_000_000)
    ]


async def test_a_return_is_done_once(member, reward):
    ani = await member()
    await reward(stock=5)
    redemption = await redeemed(ani)
    await given_back(redemption)
    before = await counts()
    again = await given_back(redemption)
    assert again.replayed
    with pytest.raises(AlreadyResolved):
        await given_back(redemption, "back:2")
    other = await redeemed(ani, "app:2")
    with pytest.raises(IdempotencyConflict):
        await given_back(other)
    assert await balance(ani) == 900
    assert (await catalogue.find("latte")).remaining == 4
    assert (await counts())[0] == before[0]


async def test_what_is_unknown_or_without_a_reason_is_not_returned(member, reward):
    ani = await member()
    await reward()
    redemption = await redeemed(ani)
    before = await counts()
    with pytest.raises(NotFound):
        await redemptions.give_back("nothing", reason="cold", source="back:1")
    for reason in ("", "x" * 501, "\0"):
        with pytest.raises(InvalidInput):
            await redemptions.give_back(redemption.id, reason=reason, source="back:1")
    with pytest.raises(IdempotencyConflict):
        await redemptions.give_back(redemption.id, reason="cold", source="app:1")
    assert await counts() == before


async def test_a_used_voucher_stays_used(member, reward, clock):
    ani = await member()
    await reward(stock=5)
    redemption = await redeemed(ani)
    ended = await used(redemption)
    assert (ended.replayed, ended.redemption.state(clock.now)) == (False, RedemptionState.USED)
    assert (await used(redemption)).replayed
    before = await counts()
    with pytest.raises(AlreadyResolved):
        await given_back(redemption)
    with pytest.raises(NotAvailable):
        await used(redemption, "use:2")
    other = await redeemed(ani, "app:2")
    with pytest.raises(IdempotencyConflict):
        await used(other)
    assert (await counts())[0] == before[0]
    assert await balance(ani) == 800


async def test_a_code_may_be_written_as_people_write(member, reward):
    ani = await member()
    await reward()
    redemption = await redeemed(ani)
    code = code_of(redemption).replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert not (await redemptions.use(code, source="use:1", caller="till")).replayed


async def test_whatever_is_wrong_with_a_code_is_answered_alike(member, reward, clock):
    ani = await member()
    await reward(voucher_valid_days=1)
    spent, back, late = [await redeemed(ani, f"app:{number}") for number in range(3)]
    await used(spent, "use:spent")
    await given_back(back)
    clock.advance(days=1, seconds=1)
    answers = set()
    for code in (*map(code_of, (spent, back, late)), "0" * 20, "", "nonsense", "x" * 9_999, "\0"):
        with pytest.raises(NotAvailable) as refusal:
            await redemptions.use(code, source="use:1", caller="till")
        answers.add(refusal.value.message)
    assert len(answers) == 1
    assert await state_of(late, clock) is RedemptionState.EXPIRED
    with pytest.raises(AlreadyResolved):
        await given_back(late, "back:2")


async def test_wrong_codes_may_be_tried_so_often_an_hour(member, reward, clock, monkeypatch):
    monkeypatch.setattr(attempts, "WRONG_MAX", 3)
    ani = await member()
    await reward()
    first, second = await redeemed(ani), await redeemed(ani, "app:2")
    for number in range(3):
        with pytest.raises(NotAvailable, match="none of this code"):
            await redemptions.use("0" * 20, source=f"use:{number}", caller="till")
        if number == 1:
            await used(first, "use:good")  # A good one does not count.
    for code in ("0" * 20, code_of(second)):
        with pytest.raises(NotAvailable, match="too many"):
            await redemptions.use(code, source="use:9", caller="till")
    assert (await used(second, "use:9", caller="another till")).redemption.id == second.id
    third = await redeemed(ani, "app:3")
    clock.advance(hours=1)
    await used(third, "use:10")
    assert len(await db.fetch("SELECT * FROM voucher_attempt WHERE caller = 'till'")) == 1


async def test_the_refund_of_a_purchase_returns_what_was_used_in_it(member, reward, clock):
    ani = await member(points=200)
    await reward(stock=1, per_member=1)
    purchase = await give(ani, 50)
    redemption = await redeemed(ani, activity=purchase)
    assert redemption.state(clock.now) is RedemptionState.USED
    with pytest.raises(NotAvailable):
        await used(redemption)
    with pytest.raises(AlreadyResolved):
        await given_back(redemption)
    await rewards.retract(target_source=purchase, source="r1", reason="refund", amount=20)
    await engine.settle([ani])
    assert await state_of(redemption, clock) is RedemptionState.USED
    # 30 of the 50 earned are left, and 40 of the 100 spent are back.
    assert await balance(ani) == 200 + 30 - 60
    assert (await catalogue.find("latte")).remaining == 0
    await rewards.retract(target_source=purchase, source="r2", reason="refund")
    await engine.settle([ani])
    assert await state_of(redemption, clock) is RedemptionState.RETURNED
    assert await balance(ani) == 200
    assert (await catalogue.find("latte")).remaining == 1
    again = await rewards.retract(target_source=purchase, source="r2", reason="refund")
    assert again.replayed
    assert (await catalogue.find("latte")).remaining == 1
    assert (await redemptions.page_of(ani, limit=1))[0].state(clock.now) is RedemptionState.RETURNED


async def test_an_activity_belongs_to_the_request(member, reward):
    ani, budi = await member(), await member()
    await reward()
    purchase, others = await give(ani, 50), await give(budi, 50)
    redemption = await redeemed(ani, activity=purchase)
    assert (await redeemed(ani, activity=purchase)) == redemption
    for activity in ("", others):
        with pytest.raises(IdempotencyConflict):
            await redeemed(ani, activity=activity)
    for activity in (others, "nothing"):
        with pytest.raises(NotFound):
            await redeemed(ani, "app:2", activity=activity)
    await rewards.retract(target_source=others, source="r", reason="refund")
    with pytest.raises(AlreadyResolved):
        await redeemed(budi, "app:3", activity=others)


async def test_a_refund_that_was_told_to_the_engine_alone_is_seen_all_the_same(
    member, reward, clock
):
    """The state is the journal's; only the stock waits for whoever puts things back."""
    ani = await member()
    await reward()
    purchase = await give(ani, 50)
    redemption = await redeemed(ani, activity=purchase)
    await engine.retract(target_source=purchase, source="r", reason="refund")
    assert await state_of(redemption, clock) is RedemptionState.RETURNED
    async with db.transaction():
        await redemptions.note_refunds({purchase: redemption.entry_id})
    await engine.settle([ani])
    assert await state_of(redemption, clock) is RedemptionState.RETURNED


async def test_buying_redeeming_and_refunding_keeps_no_points(member, reward):
    """A known exploit: what was spent on a used voucher is a debt once its purchase is refunded."""
    ani = await member(points=0)
    await reward()
    purchase = await give(ani, 100)
    await used(await redeemed(ani))
    await rewards.retract(target_source=purchase, source="r", reason="refund")
    await engine.settle([ani])
    assert await balance(ani) == -100
    await give(ani, 130)
    assert await balance(ani) == 30


async def test_a_refund_that_is_refused_for_want_of_points_leaves_nothing_behind(member, reward):
    points = {"key": "points", "name": "Points", "main": True, "shortage": "PREVENT"}
    await world.publish((DefinitionKind.CURRENCY, points))
    ani = await member(points=0)
    await reward()
    purchase = await give(ani, 100)
    await used(await redeemed(ani))
    before = await counts()
    with pytest.raises(InsufficientPoints):
        await rewards.retract(target_source=purchase, source="r", reason="refund")
    assert await counts() == before
    assert await balance(ani) == 0
