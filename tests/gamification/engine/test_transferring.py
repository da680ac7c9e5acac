"""Transfers: points go from one member to another, both at once, and never last longer for it."""

import asyncio
from collections import Counter

import pytest

from gamification import engine, journal, ledger, members
from gamification.engine import Recipient, Transferred
from gamification.programme import Backfill, Scope
from kit import outbox
from kit.clock import DAY
from kit.errors import (
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from tests.gamification import world
from tests.gamification.world import balance

RACERS = 50
GIVABLE = (
    "CURRENCY",
    {
        "key": "points",
        "name": "Points",
        "main": True,
        "expires_after_days": 90,
        "transfers": {"min": 10, "max": 500, "max_per_day": 600},
    },
)


@pytest.fixture
async def ani(member):
    """Somebody with a thousand points of a currency that members may hand over."""
    await world.publish(GIVABLE, backfill=Backfill(scope=Scope.ALL))
    await world.buy(member, 1000)
    return member


@pytest.fixture
async def budi(ground):
    """Somebody without any, in another time zone."""
    return await world.enrol("budi", time_zone="Asia/Jakarta")


async def give(sender, points=100, source="t", *, to="budi", currency="points", message=""):
    return await engine.transfer(
        sender,
        to=to if isinstance(to, Recipient) else Recipient(external_id=to),
        currency=currency,
        points=points,
        source=source,
        message=message,
    )


async def wallet_of(member_id):
    return (await engine.standing_of(member_id)).standing.wallets["points"]


# --- both sides -----------------------------------------------------------------------------------


async def test_points_go_from_one_to_the_other(ani, budi):
    done = await give(ani, 100, message="For the tea")
    assert (done.replayed, done.transfer.message) == (False, "For the tea")
    assert (await balance(ani), await balance(budi)) == (900, 100)
    for member_id, amount, subject in ((ani, -100, "transfer:out"), (budi, 100, "transfer:in")):
        [line, *_] = await ledger.statement(member_id, limit=9)
        assert (line.kind, line.amount, line.subject) == ("TRANSFER", amount, subject)
    assert await ledger.account_total("transfer") == 0
    await world.assert_sound()


async def test_a_referral_code_names_somebody_too(ani, budi):
    code = (await members.find(id=budi)).referral_code
    await give(ani, to=Recipient(referral_code=f" {code.lower()} "))
    assert await balance(budi) == 100


async def test_what_was_given_is_nothing_that_was_earned(ani, budi):
    await give(ani, 100)
    assert (await wallet_of(ani)).lifetime == 1000
    assert (await wallet_of(budi)).lifetime == 0


async def test_points_keep_the_expiry_that_they_have(ani, budi, clock):
    clock.advance(days=30)
    await world.buy(ani, 100)
    await world.spend(ani, 950)
    await give(ani, 100)
    await give(budi, 80, "back", to="ani")
    wallet = await wallet_of(budi)
    assert [(lot.points, lot.expires_at - clock.now) for lot in wallet.lots] == [(20, 90 * DAY)]
    clock.advance(days=60)
    assert (await balance(ani), await balance(budi)) == (80, 20)
    clock.advance(days=30)
    assert (await balance(ani), await balance(budi)) == (0, 0)
    await engine.sweep()
    await world.assert_sound()


async def test_points_that_slide_expire_when_they_would_have(ani, budi, clock):
    sliding = {"mode": "SLIDING", "count": 30, "unit": "DAY"}
    body = {"key": "gems", "name": "Gems", "expiry": sliding, "transfers": {}}
    await world.publish(("CURRENCY", body))
    by = engine.Staff(name="rina")
    given = {"currency": "gems", "reason": "A start", "by": by}
    await engine.adjust(ani, points=100, source="1", **given)
    await engine.adjust(budi, points=10, source="2", **given)
    clock.advance(days=10)
    await give(ani, 40, currency="gems")
    clock.advance(days=10)
    for member_id in (ani, budi):
        await world.buy(member_id, 1)
    clock.advance(days=10, seconds=1)
    assert (await balance(ani, "gems"), await balance(budi, "gems")) == (60, 10)
    await engine.sweep()
    await world.assert_sound()


async def test_those_who_give_and_earn_from_a_budget_do_not_wait_for_ever(ani, budi):
    """Settling takes a budget's lock after the members': a transfer must not do it in between."""
    rule = {
        "key": "bonus",
        "title": "A bonus",
        "kind": "purchase",
        "currency": "points",
        "earn": {"points": 1},
        "budget": {"points": 10_000},
    }
    await world.publish(("EARNING_RULE", rule))

    async def earn(member_id, number):
        await world.buy(member_id, 1, f"{member_id}:{number}")

    async def earn_and_give(sender, number, to):
        await engine.record([world.bought(sender, 10, f"{sender}:{number}")])
        await give(sender, 10, f"t{number}", to=to)

    await asyncio.gather(
        *(
            earn(budi if number % 4 == 1 else ani, number)
            if number % 2
            else earn_and_give(*((ani, number, "budi") if number % 4 else (budi, number, "ani")))
            for number in range(40)
        )
    )
    await world.assert_sound()


async def test_both_hear_of_it(ani, budi):
    done = (await give(ani, 100, message="For the tea")).transfer
    for member_id, kind, other, amount in (
        (ani, "points.sent", {"to": budi}, -100),
        (budi, "points.received", {"from": ani}, 100),
    ):
        facts = [one.fact for one in await outbox.facts_after(member_id, 0)][-2:]
        assert [fact["type"] for fact in facts] == ["points.posted", kind]
        assert facts[0]["amount"] == amount
        assert facts[1] == {
            "type": kind,
            "at": done.at,
            "currency": "points",
            "points": 100,
            "transfer": done.id,
            **other,
        }


async def test_the_message_stands_in_no_journal(ani, budi):
    done = (await give(ani, message="For the tea")).transfer
    for entry in await journal.entries_by_id([done.out_entry_id, done.in_entry_id]):
        assert "tea" not in repr(entry)
    assert (await engine.transfers_of([done.id, "nothing"])) == {done.id: done}


async def test_both_find_their_transfers_newest_first(ani, budi, clock):
    first = (await give(ani, 100, "1")).transfer
    clock.advance(days=1)
    second = (await give(budi, 20, "2", to="ani")).transfer
    for member_id in (ani, budi):
        assert await engine.transfers_page(member_id, limit=9) == [second, first]
        behind = await engine.transfers_page(member_id, after=(second.at, second.id), limit=9)
        assert behind == [first]
    assert await engine.transfers_page(await world.enrol(), limit=9) == []


async def test_a_journal_that_is_ahead_of_the_clock_holds_nobody_up(ani, budi, clock):
    await world.buy(budi, 5, occurred_at=clock.now + 60_000_000)
    done = (await give(ani)).transfer
    assert done.at > clock.now + 60_000_000
    clock.set(done.at)
    assert await balance(budi) == 105
    await world.assert_sound()


async def test_a_late_activity_moves_no_points_that_were_given(ani, budi, clock):
    clock.advance(days=3)
    await give(ani, 100)
    await world.buy(ani, 70, occurred_at=clock.now - 2 * DAY)
    await world.buy(budi, 5, occurred_at=clock.now - 2 * DAY)
    assert (await balance(ani), await balance(budi)) == (970, 105)
    await world.assert_sound()


async def test_a_refund_of_what_was_given_is_the_givers_debt(ani, budi):
    bought = await world.buy(ani, 400, "refunded")
    await world.spend(ani, 900)
    await give(ani, 500)
    await engine.retract(target_id=bought.id, source="r", reason="refund")
    await engine.settle([ani])
    assert (await balance(ani), await balance(budi)) == (-400, 500)
    await world.assert_sound()


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"points": 0}, InvalidInput),
        ({"points": 9}, InvalidInput),
        ({"points": 501}, InvalidInput),
        ({"points": 10**12 + 1}, InvalidInput),
        ({"message": "x" * 501}, InvalidInput),
        ({"to": "ani"}, InvalidInput),
        ({"to": "nobody"}, NotFound),
        ({"currency": "gold"}, NotFound),
        ({"currency": "xp"}, NotAvailable),
        ({"currency": "kept"}, NotAvailable),
    ],
)
async def test_what_cannot_be_given_changes_nothing(ani, budi, said, error):
    await world.publish(
        ("CURRENCY", {"key": "xp", "name": "XP", "kind": "XP"}),
        ("CURRENCY", {"key": "kept", "name": "Kept"}),
    )
    before = await world.everything()
    with pytest.raises(error):
        await give(ani, **said)
    assert await world.everything() == before


