"""Points that paid for something come back with its refund, to the lots that they came from."""

import asyncio
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification import engine, journal, ledger
from gamification.engine.returns import points_due
from gamification.journal import WHOLE, Facts
from kit import clock as kit_clock
from kit.clock import DAY
from kit.errors import (
    AlreadyResolved,
    IdempotencyConflict,
    InsufficientPoints,
    InvalidInput,
    NotAvailable,
    NotFound,
)
from tests.gamification import world
from tests.gamification.factories import ALWAYS, entry
from tests.gamification.world import balance

EXPIRING = ("CURRENCY", {**world.POINTS[1], "expires_after_days": 30})


def with_policy(shortage):
    return world.publish(("CURRENCY", {**world.POINTS[1], "shortage": shortage}))


@pytest.fixture
async def rich(member):
    """Somebody with a hundred points."""
    await world.buy(member, 100, "p")
    return member


async def pay(member_id, points, activity, source="pay"):
    """Pay for a purchase with points."""
    return await engine.spend(
        member_id,
        points=points,
        currency="points",
        account="redemption",
        subject="till",
        source=source,
        activity=activity,
    )


async def refund(target, source="r", **taken):
    answer = await engine.retract(target_source=target, source=source, reason="refund", **taken)
    await engine.settle([answer.entry.member_id])
    return answer


async def lots(member_id):
    view = await engine.standing_of(member_id)
    return [(one.key, one.points) for one in view.standing.wallets["points"].lots]


async def test_a_refund_gives_back_what_paid_for_it(rich):
    await world.buy(rich, 40, "coat")
    await pay(rich, 60, "coat")
    assert await balance(rich) == 80
    await refund("coat")
    assert await balance(rich) == 100
    assert await lots(rich) == [("earn:p:one-to-one", 100)]
    assert await ledger.account_total("redemption") == 0
    await world.assert_sound()


async def test_parts_of_a_refund_give_back_parts_that_sum_to_the_whole(rich):
    await world.buy(rich, 30, "coat")
    await pay(rich, 100, "coat")
    seen = []
    for number in range(3):
        await refund("coat", f"r{number}", share=Fraction(1, 3))
        seen.append(await balance(rich))
    assert seen == [20 + 33, 10 + 66, 100]
    await world.assert_sound()


async def test_points_come_back_with_the_expiry_that_they_had(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 100, "old")
    clock.advance(days=20)
    await world.buy(member, 10, "coat")
    await pay(member, 100, "coat")
    await refund("coat")
    assert await balance(member) == 100
    clock.advance(days=9, hours=23)
    assert await balance(member) == 100
    clock.advance(hours=1)
    assert await balance(member) == 0
    assert await engine.sweep() == 1
    await world.assert_sound()


async def test_points_whose_expiry_has_come_meanwhile_do_not_come_back_to_life(member, clock):
    await world.publish(EXPIRING)
    await world.buy(member, 100, "old")
    clock.advance(days=20)
    await world.buy(member, 10, "coat")
    await pay(member, 100, "coat")
    clock.advance(days=20)
    await refund("coat")
    assert await balance(member) == 0
    await world.assert_sound()


async def test_a_captured_hold_that_paid_for_it_is_given_back_too(rich):
    await world.buy(rich, 10, "coat")
    await engine.hold(
        rich,
        points=80,
        currency="points",
        account="redemption",
        subject="till",
        source="h",
        release_at=kit_clock.now() + DAY,
        activity="coat",
    )
    await engine.capture(rich, hold_source="h", source="c", points=50)
    assert await balance(rich) == 60
    await refund("coat", share=Fraction(1, 2))
    assert await balance(rich) == 60 - 5 + 25
    await refund("coat", "r2")
    assert await balance(rich) == 100
    assert await lots(rich) == [("earn:p:one-to-one", 100)]
    await world.assert_sound()


async def test_what_was_refunded_before_it_was_paid_does_not_count(rich):
    await world.buy(rich, 100, "coat")
    await refund("coat", "r1", share=Fraction(1, 2))
    await pay(rich, 100, "coat")
    assert await balance(rich) == 50
    await refund("coat", "r2", share=Fraction(1, 4))
    assert await balance(rich) == 25 + 50
    await refund("coat", "r3")
    assert await balance(rich) == 100
    await world.assert_sound()


