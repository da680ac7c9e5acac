"""Who may see or do what, asked field by field: the matrix of the whole schema."""

import asyncio
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from api import classification, permissions, schema
from api.auth import Role, issue_token, viewer_of
from api.context import Context
from api.permissions import Audience, Unclassified
from gamification import engine, programme
from gamification.members import Enrolment
from gamification.programme import DefinitionKind
from kit import database, ids, paging
from kit.settings import Settings
from rewards import donations, redemptions
from tests.api import matrix, staffing
from tests.api.matrix import EXPIRED, VIEWERS, Cell
from tests.api.shop import Caller, Shop

START = paging.encode(0, 0)
PATIENCE = 5
NOT_HERS = {"Denied", "NotFound"}


@dataclass
class Trial:
    """A shop in which everything has happened to ann and to bob, and how to ask it."""

    shop: Shop
    schema: Any = field(default_factory=lambda: schema.build(Settings()))
    values: dict[str, str] = field(default_factory=dict)

    def token(self, viewer: str) -> str:
        match viewer:
            case "nobody":
                return ""
            case matrix.MEMBER:
                return self.shop.token("ann")
            case matrix.OTHER:
                return self.shop.token("bob")
            case matrix.EXPIRED:
                return issue_token(self.shop.members["ann"], Role.MEMBER, lifetime_seconds=0)
        return self.shop.token(viewer, Role(viewer))

    async def filled(self, request: str) -> str:
        """The request with values of the shop, fresh ones where each may be used only once."""
        ann = self.shop.members["ann"]
        fresh = {"key": ids.new(), **await staffing.fresh(ann, request)}
        if "<held>" in request:
            held = await donations.donate(
                ann, campaign="forest", points=5, source=ids.new(), confirm=False
            )
            fresh["held"] = held.donation.id
        if "<redeemed>" in request or "<code>" in request:
            redeemed = await redemptions.redeem(ann, reward="coffee", source=ids.new())
            fresh["redeemed"] = redeemed.redemption.id
            fresh["code"] = f"{redemptions.voucher_of(redeemed.redemption).code}"
        if "<sale>" in request:
            fresh["sale"] = await self.shop.buys("ann", 100)
        for name, value in {**self.values, **fresh}.items():
            request = request.replace(f"<{name}>", value)
        return request

    async def sees(self, viewer: str, cell: Cell) -> bool:
        """Whether the viewer is answered with the field. How it is refused is checked here."""
        request = await self.filled(cell.request)
        if request.startswith("subscription") and viewer not in ("nobody", EXPIRED):
            return await self._hears(viewer, request, cell)
        response = await Caller(self.shop.app, self.token(viewer)).send(request)
        if viewer == EXPIRED:
            assert response.status_code == 401
            return False
        assert response.status_code < 500, response.text
        answer = response.json()
        if request.startswith("subscription"):
            assert viewer == "nobody"
            return False
        codes = [one["extensions"]["code"] for one in answer.get("errors", [])]
        if viewer == "nobody":
            assert codes[:1] == ["UNAUTHENTICATED"], answer
            return False
        assert set(codes) <= {"DENIED"}, answer
        found = [one for one in matrix.leaves(answer["data"], cell.path) if one is not None]
        if cell.field.startswith("Mutation."):
            return bool(found) and found[0]["__typename"] not in NOT_HERS
        return bool(found)

    async def _hears(self, viewer: str, request: str, cell: Cell) -> bool:
        context = Context(viewer_of(self.token(viewer)))
        stream = await self.schema.subscribe(request, context_value=context)
        with suppress(TimeoutError):
            async with aclosing(stream), asyncio.timeout(PATIENCE):
                async for result in stream:
                    if result.errors:
                        [error] = result.errors
                        assert error.extensions == {"code": "DENIED"}, error
                        return False
                    if any(one is not None for one in matrix.leaves(result.data, cell.path)):
                        return True
        return False


@pytest.fixture
async def trial(shop, clock) -> Trial:
    sold_out = {
        "key": "sold-out",
        "title": "Gone",
        "description": "There were none.",
        "stock": 0,
        "price": [{"currency": "points", "amount": 1}],
    }
    beans = {
        "key": "beans",
        "name": "Beans",
        "pending_days": 14,
        "expires_after_days": 90,
        "cost": {"minor": 1, "currency": "USD", "points": 10},
    }
    a_bean = {
        "key": "a-bean",
        "title": "A bean",
        "kind": "purchase",
        "currency": "beans",
        "earn": {"points": 1},
    }
    drafts = [
        await programme.define(DefinitionKind.REWARD, sold_out, by="test"),
        await programme.define(DefinitionKind.CURRENCY, beans, by="test"),
        await programme.define(DefinitionKind.EARNING_RULE, a_bean, by="test"),
    ]
    await programme.publish([draft.ref for draft in drafts], by="test")
    clock.advance(seconds=1)
    trial = Trial(shop)
    await a_crowd(shop)
    await shop.buys("cas", 92_000)
    for name in ("ann", "bob"):
        await live_through(trial, name, clock)
    for name in ("ann", "bob"):
        await shop.buys(name, 100)
    await staffing.live_through(shop)
    await engine.seal_all()
    return trial


