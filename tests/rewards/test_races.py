"""Many clients at one moment: what is scarce has one winner, and a retry is harmless."""

import asyncio
from collections import Counter

import pytest

from gamification import ledger
from kit import database as db
from kit.errors import PialaError
from rewards import catalogue, donations, redemptions
from rewards.redemptions import attempts
from tests.rewards.world import balance

pytestmark = pytest.mark.usefixtures("audited")

CLIENTS = 50
RETRIES = 100


async def together(calls):
    """Let all calls start at the same moment; their answers, refusals among them."""
    gate = asyncio.Event()

    async def waiting(call):
        await gate.wait()
        return await call

    tasks = [asyncio.create_task(waiting(call)) for call in calls]
    await asyncio.sleep(0)
    gate.set()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [one for one in answers if isinstance(one, BaseException)]
    assert [one for one in broken if not isinstance(one, PialaError)] == []
    return answers


def kinds(answers):
    """How many answers there are of each kind."""
    return Counter(type(answer).__name__ for answer in answers)


async def test_the_last_item_has_one_winner(member, reward):
    await reward(stock=1)
    clients = [await member(points=100) for _ in range(CLIENTS)]
    answers = await together(
        redemptions.redeem(client, reward="latte", source=f"app:{client}") for client in clients
    )
    assert kinds(answers) == {"Redeemed": 1, "SoldOut": CLIENTS - 1}
    balances = Counter([await balance(client) for client in clients])
    assert balances == {0: 1, 100: CLIENTS - 1}
    assert (await catalogue.find("latte")).remaining == 0
    assert await ledger.account_total(ledger.REDEMPTION) == 100


async def test_a_few_items_have_as_many_winners(member, reward):
    await reward(stock=7)
    clients = [await member(points=100) for _ in range(CLIENTS)]
    answers = await together(
        redemptions.redeem(client, reward="latte", source=f"app:{client}") for client in clients
    )
    assert kinds(answers) == {"Redeemed": 7, "SoldOut": CLIENTS - 7}


async def test_one_balance_is_spent_once(member, reward):
    """Twenty gifts from one balance by racing: a known exploit of others."""
    await reward(price=100)
    ani = await member(points=299)
    answers = await together(
        redemptions.redeem(ani, reward="latte", source=f"app:{number}") for number in range(20)
    )
    assert kinds(answers) == {"Redeemed": 2, "InsufficientPoints": 18}
    assert await balance(ani) == 99


async def test_a_members_limit_holds_against_themselves(member, reward):
    await reward(price=1, per_member=3)
    ani = await member()
    answers = await together(
        redemptions.redeem(ani, reward="latte", source=f"app:{number}") for number in range(20)
    )
    assert kinds(answers) == {"Redeemed": 3, "NotAvailable": 17}
    assert await balance(ani) == 997


async def test_a_hundred_retries_redeem_once(member, reward):
    await reward(stock=1, per_member=1)
    ani = await member(points=100)
    answers = await together(
        redemptions.redeem(ani, reward="latte", source="app:1") for _ in range(RETRIES)
    )
    assert kinds(answers) == {"Redeemed": RETRIES}
    assert Counter(answer.replayed for answer in answers) == {False: 1, True: RETRIES - 1}
    assert len({redemptions.voucher_of(answer.redemption).code for answer in answers}) == 1
    assert await balance(ani) == 0
    assert [list(row) for row in await db.fetch("SELECT count(*) FROM redemption")] == [[1]]


async def test_one_source_for_many_members_serves_one(member, reward):
    await reward()
    clients = [await member(points=100) for _ in range(10)]
    answers = await together(
        redemptions.redeem(client, reward="latte", source="app:1") for client in clients
    )
    assert kinds(answers) == {"Redeemed": 1, "IdempotencyConflict": 9}
    assert Counter([await balance(client) for client in clients]) == {0: 1, 100: 9}


async def test_a_hundred_retries_donate_once(member, campaign):
    await campaign()
    ani = await member(points=100)
    answers = await together(
        donations.donate(ani, campaign="wells", points=100, source="app:1") for _ in range(RETRIES)
    )
    assert kinds(answers) == {"Donated": RETRIES}
    assert Counter(answer.replayed for answer in answers) == {False: 1, True: RETRIES - 1}
    assert {answer.donation.receipt for answer in answers} == {1}
    assert await ledger.account_total("charity:water") == 100


