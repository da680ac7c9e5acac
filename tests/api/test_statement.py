"""The member's view in full: wallets, lots, and a statement in which every line says why."""

import pytest

from gamification import engine, programme
from gamification.engine import Staff
from gamification.programme import DefinitionKind
from kit import ids
from tests.api.shop import Shop

LINES = """
query($first: Int, $after: String, $kinds: [EntryKind!], $currency: String) { me {
  statement(first: $first, after: $after, kinds: $kinds, currency: $currency) {
    edges { node {
      amount kind why subject reason
      activity { kind } retraction { reason fraction amount { minor currency } }
      lots { points earnedAt expiresAt why }
    } }
    pageInfo { hasNextPage endCursor }
  }
} }
"""


@pytest.fixture
async def ann(shop: Shop, clock) -> str:
    """Ann has bought for 100 dollars and for 50 a day later, and had two coffees of 60."""
    await programme_of_coffee()
    clock.advance(seconds=1)
    await shop.buys("ann", 10_000)
    clock.advance(days=1)
    await shop.buys("ann", 5_000)
    await shop.service().do(
        "redeemReward", "", {"reward": "espresso", "member": ann_ref(), "idempotencyKey": "1"}
    )
    await shop.service().do(
        "redeemReward", "", {"reward": "espresso", "member": ann_ref(), "idempotencyKey": "2"}
    )
    return shop.members["ann"]


def ann_ref():
    return {"externalId": "ann"}


async def programme_of_coffee():
    body = {"key": "espresso", "title": "Espresso", "price": [{"currency": "points", "amount": 60}]}
    draft = await programme.define(DefinitionKind.REWARD, body, by="test")
    await programme.publish([draft.ref], by="test")


async def lines(caller, **how):
    found = await caller.ask(LINES, **how)
    return [edge["node"] for edge in found["me"]["statement"]["edges"]]


def told(line):
    return line["amount"], line["kind"], line["why"], line["subject"]


async def test_every_line_says_why_and_what_it_used(shop, ann):
    found = await lines(shop.member("ann"), kinds=["SPEND"])
    assert [told(line) for line in found] == [
        (-60, "SPEND", "Redeemed: Espresso", "reward:espresso@1")
    ] * 2
    # The prize of the challenge came with the second purchase, and goes behind it.
    assert [[(use["points"], use["why"]) for use in line["lots"]] for line in found] == [
        [(40, "Purchase"), (20, "Purchase")],
        [(60, "Purchase")],
    ]
    [use] = found[1]["lots"]
    assert (use["earnedAt"], use["expiresAt"]) == ("2026-03-02T09:00:01Z", "2027-03-02T09:00:01Z")


async def test_a_claw_back_names_its_refund(shop, ann, clock):
    clock.advance(seconds=1)
    sale = await shop.buys("ann", 1_000)
    given = {"activity": {"id": sale}, "reason": "broken", "idempotencyKey": "r"}
    await shop.service().do(
        "retractActivity", "", {**given, "amount": {"minor": 400, "currency": "USD"}}
    )
    [line] = await lines(shop.member("ann"), kinds=["CLAWBACK"])
    assert (line["amount"], line["kind"], line["reason"]) == (-4, "CLAWBACK", "broken")
    assert line["activity"] == {"kind": "purchase"}
    assert line["retraction"] == {
        "reason": "broken",
        "fraction": None,
        "amount": {"minor": 400, "currency": "USD"},
    }


async def test_staff_see_the_actor_and_members_the_reason(shop, ann):
    await engine.adjust(
        ann, currency="points", points=7, reason="sorry", by=Staff(name="eva"), source=ids.new()
    )
    [line] = await lines(shop.member("ann"), kinds=["ADJUST"])
    assert (line["amount"], line["reason"], line["retraction"]) == (7, "sorry", None)
    asked = (
        "query($id: ID) { member(id: $id) { statement(first: 1) { edges { node { actor } } } } }"
    )
    for caller, actor in (
        (shop.staff(), "eva"),
        (shop.member("ann"), None),
        (shop.service(), None),
    ):
        [edge] = (await caller.ask(asked, id=ann))["member"]["statement"]["edges"]
        assert edge["node"]["actor"] == actor


async def test_a_page_goes_on_where_the_last_one_ended(shop, ann):
    whole = [told(line) for line in await lines(shop.member("ann"), first=50)]
    found, after = [], None
    while True:
        page = (await shop.member("ann").ask(LINES, first=2, after=after))["me"]["statement"]
        found += [told(edge["node"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == whole
    assert {line[1] for line in whole} == {"EARN", "SPEND"}
    assert await lines(shop.member("ann"), currency="xp") == []


async def test_relations_of_a_statement_take_one_statement_each(shop, ann, statements):
    statements.clear()
    await lines(shop.member("ann"), first=50)
    assert len([sql for sql in statements if "FROM ledger_entry WHERE" in sql]) == 1
    assert len([sql for sql in statements if "FROM journal_entry" in sql]) <= 2


async def test_lots_are_what_is_left_in_the_order_in_which_it_is_spent(shop, ann):
    asked = """query($first: Int, $after: String) { me { lots(first: $first, after: $after) {
        edges { node { points why earnedAt availableAt expiresAt currency { key } } }
        pageInfo { endCursor hasNextPage } } } }"""
    whole = (await shop.member("ann").ask(asked))["me"]["lots"]
    nodes = [edge["node"] for edge in whole["edges"]]
    assert sum(node["points"] for node in nodes) == 80
    assert [node["expiresAt"] for node in nodes] == sorted(node["expiresAt"] for node in nodes)
    assert {node["why"] for node in nodes} == {"Purchase", "Challenge completed: Spring"}
    page = (await shop.member("ann").ask(asked, first=1))["me"]["lots"]
    rest = (await shop.member("ann").ask(asked, after=page["pageInfo"]["endCursor"]))["me"]["lots"]
    assert [*page["edges"], *rest["edges"]] == whole["edges"]
    assert page["pageInfo"]["hasNextPage"]


async def test_every_currency_is_a_wallet(shop, ann, clock):
    body = {"key": "beans", "name": "Beans", "pending_days": 14}
    rule = {"key": "b", "title": "b", "kind": "visit", "currency": "beans", "earn": {"points": 4}}
    drafts = [
        await programme.define(DefinitionKind.CURRENCY, body, by="test"),
        await programme.define(DefinitionKind.EARNING_RULE, rule, by="test"),
    ]
    await programme.publish([one.ref for one in drafts], by="test")
    clock.advance(seconds=1)
    await shop.does("ann", "visit")
    asked = (
        "{ me { wallets { currency { key } balance pending debt availableNext { amount at } } } }"
    )
    found = (await shop.member("ann").ask(asked))["me"]["wallets"]
    wallets = {one["currency"]["key"]: one for one in found}
    assert list(wallets) == ["beans", "points", "xp"]
    assert (wallets["beans"]["balance"], wallets["beans"]["pending"]) == (0, 4)
    assert wallets["beans"]["availableNext"]["amount"] == 4
    assert wallets["points"]["availableNext"] is None
    clock.advance(days=14)
    found = (await shop.member("ann").ask(asked))["me"]["wallets"]
    assert (found[0]["balance"], found[0]["availableNext"]) == (4, None)