async def test_nothing_can_be_paid_that_is_gone_or_somebody_elses(rich):
    other = await world.enrol()
    await world.buy(other, 10, "theirs")
    await world.buy(rich, 10, "gone")
    await refund("gone")
    before = await world.everything()
    for activity, error in (("theirs", NotFound), ("nothing", NotFound), ("gone", AlreadyResolved)):
        with pytest.raises(error):
            await pay(rich, 10, activity)
    assert await world.everything() == before


# --- given back by hand ---------------------------------------------------------------------------


async def give(member_id, target, source="g", **how):
    return await engine.give_back(
        member_id, target_source=target, reason="broken", source=source, **how
    )


async def test_points_are_given_back_up_to_the_whole_and_once(rich):
    await world.spend(rich, 60, "s")
    first = await give(rich, "s", points=20)
    assert await balance(rich) == 60
    again = await give(rich, "s", points=20)
    assert (again.replayed, again.entry.id) == (True, first.entry.id)
    with pytest.raises(IdempotencyConflict):
        await give(rich, "s", points=21)
    with pytest.raises(InvalidInput, match="what is left"):
        await give(rich, "s", "g2", points=41)
    await give(rich, "s", "g3")
    assert await balance(rich) == 100
    with pytest.raises(AlreadyResolved):
        await give(rich, "s", "g4")
    await world.assert_sound()


async def test_racers_give_back_no_more_than_was_paid(rich):
    await world.spend(rich, 60, "s")
    answers = await asyncio.gather(
        *(give(rich, "s", f"g{n}", points=25) for n in range(10)), return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in answers) == 2
    assert await balance(rich) == 90
    await world.assert_sound()


async def test_a_donation_stays_with_the_charity(rich):
    await world.spend(rich, 60, "s", account="charity:water")
    with pytest.raises(NotAvailable):
        await give(rich, "s")
    with pytest.raises(NotFound):
        await give(rich, "p")
    with pytest.raises(NotFound):
        await give(await world.enrol(), "s")


# --- what was spent already -----------------------------------------------------------------------


async def test_a_refund_of_what_is_spent_leaves_a_debt_that_the_next_earnings_pay(rich):
    await world.spend(rich, 80)
    await refund("p")
    assert await balance(rich) == -80
    await world.buy(rich, 50)
    assert await balance(rich) == -30
    await world.assert_sound()


async def test_where_the_programme_bears_it_the_member_owes_nothing(rich, clock):
    await with_policy("WRITE_OFF")
    await world.spend(rich, 80)
    await refund("p")
    assert await balance(rich) == 0
    assert await ledger.account_total("write-off") == -80
    clock.advance(days=1)
    await world.buy(rich, 50)
    assert await balance(rich) == 50
    await world.assert_sound()


async def test_a_hold_that_was_written_off_brings_nothing_back(rich):
    await with_policy("WRITE_OFF")
    await engine.hold(
        rich,
        points=80,
        currency="points",
        account="redemption",
        subject="till",
        source="h",
        release_at=kit_clock.now() + DAY,
    )
    await refund("p", amount=60)
    assert await balance(rich) == 0
    await engine.release(rich, hold_source="h", source="rel")
    assert await balance(rich) == 40
    assert await ledger.account_total("write-off") == 0
    await world.assert_sound()


async def test_where_no_debt_may_be_the_refund_is_refused(rich):
    await with_policy("PREVENT")
    await world.spend(rich, 80, "s")
    before = await world.everything()
    with pytest.raises(InsufficientPoints):
        await refund("p")
    assert await world.everything() == before
    await refund("p", "r1", amount=20)
    with pytest.raises(InsufficientPoints):
        await refund("p", "r2", amount=1)
    await world.buy(rich, 30)
    await refund("p", "r3", amount=30)
    assert await balance(rich) == 0
    await world.assert_sound()


async def test_a_refund_that_brings_points_back_needs_no_others(rich):
    await with_policy("PREVENT")
    await world.buy(rich, 40, "coat")
    await pay(rich, 140, "coat")
    await refund("coat")
    assert await balance(rich) == 100
    await world.assert_sound()


