"""Whatever members do in whatever order, no point is made, lost, or spent twice."""

import asyncio
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rewards
from gamification import engine
from gamification.programme import DefinitionKind
from kit import clock as kit_clock
from kit import database as db
from kit.errors import AlreadyResolved, InsufficientPoints, NotAvailable, SoldOut
from rewards import donations, redemptions
from rewards.donations import DonationState
from tests.rewards import world

PRICE, STOCK = 100, 3
WHO = st.integers(0, 1)
POINTS = st.integers(1, 300)
WHICH = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("give"), WHO, POINTS),
    st.tuples(st.just("refund"), WHO, WHICH),
    st.tuples(st.just("redeem"), WHO),
    st.tuples(st.just("donate"), WHO, POINTS, st.booleans()),
    st.tuples(st.sampled_from(["confirm", "cancel"]), WHICH),
    st.tuples(st.sampled_from(["use", "return"]), WHICH),
    st.tuples(st.just("repeat"), WHICH),
    st.tuples(st.just("wait"), st.integers(0, 20)),
)


@dataclass
class Ledger:
    """What the test expects: each member's points by what became of them."""

    now: int = kit_clock.parse("2026-03-02T09:00:00Z")
    members: list = field(default_factory=list)
    gifts: dict = field(default_factory=dict)
    spent: dict = field(default_factory=dict)
    donations: list = field(default_factory=list)
    issued: list = field(default_factory=list)
    ended: set = field(default_factory=set)
    calls: list = field(default_factory=list)
    redeemed: int = 0
    sources: int = 0

    def balance(self, member):
        given = [one.donation for one in self.donations]
        out = sum(
            one.points
            for one in given
            if one.member_id == member
            and one.state(self.now) in (DonationState.HELD, DonationState.CONFIRMED)
        )
        return sum(self.gifts[member].values()) - self.spent[member] - out

    def raised(self):
        return sum(
            one.donation.points
            for one in self.donations
            if one.donation.state(self.now) is DonationState.CONFIRMED
        )

    def source(self):
        self.sources += 1
        return f"app:{self.sources}"


async def give(expected, who, points):
    member = expected.members[who]
    source = await world.give(member, points)
    expected.gifts[member][source] = points


async def refund(expected, who, which):
    member = expected.members[who]
    kept = [source for source, points in expected.gifts[member].items() if points]
    if kept:
        source = kept[which % len(kept)]
        await engine.retract(target_source=source, reason="test", source=f"back:{source}")
        await engine.settle([member])
        expected.gifts[member][source] = 0


async def redeem(expected, who):
    member, source = expected.members[who], expected.source()

    async def call():
        return await redemptions.redeem(member, reward="latte", source=source)

    refusal = SoldOut if expected.redeemed == STOCK else InsufficientPoints
    if expected.redeemed == STOCK or expected.balance(member) < PRICE:
        with pytest.raises(refusal):
            await call()
        return
    redeemed = await call()
    assert not redeemed.replayed
    expected.issued.append(redeemed.redemption)
    expected.calls.append(call)
    expected.redeemed += 1
    expected.spent[member] += PRICE


async def donate(expected, who, points, confirm):
    member, source = expected.members[who], expected.source()

    async def call():
        return await donations.donate(
            member, campaign="wells", points=points, source=source, confirm=confirm
        )

    if expected.balance(member) < points:
        with pytest.raises(InsufficientPoints):
            await call()
        return
    donated = await call()
    assert not donated.replayed
    expected.calls.append(call)
    expected.donations.append(donated)


async def resolve(expected, verb, which):
    if not expected.donations:
        return
    place = which % len(expected.donations)
    donation = expected.donations[place].donation
    verbs = {"confirm": donations.confirm, "cancel": donations.cancel}
    source = expected.source()

    async def call():
        return await verbs[verb](donation.member_id, donation=donation.id, source=source)

    if donation.state(expected.now) is not DonationState.HELD:
        with pytest.raises(AlreadyResolved):
            await call()
        return
    expected.donations[place] = await call()
    expected.calls.append(call)


async def end(expected, verb, which):
    """Use a voucher or return the reward: whatever comes first is what stays."""
    if not expected.issued:
        return
    redemption, source = expected.issued[which % len(expected.issued)], expected.source()

    async def use():
        code = redemptions.voucher_of(redemption).code
        return await redemptions.use(code, source=source, caller="till")

    async def give_back():
        return await redemptions.give_back(redemption.id, reason="test", source=source)

    call = {"use": use, "return": give_back}[verb]
    if redemption.id in expected.ended:
        with pytest.raises((AlreadyResolved, NotAvailable)):
            await call()
        return
    assert not (await call()).replayed
    expected.calls.append(call)
    expected.ended.add(redemption.id)
    if verb == "return":
        expected.redeemed -= 1
        expected.spent[redemption.member_id] -= PRICE


async def repeat(expected, which):
    if expected.calls:
        assert (await expected.calls[which % len(expected.calls)]()).replayed


async def do(expected, verb, *facts):
    match verb:
        case "confirm" | "cancel":
            await resolve(expected, verb, *facts)
        case "use" | "return":
            await end(expected, verb, *facts)
        case "wait":
            expected.now += facts[0] * kit_clock.MINUTE
        case _:
            verbs = {"give": give, "refund": refund, "redeem": redeem, "donate": donate}
            await (verbs | {"repeat": repeat})[verb](expected, *facts)


async def run(url, steps):
    expected = Ledger()
    kit_clock.set_now(lambda: expected.now)
    try:
        async with db.connected(url):
            await prepare(expected)
            for step in steps:
                await do(expected, *step)
                expected.now += kit_clock.SECOND
                for member in expected.members:
                    assert await world.balance(member) == expected.balance(member), step
            assert (await donations.find_campaign("wells")).raised == expected.raised()
            checks = [*(await engine.audit()).checks, *await rewards.audit()]
            assert [check for check in checks if not check.ok] == []
    finally:
        kit_clock.set_now(None)


async def prepare(expected):
    body = {"key": "latte", "title": "A latte", "stock": STOCK}
    price = {"price": [{"currency": "points", "amount": PRICE}]}
    campaign = {"key": "wells", "charity": "water", "title": "Wells", "goal": 1_000}
    campaign |= {"currency": "points", "starts_at": expected.now}
    expected.now -= kit_clock.MINUTE
    await world.publish(*world.GROUND, (DefinitionKind.REWARD, body | price))
    await world.publish((DefinitionKind.CAMPAIGN, campaign))
    expected.now += kit_clock.MINUTE
    for _ in range(2):
        member = await world.enrol(0)
        expected.members.append(member)
        expected.gifts[member], expected.spent[member] = {}, 0


@pytest.mark.timeout(600)  # Where it fails, the smallest failing story takes time to find.
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, max_size=40))
def test_points_are_conserved(sqlite_template, steps):
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "piala.db"
        shutil.copy(sqlite_template, path)
        asyncio.run(run(f"sqlite://{path}?synchronous=OFF", steps))
