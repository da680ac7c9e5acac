"""Points as money at a till: spent at once, or held first and captured, wholly or in part."""

import asyncio
from collections import Counter

import msgspec
import pytest

from gamification import engine, journal, ledger
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from rewards import donations, payments
from rewards.payments import Bill, Captured
from tests.rewards import world
from tests.rewards.world import balance

pytestmark = pytest.mark.usefixtures("audited")

RACERS = 50
LUNCH = Bill(points=300, currency="points", what="Lunch")


def bill(**changes):
    return msgspec.structs.replace(LUNCH, **changes)


async def held(member_id, source="h", seconds=900, **changes):
    placed = await payments.hold(member_id, bill(**changes), seconds=seconds, source=source)
    return placed.entry


async def lines(member_id):
    return [
        (one.kind.value, one.amount, one.subject)
        for one in await ledger.statement(member_id, limit=9)
    ][:-1]


async def test_points_pay_a_bill(member):
    ani = await member()
    paid = await payments.pay(ani, LUNCH, source="s")
    assert paid.replayed is False
    assert await lines(ani) == [("SPEND", -300, "payment:Lunch")]
    assert (await balance(ani), await ledger.account_total("redemption")) == (700, 300)


async def test_a_partner_gets_what_is_paid_there(member):
    ani = await member()
    await payments.pay(ani, bill(partner="warung"), source="s")
    assert await lines(ani) == [("SPEND", -300, "partner:warung:Lunch")]
    assert await ledger.account_totals("partner:") == {"partner:warung": 300}


async def test_a_hold_is_captured_in_part_and_the_rest_comes_back(member):
    ani = await member()
    hold = await held(ani)
    assert await balance(ani) == 700
    done = await payments.capture(hold, source="c", points=120)
    assert (done.paid, done.returned, done.replayed) == (120, 180, False)
    assert (await balance(ani), await ledger.account_total("redemption")) == (880, 120)
    again = await payments.capture(hold, source="c", points=120)
    assert (again.paid, again.returned, again.replayed) == (120, 180, True)


async def test_a_hold_is_captured_wholly_or_released(member):
    ani = await member()
    whole = await payments.capture(await held(ani, "1"), source="c")
    assert (whole.paid, whole.returned) == (300, 0)
    none = await payments.release(await held(ani, "2"), source="r")
    assert (none.paid, none.returned) == (0, 300)
    assert await balance(ani) == 700


async def test_a_hold_ends_by_itself(member, clock):
    ani = await member()
    hold = await held(ani, seconds=60)
    clock.advance(seconds=61)
    assert await balance(ani) == 1000
    with pytest.raises(AlreadyResolved):
        await payments.capture(hold, source="c")


async def test_what_is_paid_is_refunded_up_to_all_of_it(member):
    ani = await member()
    await payments.pay(ani, LUNCH, source="s")
    await payments.capture(await held(ani), source="c", points=120)
    for key, parts in (("s", (100, None)), ("c", (120,))):
        payment = await payments.find_payment(source=key)
        for number, points in enumerate(parts):
            done = await payments.refund(
                payment, reason="A fly", source=f"{key}{number}", points=points
            )
            assert done.replayed is False
        with pytest.raises(AlreadyResolved):
            await payments.refund(payment, reason="A fly", source=f"{key}9")
    assert (await balance(ani), await ledger.account_total("redemption")) == (1000, 0)


async def test_a_refund_of_the_activity_gives_its_points_back(member):
    ani = await member(0)
    await world.give(ani, 1000)
    [activity] = [line.entry_id for line in await ledger.statement(ani, limit=9)]
    [entry] = await journal.entries_by_id([activity])
    await payments.pay(ani, bill(activity=entry.source), source="s")
    await engine.retract(target_source=entry.source, source="r", reason="refund")
    await engine.settle([ani])
    assert (await balance(ani), await ledger.account_total("redemption")) == (0, 0)


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"points": 0}, InvalidInput),
        ({"points": 10**12 + 1}, InvalidInput),
        ({"what": " "}, InvalidInput),
        ({"what": "x" * 101}, InvalidInput),
        ({"partner": "a:b"}, InvalidInput),
        ({"partner": "x" * 101}, InvalidInput),
        ({"points": 1001}, InsufficientPoints),
        ({"currency": "xp"}, NotAvailable),
        ({"activity": "nothing"}, NotFound),
    ],
)
async def test_what_is_no_bill_is_not_paid(member, changes, error):
    ani = await member()
    for verb in (payments.pay(ani, bill(**changes), source="s"), held(ani, **changes)):
        with pytest.raises(error):
            await verb
    assert await lines(ani) == []


@pytest.mark.parametrize("seconds", [0, -1, payments.HELD_SECONDS_MAX + 1])
async def test_a_hold_lasts_neither_no_time_nor_for_ever(member, seconds):
    ani = await member()
    with pytest.raises(InvalidInput, match="2,592,000"):
        await held(ani, seconds=seconds)


async def test_more_than_is_held_is_not_captured(member):
    ani = await member()
    hold = await held(ani)
    for points in (0, -1, 301):
        with pytest.raises(InvalidInput):
            await payments.capture(hold, source="c", points=points)
    assert await balance(ani) == 700


async def test_holds_of_other_rooms_are_none_of_a_tills(member, campaign):
    """A donation that is held must not be captured past its receipt and thermometer."""
    await campaign()
    ani = await member()
    given = await donations.donate(ani, campaign="wells", points=60, source="d", confirm=False)
    paid = await payments.pay(ani, LUNCH, source="s")
    for said in ({"source": "d"}, {"id": given.donation.entry_id}, {"id": paid.entry.id}):
        with pytest.raises(NotFound):
            await payments.find_hold(**said)
    await donations.confirm(ani, donation=given.donation.id, source="ok")
    for said in ({"source": "d"}, {"source": "ok"}, {"id": "nothing"}):
        with pytest.raises(NotFound):
            await payments.find_payment(**said)


async def test_a_hold_is_found_by_its_id_and_its_source(member):
    hold = await held(await member())
    assert await payments.find_hold(id=hold.id) == hold
    assert await payments.find_hold(source="h") == hold
    with pytest.raises(NotFound):
        await payments.find_payment(id=hold.id)


# --- once -----------------------------------------------------------------------------------------


async def test_the_same_words_get_the_first_answer(member):
    ani = await member()
    first = await payments.pay(ani, LUNCH, source="s")
    again = await payments.pay(ani, LUNCH, source="s")
    assert (again.entry, again.replayed) == (first.entry, True)
    for changes in ({"points": 301}, {"what": "Dinner"}, {"partner": "warung"}):
        with pytest.raises(IdempotencyConflict):
            await payments.pay(ani, bill(**changes), source="s")
    assert await balance(ani) == 700


async def test_one_of_many_resolves_a_hold(member):
    ani = await member()
    hold = await held(ani)
    answers = await asyncio.gather(
        *(
            payments.capture(hold, source=f"c{n}", points=100 + n)
            if n % 2
            else payments.release(hold, source=f"r{n}")
            for n in range(RACERS)
        ),
        return_exceptions=True,
    )
    assert Counter(map(type, answers)) == {Captured: 1, AlreadyResolved: RACERS - 1}
    [winner] = [one for one in answers if isinstance(one, Captured)]
    assert await balance(ani) == 1000 - winner.paid
    assert await ledger.account_total("redemption") == winner.paid
