"""Retracting: all or part of an activity, up to the whole, and everything that followed from it."""

import asyncio
from collections import Counter
from fractions import Fraction

import pytest

from gamification import engine, ledger
from gamification.engine import Recorded
from kit import database as db
from kit import outbox
from kit.clock import MINUTE
from kit.errors import AlreadyResolved, IdempotencyConflict, InvalidInput, NotFound
from tests.gamification import world

HALF = Fraction(1, 2)


async def retract(target, source="r", *, reason="refund", **taken):
    """Retract and settle."""
    answer = await engine.retract(target_id=target.id, source=source, reason=reason, **taken)
    await engine.settle([target.member_id])
    return answer


@pytest.fixture
async def bought(member, clock):
    entry = await world.buy(member, 1000, "p")
    clock.advance(days=1)
    return entry


@pytest.mark.parametrize(
    "taken, left",
    [
        ({}, 0),
        ({"share": Fraction(1)}, 0),
        ({"share": HALF}, 500),
        ({"share": Fraction(1, 3)}, 666),
        ({"amount": 1}, 999),
        ({"amount": 999}, 1),
        ({"amount": 1000}, 0),
    ],
)
async def test_points_follow_what_is_left(bought, taken, left):
    answer = await retract(bought, **taken)
    assert answer.replayed is False
    assert await world.balance(bought.member_id) == left
    await world.assert_sound()


async def test_the_ledger_says_what_was_taken_back_and_keeps_what_was_said(bought, clock):
    await retract(bought, amount=300)
    lines = await ledger.statement(bought.member_id, limit=9)
    assert [(one.kind, one.amount, one.subject) for one in lines] == [
        ("CLAWBACK", -300, "rule:one-to-one@1"),
        ("EARN", 1000, "rule:one-to-one@1"),
    ]
    assert [one.at for one in lines] == [clock.now, bought.at]
    assert await ledger.account_total(ledger.ISSUANCE) == -700


async def test_parts_sum_to_the_whole_to_the_unit(bought):
    balances = []
    for number, amount in enumerate((333, 333, 333, 1)):
        await retract(bought, f"r{number}", amount=amount)
        balances.append(await world.balance(bought.member_id))
    assert balances == [667, 334, 1, 0]
    with pytest.raises(AlreadyResolved):
        await retract(bought, "r4")
    await world.assert_sound()


async def test_by_a_part_and_then_by_the_rest(bought):
    await retract(bought, "r1", share=HALF)
    await retract(bought, "r2")
    assert await world.balance(bought.member_id) == 0
    rows = await db.fetch(
        "SELECT facts FROM journal_entry WHERE type = 'RETRACTION' ORDER BY source"
    )
    assert [row[0] for row in rows] == [
        '{"reason":"refund","share":500000}',
        '{"reason":"refund","share":500000}',
    ]


@pytest.mark.parametrize(
    "taken, path",
    [
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"share": Fraction(0)}, "fraction"),
        ({"share": Fraction(-1, 2)}, "fraction"),
        ({"share": Fraction(3, 2)}, "fraction"),
        ({"share": HALF, "amount": 5}, "amount"),
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"amount": 1001}, "amount"),
        ({"amount": 10**40}, "amount"),
    ],
)
async def test_what_cannot_be_taken_back_is_named_and_changes_nothing(bought, taken, path):
    before = await world.everything()
    with pytest.raises(InvalidInput) as raised:
        await retract(bought, **taken)
    assert [one.path for one in raised.value.problems] == [path]
    assert await world.everything() == before


async def test_no_more_than_is_left_can_be_taken_back(bought):
    await retract(bought, "r1", amount=600)
    before = await world.everything()
    for taken in ({"amount": 401}, {"share": HALF}):
        with pytest.raises(InvalidInput):
            await retract(bought, "r2", **taken)
    assert await world.everything() == before
    await retract(bought, "r2", amount=400)


async def test_an_activity_without_money_has_no_amount_to_take_back(member):
    await world.publish(("ACTIVITY_KIND", {"key": "visit", "title": "Visit"}))
    visit = await world.buy(member, None, "v", kind="visit")
    with pytest.raises(InvalidInput):
        await retract(visit, amount=1)
    await retract(visit, share=HALF)
    await retract(visit, "r2")