async def test_an_unknown_member_gives_nothing(ani, budi):
    with pytest.raises(NotFound):
        await give("nobody")


async def test_only_points_that_are_there_are_given(ani, budi):
    await world.spend(ani, 950)
    before = await world.everything()
    with pytest.raises(InsufficientPoints) as raised:
        await give(ani, 51)
    assert (raised.value.needed, raised.value.available) == (51, 50)
    assert await world.everything() == before


async def test_pending_points_are_not_given(ani, budi):
    await world.publish(
        (GIVABLE[0], {**GIVABLE[1], "pending_days": 14}), backfill=Backfill(scope=Scope.ALL)
    )
    while await engine.settle_pending():
        pass
    with pytest.raises(InsufficientPoints):
        await give(ani, 10)


async def test_who_could_not_send_learns_of_nobody(ani, budi):
    """Whether somebody is a member is told to a sender who has the points, and to nobody else."""
    await world.spend(ani, 1000)
    for to in ("budi", "nobody"):
        with pytest.raises(InsufficientPoints):
            await give(ani, to=to)


async def test_so_many_a_day_where_the_sender_lives(ani, budi, clock):
    cici = await world.enrol("cici", time_zone="Asia/Jakarta")
    await world.buy(cici, 2000)
    clock.set("2026-03-02T16:59:00Z")
    await give(cici, 500, "1")
    with pytest.raises(NotAvailable, match="of 600 points a day 100 are left"):
        await give(cici, 101, "2")
    await give(cici, 100, "2")
    # Midnight in Jakarta; in London it is not.
    clock.set("2026-03-02T17:00:00Z")
    await give(cici, 500, "3")
    assert await balance(budi) == 1100


