"""Rewards returned and vouchers used, as services and staff ask for it."""

import pytest

from api.auth import Role
from tests.api.shop import Shop

STOCK = '{ reward(key: "last-one") { stock } }'


@pytest.fixture
async def redeemed(shop: Shop, clock) -> dict:
    """Ann has redeemed the last one of something."""
    await shop.buys("ann", 10_000)
    given = {"reward": "last-one", "idempotencyKey": "1"}
    found = await shop.member("ann").do(
        "redeemReward", REDEEMED.replace("RESULT", "RedeemRewardPayload"), given
    )
    return found["redemption"]


REDEEMED = "... on RESULT { redemption { id state reason voucher { code } } }"


async def use(caller, code, key="u"):
    fields = "... on UseVoucherPayload { replayed redemption { state reward { key } } }"
    return await caller.do("useVoucher", fields, {"code": code, "idempotencyKey": key})


async def give_back(caller, redemption, key="b"):
    fields = (
        "... on ReturnRedemptionPayload { replayed redemption { state reason endedAt }"
        " member { points { balance } } }"
    )
    given = {"redemption": redemption["id"], "reason": "cold", "idempotencyKey": key}
    return await caller.do("returnRedemption", fields, given)


async def test_a_return_brings_points_and_stock_back(shop, redeemed):
    till = shop.service()
    found = await give_back(till, redeemed)
    assert found == {
        "__typename": "ReturnRedemptionPayload",
        "replayed": False,
        "redemption": {"state": "RETURNED", "reason": "cold", "endedAt": "2026-03-02T09:00:00Z"},
        "member": {"points": {"balance": 100}},
    }
    assert (await give_back(till, redeemed))["replayed"]
    assert (await till.ask(STOCK))["reward"]["stock"] == 1
    assert (await give_back(till, redeemed, "again"))["code"] == "ALREADY_RESOLVED"
    assert (await use(till, redeemed["voucher"]["code"]))["code"] == "NOT_AVAILABLE"


async def test_a_used_voucher_is_used(shop, redeemed):
    till, code = shop.service(), redeemed["voucher"]["code"]
    found = await use(till, code)
    assert found["redemption"] == {"state": "USED", "reward": {"key": "last-one"}}
    assert (await use(till, code))["replayed"]
    refused = {(await use(till, wrong, "other"))["message"] for wrong in (code, "0" * 20, "?")}
    assert len(refused) == 1
    assert (await give_back(shop.staff(), redeemed))["code"] == "ALREADY_RESOLVED"


async def test_members_neither_use_nor_return(shop, redeemed):
    code = redeemed["voucher"]["code"]
    for caller in (shop.member("ann"), shop.member("bob"), shop.staff(Role.ANALYST)):
        assert (await give_back(caller, redeemed))["code"] == "DENIED"
        assert (await use(caller, code))["code"] == "DENIED"
    assert (await use(shop.staff(), code))["code"] == "DENIED"
    assert (await give_back(shop.staff(Role.SUPPORT), redeemed))["redemption"][
        "state"
    ] == "RETURNED"


async def test_what_was_used_in_a_purchase_comes_back_with_it(shop, clock):
    till = shop.service()
    bought = await shop.buys("ann", 10_000)
    clock.advance(seconds=1)
    given = {"reward": "coffee", "member": {"externalId": "ann"}, "activity": {"id": bought}}
    found = await till.do(
        "redeemReward",
        REDEEMED.replace("RESULT", "RedeemRewardPayload"),
        {**given, "idempotencyKey": "1"},
    )
    assert (found["redemption"]["state"], found["redemption"]["voucher"]) == ("USED", None)
    of_bob = {**given, "member": {"externalId": "bob"}, "idempotencyKey": "2"}
    assert (await till.do("redeemReward", "", of_bob))["code"] == "NOT_FOUND"
    for ref in ({}, {"id": bought, "idempotencyKey": "x"}):
        wrong = {**given, "activity": ref, "idempotencyKey": "3"}
        assert (await till.do("redeemReward", "", wrong))["code"] == "INVALID_INPUT"
    back = {"activity": {"id": bought}, "reason": "broken", "idempotencyKey": "r"}
    await till.do("retractActivity", "", back)
    asked = """{ me { points { balance } redemptions { edges { node { state } } }
        statement { edges { node { amount kind why } } } } }"""
    me = (await shop.member("ann").ask(asked))["me"]
    assert me["points"]["balance"] == 0
    assert [edge["node"]["state"] for edge in me["redemptions"]["edges"]] == ["RETURNED"]
    lines = [edge["node"] for edge in me["statement"]["edges"]]
    assert {"amount": 20, "kind": "REVERSE", "why": "Returned: A coffee"} in lines