@pytest.mark.parametrize("target", [{"target_id": "nothing"}, {"target_source": "nothing"}, {}])
async def test_what_is_unknown_is_not_found(bought, target):
    before = await world.everything()
    with pytest.raises(NotFound):
        await engine.retract(source="r", reason="refund", **target)
    assert await world.everything() == before


async def test_only_activities_are_taken_back(bought):
    spent = await world.spend(bought.member_id, 5)
    first = await retract(bought, share=HALF)
    for entry, error in ((spent.entry, NotFound), (first.entry, InvalidInput)):
        with pytest.raises(error):
            await retract(entry, "r2")


async def test_it_may_be_named_by_its_source(bought):
    answer = await engine.retract(target_source="p", source="r", reason="refund")
    assert answer.entry.target == "p"


async def test_the_same_words_get_the_first_answer_and_others_a_conflict(bought):
    first = await retract(bought, amount=300)
    before = await world.everything()
    again = await retract(bought, amount=300)
    assert (again.entry, again.replayed) == (first.entry, True)
    for taken in ({"amount": 301}, {"share": HALF}, {}, {"amount": 300, "reason": "void"}):
        with pytest.raises(IdempotencyConflict):
            await retract(bought, **taken)
    assert await world.everything() == before


async def test_an_activitys_key_is_no_key_for_its_retraction(bought):
    with pytest.raises(IdempotencyConflict):
        await retract(bought, "p")


async def test_twenty_refunds_at_once_take_no_more_than_the_whole(bought):
    answers = await asyncio.gather(
        *(retract(bought, f"r{number}", amount=150) for number in range(20)),
        return_exceptions=True,
    )
    kinds = Counter(type(one) for one in answers)
    assert kinds == {Recorded: 6, InvalidInput: 14}
    assert await world.balance(bought.member_id) == 100
    await world.assert_sound()


async def test_one_key_for_two_members_at_once_serves_one(ground):
    entries = [await world.buy(await world.enrol(), 10) for _ in range(8)]
    answers = await asyncio.gather(
        *(retract(entry, "the-same") for entry in entries), return_exceptions=True
    )
    kinds = Counter(type(one) for one in answers)
    assert kinds == {Recorded: 1, IdempotencyConflict: 7}
    balances = [await world.balance(entry.member_id) for entry in entries]
    assert Counter(balances) == {0: 1, 10: 7}
    await world.assert_sound()


# --- many at once ---


def told(target="p", source="r", **taken):
    return engine.Retracting(source=source, reason="refund", target_source=target, **taken)


async def test_a_batch_is_decided_in_its_order_and_each_is_answered_by_itself(bought):
    answers = await engine.retract_all(
        [
            told(source="r1", amount=600),
            told(source="r2", amount=401),
            told(source="r1", amount=600),
            told(source="r1", amount=599),
            told("nothing", "r3"),
            told("r1", "r4"),
            told(source="r5", share=Fraction(2)),
            told(source="r6"),
            told(source="r7"),
            told(source="p"),
        ]
    )
    kinds = [type(one) for one in answers]
    assert kinds == [
        Recorded,
        InvalidInput,
        Recorded,
        IdempotencyConflict,
        NotFound,
        NotFound,
        InvalidInput,
        Recorded,
        AlreadyResolved,
        IdempotencyConflict,
    ]
    replayed = [one.replayed for one in answers if isinstance(one, Recorded)]
    assert replayed == [False, True, False]
    await engine.settle([bought.member_id])
    assert await world.balance(bought.member_id) == 0
    await world.assert_sound()


async def test_a_retraction_is_no_target_once_it_is_recorded(bought):
    await retract(bought, share=HALF)
    [answer] = await engine.retract_all([told("r", "r2")])
    assert answer.message == "activity: is itself a retraction, which nothing can take back"


async def test_a_batch_goes_over_many_members_with_a_handful_of_statements(ground, statements):
    for number in range(30):
        await world.buy(await world.enrol(), 10, f"p{number}")
    statements.clear()
    answers = await engine.retract_all([told(f"p{one}", f"r{one}") for one in range(30)])
    assert all(isinstance(one, Recorded) for one in answers)
    assert len(statements) <= 9