async def a_crowd(shop: Shop) -> None:
    """So many active members that the rarity of a badge tells nothing of any of them."""
    for number in range(25):
        name = f"crowd-{number}"
        enrolled = await engine.enrol(Enrolment(external_id=name, display_name=name))
        shop.members[name] = enrolled.member.id
        await shop.does(name, "visit")


async def live_through(trial: Trial, name: str, clock) -> None:
    """Let everything happen to a member that the schema can tell of."""
    shop, member_id = trial.shop, trial.shop.members[name]
    mistake = await shop.buys(name, 100, attributes={"discs": 3})
    await engine.retract(target_id=mistake, source=ids.new(), reason="a mistake")
    await engine.settle([member_id])
    activity = await shop.buys(
        name,
        90_000,
        attributes={"discs": 3},
        quantity=3,
        channel="IN_STORE",
        partner="the corner shop",
    )
    await donations.donate(member_id, campaign="forest", points=50, source=ids.new())
    await engine.retract(target_id=activity, source=ids.new(), reason="a part", amount=100)
    await redemptions.redeem(member_id, reward="coffee", source=ids.new())
    sent_back = await redemptions.redeem(member_id, reward="coffee", source=ids.new())
    await redemptions.give_back(sent_back.redemption.id, reason="cold", source=ids.new())
    await engine.adjust(
        member_id,
        currency="points",
        points=5,
        reason="sorry",
        by=engine.Staff(name="eva"),
        source=ids.new(),
    )
    clock.advance(days=3)
    await engine.settle([member_id])
    await engine.sweep()
    await shop.buys(name, 5_000)
    held = await donations.donate(
        member_id, campaign="forest", points=5, source=ids.new(), confirm=False
    )
    await donations.cancel(member_id, donation=held.donation.id, source=ids.new())
    trial.values |= (
        {}
        if name != "ann"
        else {
            "ann": member_id,
            "activity": activity,
            "resolved": held.donation.id,
            "start": START,
        }
    )


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_each_field_is_seen_by_those_whom_the_table_names_and_by_nobody_else(trial, viewer):
    table = classification.table()
    cells = matrix.cells(trial.schema._schema)
    assert {cell.field for cell in cells} == table.keys()
    wrong = [
        cell.field
        for cell in cells
        if await trial.sees(viewer, cell) != matrix.expected(cell, viewer, table)
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("viewer", VIEWERS)
async def test_what_is_denied_changes_nothing(trial, viewer):
    table = classification.table()
    for cell in matrix.cells(trial.schema._schema):
        denied = not matrix.expected(cell, viewer, table)
        if cell.field.startswith("Mutation.") and denied:
            request = await trial.filled(cell.request)
            before = await everything()
            await Caller(trial.shop.app, trial.token(viewer)).send(request)
            assert await everything() == before, cell.field


async def everything() -> list[Any]:
    """How much there is of all that a mutation could add to, and the drafts as they stand."""
    tables = ("member", "journal_entry", "ledger_entry", "donation", "redemption", "outbox")
    tables += ("redemption_end", "voucher_attempt")
    tables += ("adjustment_request", "adjustment_decision", "transfer", "set_aside_decision")
    tables += ("dead_letter",)
    counts = [await database.fetch_one(f"SELECT count(*) FROM {table}") for table in tables]
    resolved = await database.fetch("SELECT * FROM donation_resolution ORDER BY 1")
    definitions = await database.fetch("SELECT * FROM definition ORDER BY 1")
    return [*map(tuple, [*counts, *resolved, *definitions])]


def test_a_field_without_a_row_cannot_be_served():
    table = classification.table()
    del table["Member.email"]
    with pytest.raises(Unclassified, match=r"Member\.email"):
        permissions.enforce(schema.build(Settings())._schema, table)


def test_a_row_without_a_field_is_a_mistake():
    table = classification.table() | {"Member.shoeSize": Audience.of("holder")}
    with pytest.raises(Unclassified, match=r"Member\.shoeSize"):
        permissions.enforce(schema.build(Settings())._schema, table)


@pytest.mark.parametrize("words", ["", "everybody", "holder admin", "own nobody"])
def test_an_audience_that_means_nothing_is_refused(words):
    with pytest.raises(ValueError):
        Audience.of(words)