async def test_a_batch_refuses_only_what_falls_short(rich):
    await with_policy("PREVENT")
    other = await world.enrol()
    await world.buy(other, 50, "o")
    await world.spend(rich, 80)
    told = [engine.Retracting(source=f"r{one}", reason="refund", target_source=one) for one in "po"]
    short, fine = await engine.retract_all(told)
    assert isinstance(short, InsufficientPoints)
    assert isinstance(fine, engine.Recorded)
    await engine.settle_pending()
    assert (await balance(rich), await balance(other)) == (20, 0)
    await world.assert_sound()


async def test_pending_points_go_before_there_is_a_debt(member, clock):
    await world.publish(
        ("CURRENCY", {**world.POINTS[1], "pending_days": 7}), effective_from=kit_clock.now() + DAY
    )
    await world.buy(member, 100, "p")
    clock.advance(days=2)
    await world.buy(member, 60, "pending")
    await world.spend(member, 100)
    await refund("p")
    view = await engine.standing_of(member)
    wallet = view.standing.wallets["points"]
    assert (wallet.balance(view.at), wallet.pending(view.at)) == (-40, 0)
    await world.assert_sound()


# --- the rule, by itself --------------------------------------------------------------------------


@given(
    st.integers(1, 10**12),
    st.lists(st.integers(1, WHOLE // 4), min_size=1, max_size=6),
    st.integers(0, WHOLE // 2),
)
def test_parts_never_give_back_more_than_was_paid_and_together_all_of_it(paid, shares, before):
    activity = entry("ACTIVITY", ALWAYS, "a", amount=0)
    earlier = [Facts(share=before)] if before else []
    taken, returned = list(earlier), 0
    for share in [*shares, WHOLE]:
        taken.append(Facts(share=min(share, WHOLE - journal.share_taken(activity, taken))))
        due = points_due(paid, returned, activity, taken, before=earlier)
        assert due >= 0
        returned += due
        assert returned <= paid
    assert returned == paid


@pytest.mark.parametrize("share, left", [(Fraction(1, 2), 100 + 20 - 40), (Fraction(1), 100)])
async def test_a_hold_hears_of_the_refund_before_its_capture_as_after_it(rich, share, left):
    """Whether the refund or the capture comes first, the points come out the same."""
    for place, order in enumerate(("refund first", "capture first")):
        member = rich if place == 0 else await world.enrol("budi")
        if place == 1:
            await world.buy(member, 100, "p2")
        activity, hold = f"coat{place}", f"h{place}"
        await world.buy(member, 40, activity)
        await engine.hold(
            member,
            points=80,
            currency="points",
            account="redemption",
            subject="till",
            source=hold,
            release_at=kit_clock.now() + DAY,
            activity=activity,
        )
        if order == "refund first":
            await refund(activity, f"r{place}", share=share)
        await engine.capture(member, hold_source=hold, source=f"c{place}")
        if order == "capture first":
            await refund(activity, f"r{place}", share=share)
        assert await balance(member) == left
    await world.assert_sound()


@pytest.mark.parametrize("more", [{}, {"pending_days": 3}])
async def test_a_hold_does_not_make_points_last(member, clock, more):
    """What a hold had of points that were refunded comes back like an earning of that moment."""
    points = {**world.POINTS[1], "expires_after_days": 10, **more}
    await world.publish(("CURRENCY", points))
    await world.buy(member, 100, "a")
    clock.advance(days=4)
    await engine.hold(
        member,
        points=100,
        currency="points",
        account="redemption",
        subject="till",
        source="h",
        release_at=kit_clock.now() + 8 * DAY,
    )
    clock.advance(days=1)
    await refund("a")
    await world.buy(member, 100, "b")
    clock.advance(days=1)
    await engine.release(member, hold_source="h", source="c")
    await world.assert_sound()
    assert await balance(member) == (0 if more else 100)
    clock.advance(days=3)
    assert await balance(member) == 100
    clock.advance(days=7)
    assert await balance(member) == 0
    await engine.sweep()
    await world.assert_sound()