async def test_the_trusted_say_when_it_was_and_it_never_was_before_the_activity(bought, clock):
    earlier, later = bought.at - 5, bought.at + 5
    answers = await engine.retract_all(
        [
            told(source="r1", share=HALF, occurred_at=earlier),
            told(source="r2", share=HALF, occurred_at=later),
            told(source="r3", occurred_at=1 << 62),
        ],
        trusted=True,
    )
    assert [one.entry.at for one in answers[:2]] == [bought.at, later]
    assert answers[2].message == "occurredAt: must be in the years 1000 to 8999"


async def test_from_the_trusted_what_it_came_to_is_a_repetition_too(bought):
    await retract(bought, "r1", amount=400)
    last = (await retract(bought, "r2")).entry
    same = told(source="r2", share=Fraction(6, 10), occurred_at=last.at)
    [answer] = await engine.retract_all([same], trusted=True)
    assert (answer.entry, answer.replayed) == (last, True)
    for other in (
        told(source="r2", share=HALF, occurred_at=last.at),
        told(source="r2", share=Fraction(6, 10), occurred_at=last.at + 1),
        told(source="r2", amount=600, occurred_at=last.at),
        told("other", "r2", share=Fraction(6, 10), occurred_at=last.at),
    ):
        [answer] = await engine.retract_all([other], trusted=True)
        assert isinstance(answer, IdempotencyConflict | NotFound)


# --- what follows ---------------------------------------------------------------------------------


async def test_buy_redeem_refund_leaves_a_debt_that_the_next_earnings_pay(bought):
    """Keeping the points of a refunded purchase is a known exploit of others."""
    ani = bought.member_id
    await world.spend(ani, 900)
    await retract(bought)
    assert await world.balance(ani) == -900
    await world.assert_sound()
    await world.buy(ani, 500)
    assert await world.balance(ani) == -400
    await world.buy(ani, 500)
    assert await world.balance(ani) == 100
    await world.assert_sound()


async def test_a_refund_loop_earns_nothing(member, clock):
    for number in range(5):
        entry = await world.buy(member, 100, f"p{number}")
        await retract(entry, f"r{number}")
        clock.advance(hours=1)
    assert await world.balance(member) == 0
    await world.assert_sound()


PROGRAMME = (
    ("BADGE", {"key": "b", "name": "B", "metric": {"kind": "purchase"}, "goal": 2}),
    (
        "CHALLENGE",
        {
            "key": "c",
            "title": "C",
            "tasks": [{"metric": {"kind": "purchase"}, "goal": 2}],
            "starts_at": "2026-03-01T00:00:00Z",
            "ends_at": "2026-04-01T00:00:00Z",
            "prizes": [{"points": {"currency": "points", "amount": 50}}],
        },
    ),
    (
        "TIER_SET",
        {
            "key": "t",
            "name": "T",
            "metric": {"kind": "purchase", "aggregate": "SUM", "field": "amount"},
            "levels": [
                {"key": "low", "name": "", "threshold": 0},
                {"key": "high", "name": "", "threshold": 150},
            ],
        },
    ),
    ("STREAK", {"key": "s", "name": "S", "period": "DAY", "metric": {"kind": "purchase"}}),
    (
        "LEADERBOARD",
        {
            "key": "l",
            "title": "L",
            "metric": {"kind": "purchase", "aggregate": "SUM", "field": "amount"},
        },
    ),
)


async def test_one_refund_reaches_everything_that_it_should(member, clock):
    await world.publish(*PROGRAMME)
    await world.buy(member, 100, "p1")
    clock.advance(days=1)
    second = await world.buy(member, 100, "p2")
    clock.advance(hours=1)
    won = (await engine.standing_of(member)).standing
    assert won.badges["b"].achieved == {"": second.at}
    assert won.challenges["c"].completed_at == second.at
    assert (won.tiers["t"].level, won.streaks["s"].length) == (1, 2)
    assert await world.balance(member) == 250
    before = await outbox.newest_position(member)
    await retract(second)
    lost = (await engine.standing_of(member)).standing
    assert lost.badges["b"].achieved == {}
    assert lost.challenges["c"].completed_at is None
    assert (lost.tiers["t"].level, lost.streaks["s"].length) == (0, 1)
    assert await world.balance(member) == 100
    rows = await db.fetch("SELECT score FROM score")
    assert [tuple(row) for row in rows] == [(100,)]
    told = [one.fact for one in await outbox.facts_after(member, before)]
    assert Counter(one["type"] for one in told)["badge.revoked"] == 1
    await world.assert_sound()
    third = await world.buy(member, 100, "p3")
    again = (await engine.standing_of(member)).standing
    assert again.badges["b"].achieved == {"": third.at}
    assert again.challenges["c"].completed_at == third.at
    assert await world.balance(member) == 250
    await world.assert_sound()


