"""The catalogue as members see it."""

import pytest

from gamification import engine
from kit import database as db
from kit.errors import InvalidInput, NotFound
from rewards import catalogue, redemptions
from rewards.catalogue import LockReason


async def test_published_rewards_are_listed_by_key_until_they_are_over(reward, clock):
    for key in ("tea", "latte", "cake"):
        await reward(key)
    await reward("old", ends_at=clock.now)
    await reward("new", starts_at=clock.now + 1)
    assert [offer.reward.key for offer in await catalogue.page(limit=9)] == [
        "cake",
        "latte",
        "new",
        "tea",
    ]
    assert [offer.reward.key for offer in await catalogue.page(after="cake", limit=2)] == [
        "latte",
        "new",
    ]
    assert (await catalogue.find("old")).reward.key == "old"


async def test_a_list_takes_one_statement_for_all_its_stock(reward, statements):
    for key in ("tea", "latte", "cake"):
        await reward(key, stock=3)
    await catalogue.page(limit=9)
    statements.clear()
    offers = await catalogue.page(limit=9)
    assert [offer.remaining for offer in offers] == [3, 3, 3]
    assert len([sql for sql in statements if "reward_stock" in sql]) == 1


async def test_offers_come_by_key_and_unknown_ones_not_at_all(reward):
    await reward()
    assert set(await catalogue.offers_of(["latte", "none"])) == {"latte"}
    assert await catalogue.offers_of([]) == {}
    with pytest.raises(NotFound):
        await catalogue.find("none")


async def test_what_is_affordable_and_what_is_locked_are_two_questions(member, reward):
    ani = await member(points=100)
    await reward(price=100, tier="gold")
    await reward("cake", price=101)
    offers = await catalogue.offers_of(["latte", "cake"])
    view = await engine.standing_of(ani)
    assert catalogue.affordable(offers["latte"].reward, view)
    assert not catalogue.affordable(offers["cake"].reward, view)
    assert catalogue.lock_of(offers["latte"], view, had=0).reason is LockReason.TIER_TOO_LOW
    assert catalogue.lock_of(offers["cake"], view, had=0) is None


async def test_a_member_without_points_can_afford_nothing(member, reward):
    ani = await member(points=0)
    await reward(price=1)
    view = await engine.standing_of(ani)
    assert not catalogue.affordable((await catalogue.find("latte")).reward, view)


async def test_a_bad_reward_is_refused_with_every_problem_and_not_kept(reward):
    before = await db.fetch("SELECT count(*) FROM definition")
    with pytest.raises(InvalidInput) as refusal:
        await reward(price=0, kind="MERCHANDISE", tier="platinum")
    assert [problem.path for problem in refusal.value.problems] == [
        "kind",
        "price.0.amount",
        "tier",
    ]
    assert await db.fetch("SELECT count(*) FROM definition") == before


async def test_stock_counts_what_every_member_took(member, reward):
    ani, budi = await member(), await member()
    await reward(stock=3)
    await redemptions.redeem(ani, reward="latte", source="app:1")
    await redemptions.redeem(budi, reward="latte", source="app:2")
    assert (await catalogue.find("latte")).remaining == 1