# --- once -----------------------------------------------------------------------------------------


async def test_the_same_words_get_the_first_answer(ani, budi, clock):
    first = await give(ani, 500)
    before = await world.everything()
    clock.advance(days=1)
    again = await give(ani, 500)
    assert (again.transfer, again.replayed) == (first.transfer, True)
    assert await world.everything() == before


async def test_other_words_are_a_conflict(ani, budi):
    await world.enrol("cici")
    await give(ani, 100)
    await world.spend(ani, 10, "s")
    before = await world.everything()
    for call in (
        give(ani, 101),
        give(ani, 100, to="cici"),
        give(ani, 100, message="Other"),
        give(budi, 100, to="ani"),
        give(ani, 100, "s"),
    ):
        with pytest.raises(IdempotencyConflict):
            await call
    assert await world.everything() == before


async def test_racers_never_give_more_than_a_day_allows(ani, budi):
    answers = await asyncio.gather(
        *(give(ani, 50, f"t{n}") for n in range(RACERS)), return_exceptions=True
    )
    assert Counter(map(type, answers)) == {Transferred: 12, NotAvailable: RACERS - 12}
    assert (await balance(ani), await balance(budi)) == (400, 600)
    await world.assert_sound()


async def test_racers_never_give_more_than_there_is(ani, budi):
    await world.spend(ani, 760)
    answers = await asyncio.gather(
        *(give(ani, 50, f"t{n}") for n in range(RACERS)), return_exceptions=True
    )
    assert Counter(map(type, answers)) == {Transferred: 4, InsufficientPoints: RACERS - 4}
    assert (await balance(ani), await balance(budi)) == (40, 200)
    await world.assert_sound()


async def test_two_who_give_to_each_other_at_once_do_not_wait_for_ever(ani, budi):
    await world.buy(budi, 1000)
    answers = await asyncio.gather(
        *(
            give(ani, 10, f"a{n}") if n % 2 else give(budi, 10, f"b{n}", to="ani")
            for n in range(RACERS)
        )
    )
    assert len(answers) == RACERS
    assert (await balance(ani), await balance(budi)) == (1000, 1000)
    await world.assert_sound()


async def test_many_retries_give_once(ani, budi):
    answers = await asyncio.gather(*(give(ani) for _ in range(RACERS)))
    assert Counter(one.replayed for one in answers) == {False: 1, True: RACERS - 1}
    assert (await balance(ani), await balance(budi)) == (900, 100)