async def test_a_refund_of_all_leaves_the_member_as_if_nothing_had_happened(member, clock):
    await world.publish(*PROGRAMME)
    entries = []
    for number in range(4):
        entries.append(await world.buy(member, 100, f"p{number}"))
        clock.advance(days=1)
    for number, entry in enumerate(entries):
        await retract(entry, f"r{number}")
    standing = (await engine.standing_of(member)).standing
    assert (standing.wallets, standing.badges, standing.streaks) == ({}, {}, {})
    assert await db.fetch("SELECT board FROM score") == []
    row = await db.fetch_one("SELECT sum(change) FROM effect WHERE kind = 'badge'")
    assert row[0] == 0
    await world.assert_sound()


@pytest.fixture
async def honoured(member, clock):
    """Somebody with a badge that refunds revoke, and one that they leave."""
    metric = {"kind": "purchase", "aggregate": "COUNT"}
    levels = [
        {"key": "two", "name": "Two", "goal": 2},
        {"key": "three", "name": "Three", "goal": 3},
    ]
    await world.publish(
        ("BADGE", {"key": "strict", "name": "S", "metric": metric, "goal": 2}),
        (
            "BADGE",
            {"key": "kind", "name": "K", "metric": metric, "levels": levels}
            | {"on_refund": "KEEP"},
        ),
    )
    for number in range(2):
        clock.advance(days=1)
        await world.buy(member, 10, f"b{number}")
    return member


async def badges(member_id):
    standing = (await engine.standing_of(member_id)).standing
    return {key: state.achieved for key, state in standing.badges.items() if state.achieved}


async def test_a_badge_that_is_kept_survives_the_refund_of_what_won_it(honoured, clock):
    won = (await badges(honoured))["kind"]
    clock.advance(days=1)
    await engine.retract(target_source="b0", source="r", reason="refund")
    await engine.settle([honoured])
    assert await badges(honoured) == {"kind": won}
    clock.advance(days=1)
    await world.buy(honoured, 10, "b2")
    assert set(await badges(honoured)) == {"kind", "strict"}
    await engine.retract(target_source="b1", source="r2", reason="refund")
    await engine.retract(target_source="b2", source="r3", reason="refund")
    await engine.settle([honoured])
    assert await badges(honoured) == {"kind": won}
    await world.assert_sound()


async def test_what_is_kept_is_no_news_and_counts_no_further(honoured, clock):
    await engine.retract(target_source="b0", source="r", reason="refund")
    await engine.settle([honoured])
    told = [one.fact["type"] for one in await outbox.facts_after(honoured, 0, limit=99)]
    assert told.count("badge.revoked") == 1
    clock.advance(days=1)
    await world.buy(honoured, 10, "b2")
    assert (await badges(honoured))["kind"].keys() == {"two"}
    clock.advance(days=1)
    await world.buy(honoured, 10, "b3")
    assert (await badges(honoured))["kind"].keys() == {"two", "three"}
    await world.assert_sound()


async def test_what_only_ran_ahead_of_the_clock_lets_no_time_pass_once_it_is_taken_back(
    member, clock
):
    await world.publish(("CURRENCY", {**world.POINTS[1], "expires_after_days": 1}))
    await world.buy(member, 100, "p0")
    clock.advance(hours=23, minutes=58)
    await world.buy(member, 1, "ahead", occurred_at=clock.now + 4 * MINUTE)
    await engine.retract(target_source="ahead", source="r", reason="a mistake")
    await engine.settle([member])
    assert await world.balance(member) == 100
    await world.assert_sound()
    clock.advance(minutes=2)
    assert await world.balance(member) == 0
    await engine.sweep()
    await world.assert_sound()