async def test_donors_at_one_moment_leave_no_gap(member, campaign):
    await campaign()
    await campaign("pumps")
    clients = [await member(points=10) for _ in range(CLIENTS)]
    answers = await together(
        donations.donate(
            client, campaign=("wells", "pumps")[number % 2], points=10, source=f"app:{client}"
        )
        for number, client in enumerate(clients)
    )
    assert kinds(answers) == {"Donated": CLIENTS}
    receipts = sorted(answer.donation.receipt for answer in answers)
    assert receipts == list(range(1, CLIENTS + 1))
    thermometers = await donations.thermometers_of(["wells", "pumps"])
    assert {one.raised for one in thermometers.values()} == {CLIENTS // 2 * 10}
    assert {one.donors for one in thermometers.values()} == {CLIENTS // 2}
    assert await ledger.account_total("charity:water") == CLIENTS * 10


async def test_a_hold_is_resolved_by_one(member, campaign):
    await campaign()
    ani = await member(points=100)
    held = await donations.donate(ani, campaign="wells", points=60, source="app:1", confirm=False)
    answers = await together(
        (donations.confirm, donations.cancel)[number % 2](
            ani, donation=held.donation.id, source=f"app:resolve:{number}"
        )
        for number in range(20)
    )
    assert kinds(answers) == {"Donated": 1, "AlreadyResolved": 19}
    [winner] = [answer for answer in answers if isinstance(answer, donations.Donated)]
    confirmed = winner.donation.resolution.outcome is donations.Outcome.CONFIRMED
    assert await balance(ani) == (40 if confirmed else 100)
    assert await ledger.account_total("charity:water") == (60 if confirmed else 0)


async def test_a_client_that_gives_up_leaves_it_done_or_undone(member, reward):
    """Cancelled at different moments: what was begun ends, and the retry gets the same."""
    await reward(price=1)
    ani = await member(points=100)
    for number in range(30):
        task = asyncio.create_task(redemptions.redeem(ani, reward="latte", source=f"app:{number}"))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await redemptions.redeem(ani, reward="latte", source=f"app:{number}")
    assert await balance(ani) == 70
    assert (await redemptions.counts_of(ani, ["latte"])) == {"latte": 30}


async def test_a_voucher_is_used_or_returned_and_never_both(member, reward):
    await reward(stock=3)
    ani = await member(points=100)
    made = await redemptions.redeem(ani, reward="latte", source="app:1")
    code = redemptions.voucher_of(made.redemption).code

    async def end(number):
        if number % 2:
            return await redemptions.use(code, source=f"use:{number}", caller=f"till:{number}")
        return await redemptions.give_back(
            made.redemption.id, reason="cold", source=f"back:{number}"
        )

    answers = await together(end(number) for number in range(20))
    [winner] = [answer for answer in answers if isinstance(answer, redemptions.Ended)]
    returned = winner.redemption.end.outcome is redemptions.Outcome.RETURNED
    assert await balance(ani) == (100 if returned else 0)
    assert (await catalogue.find("latte")).remaining == (3 if returned else 2)


async def test_a_return_puts_one_back_however_often_it_is_asked_for(member, reward):
    await reward(stock=3)
    ani = await member(points=100)
    made = await redemptions.redeem(ani, reward="latte", source="app:1")
    answers = await together(
        redemptions.give_back(made.redemption.id, reason="cold", source=f"back:{number % 2}")
        for number in range(RETRIES)
    )
    assert kinds(answers) == {"Ended": RETRIES // 2, "AlreadyResolved": RETRIES // 2}
    assert await balance(ani) == 100
    assert (await catalogue.find("latte")).remaining == 3


async def test_wrong_codes_at_one_moment_count_each(ground, monkeypatch):
    monkeypatch.setattr(attempts, "WRONG_MAX", 5)
    answers = await together(
        redemptions.use("0" * 20, source=f"use:{number}", caller="till") for number in range(30)
    )
    assert Counter("too many" in answer.message for answer in answers) == {False: 5, True: 25}
