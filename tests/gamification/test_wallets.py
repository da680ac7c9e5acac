"""Wallets of all sorts of lots, beside one that adds everything up again each time."""

import time
from dataclasses import dataclass, field, replace

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gamification.engine.standing import Standing, packed, unpacked
from gamification.ledger import NEVER, SLIDING, Lot, Wallet
from tests.profiles import EFFORT


def lot(key, points, *, expires=NEVER, at=0, available=0, awaits=""):
    return Lot(expires, at, key, points, available, awaits)


def wallet(*lots, **more):
    made = Wallet(**more)
    for one in lots:
        made.deposit(one)
    return made


def left(made):
    return [(one.key, one.points) for one in made.lots]


def test_what_is_short_is_taken_from_what_ripens_soonest_and_then_owed():
    made = wallet(
        lot("a", 5, available=30),
        lot("b", 5, expires=90, available=20),
        lot("c", 5),
        lot("d", 5, available=NEVER, awaits="delivery"),
    )
    assert made.take(8, 10) == [("c", 5), ("b", 3)]
    assert (made.balance(10), made.pending(10), made.debt) == (0, 12, 0)
    assert made.take(9, 10) == [("b", 2), ("a", 5)]
    assert (made.balance(10), made.pending(10), made.debt) == (-2, 5, 2)
    assert left(made) == [("d", 5)]


def test_a_part_of_a_lot_keeps_its_terms():
    made = wallet(lot("a", 5, expires=90, at=1, available=20))
    [part] = made.draw(2, 20)
    assert part == lot("a", 2, expires=90, at=1, available=20)
    assert left(made) == [("a", 3)]


def test_what_awaits_an_event_is_pending_until_it_comes():
    made = wallet(
        lot("a", 5, available=NEVER, awaits="delivery:order=1"),
        lot("b", 7, available=NEVER, awaits="delivery:order=2"),
    )
    assert (made.balance(10), made.pending(10)) == (0, 12)
    assert not made.unlock("delivery", 10)
    assert made.unlock("delivery:order=2", 10)
    assert not made.unlock("delivery:order=2", 11)
    assert (made.balance(10), made.pending(10)) == (7, 5)
    assert made.take(7, 10) == [("b", 7)]


def test_what_awaits_an_event_pays_a_debt_with_it():
    made = wallet(lot("a", 5))
    made.take(8, 0)
    made.deposit(lot("b", 2, at=1, available=NEVER, awaits="delivery"))
    made.deposit(lot("c", 4, at=2, available=NEVER, awaits="delivery"))
    assert (made.debt, made.balance(2), made.pending(2)) == (3, -3, 6)
    assert made.unlock("delivery", 3)
    assert (made.debt, made.balance(3), made.pending(3), left(made)) == (0, 3, 0, [("c", 3)])


def test_what_awaits_an_event_expires_like_anything_else():
    made = wallet(lot("a", 5, expires=9, available=NEVER, awaits="delivery"))
    assert [one.key for one in made.expire(9)] == ["a"]
    assert not made.unlock("delivery", 10)
    assert (made.total(), made.pending(9)) == (0, 0)


def sliding(key, points, **more):
    return lot(key, points, expires=SLIDING, **more)


def test_what_slides_expires_together_at_the_last_deadline():
    made = wallet()
    assert made.begin_to_slide(until=10, at=0) == 10
    made.deposit(sliding("a", 5))
    # What comes later does not move the deadline by itself: an activity does.
    assert made.begin_to_slide(until=14, at=4) == 10
    made.deposit(sliding("b", 3, at=4))
    made.slide(15, at=5)
    made.slide(12, at=5)
    assert (made.next_due(), made.expiring_next(5)) == (15, (8, 15))
    assert made.expiry_of(made.lots[0]) == 15
    assert made.expire(14) == []
    assert [one.key for one in made.expire(15)] == ["a", "b"]
    assert (made.next_due(), made.expiring_next(15), made.total()) == (NEVER, None, 0)


def test_a_deadline_that_has_passed_is_not_put_off_but_begun_anew():
    made = wallet(slides_until=10)
    made.slide(30, at=10)
    assert made.slides_until == 10
    assert made.begin_to_slide(until=25, at=15) == 25
    assert made.next_due() == NEVER


def test_points_that_go_back_behind_the_deadline_expire_at_once():
    made = wallet()
    made.begin_to_slide(until=10, at=0)
    made.deposit(sliding("a", 5))
    parts = made.draw(5, 1)
    assert made.next_due() == NEVER
    made.put_back(parts)
    assert [one.key for one in made.expire(12)] == ["a"]


def test_points_that_go_back_do_not_join_those_that_came_in_behind_their_deadline():
    made = wallet()
    made.begin_to_slide(until=10, at=0)
    made.deposit(sliding("a", 5))
    parts = made.draw(5, 1)
    assert made.begin_to_slide(until=25, at=15) == 25
    made.deposit(sliding("b", 5, at=15))
    made.put_back(parts)
    assert [one.key for one in made.expire(16)] == ["a"]
    assert [one.key for one in made.expire(25)] == ["b"]


def test_what_slides_is_spent_when_its_deadline_is_the_soonest():
    made = wallet(lot("dated", 1, expires=20), lot("late", 1, expires=90), lot("never", 1))
    made.begin_to_slide(until=50, at=0)
    made.deposit(sliding("sliding", 1))
    assert made.expiring_next(0) == (1, 20)
    assert made.take(3, 1) == [("dated", 1), ("sliding", 1), ("late", 1)]
    assert left(made) == [("never", 1)]


def test_what_slides_and_what_is_dated_can_expire_at_one_moment():
    made = wallet(lot("dated", 1, expires=50))
    made.begin_to_slide(until=50, at=0)
    made.deposit(sliding("sliding", 2))
    assert made.expiring_next(0) == (3, 50)
    assert sorted(one.key for one in made.expire(50)) == ["dated", "sliding"]


def test_wallets_that_were_stored_before_there_was_more_are_read_and_stored_alike():
    before = [[[[NEVER, 1, "earn:a", 5, 1]], 0, 2, 7]]
    stored = msgspec.msgpack.encode([1, "s", 1, NEVER, 1, {"points": before[0]}])
    standing = unpacked(stored)
    made = standing.wallets["points"]
    assert (made.balance(1), made.held, made.lifetime, made.slides_until) == (5, 2, 7, None)
    assert made.lots == [lot("earn:a", 5, at=1, available=1)]
    assert unpacked(packed(standing)) == standing


@dataclass
class Naive:
    """Lots as a plain list that is searched and added up whenever something is asked."""

    lots: list = field(default_factory=list)
    debt: int = 0
    slides_until: int | None = None
    slides_since: int = 0

    def expiry(self, one):
        return self.slides_until if one.expires_at == SLIDING else one.expires_at

    def ordered(self):
        # At one instant what is dated goes before what slides.
        return sorted(
            self.lots, key=lambda one: (self.expiry(one), one.expires_at, one.at, one.key)
        )

    def clean(self):
        self.lots = [one for one in self.lots if one.points]

    def deposit(self, one):
        if not one.awaits:
            paid = min(self.debt, one.points)
            self.debt -= paid
            one.points -= paid
        known = [each for each in self.lots if each.key == one.key]
        if known:
            known[0].points += one.points
        else:
            self.lots.append(one)
        self.clean()

    def take(self, points, now):
        open_lots = [one for one in self.ordered() if one.available_at <= now]
        unripe = [one for one in self.ordered() if one.available_at > now and not one.awaits]
        taken = []
        for one in open_lots + sorted(unripe, key=lambda one: one.available_at):
            part = min(points, one.points)
            if part:
                one.points -= part
                points -= part
                taken.append((one.key, part))
        self.debt += points
        self.clean()
        return taken

    def unlock(self, awaits, now):
        for one in [each for each in self.lots if each.awaits == awaits]:
            one.awaits, one.available_at = "", now
            paid = min(self.debt, one.points)
            self.debt -= paid
            one.points -= paid
        self.clean()

    def expire(self, now):
        gone = [one for one in self.lots if self.expiry(one) <= now]
        self.lots = [one for one in self.lots if self.expiry(one) > now]
        return gone


@dataclass
class NaiveLot:
    key: str
    points: int
    at: int
    expires_at: int
    available_at: int
    awaits: str


class Wallets(RuleBasedStateMachine):
    """Everything that can be done with a wallet, in any order."""

    def __init__(self):
        super().__init__()
        self.wallet, self.naive, self.now, self.number = Wallet(), Naive(), 100, 0
        self.out = []

    @rule(
        points=st.integers(0, 30),
        waits=st.sampled_from([0, 0, 3, 20]),
        lasts=st.sampled_from([1, 5, 12, NEVER, SLIDING]),
        awaits=st.sampled_from(["", "", "delivery", "delivery:order=1"]),
    )
    def deposit(self, points, waits, lasts, awaits):
        self.number += 1
        expires_at = lasts if lasts >= SLIDING else self.now + lasts
        if lasts == SLIDING:
            until = self.wallet.begin_to_slide(self.now + 6, self.now)
            if self.naive.slides_until is None or self.naive.slides_until <= self.now:
                self.naive.slides_until, self.naive.slides_since = self.now + 6, self.now
            assert until == self.naive.slides_until
        said = (expires_at, self.now, f"{self.number:03}", points)
        available_at = NEVER if awaits else self.now + waits
        self.wallet.deposit(Lot(*said, available_at, awaits))
        self.naive.deposit(NaiveLot(said[2], points, self.now, expires_at, available_at, awaits))

    @rule(points=st.integers(0, 60))
    def take(self, points):
        before = {one.key: replace(one) for one in self.naive.lots}
        parts = self.wallet.draw(points, self.now)
        assert [(one.key, one.points) for one in parts] == self.naive.take(points, self.now)
        for part in parts:
            known = before[part.key]
            assert part == lot(
                part.key,
                part.points,
                expires=known.expires_at,
                at=known.at,
                available=known.available_at,
            )
        self.out += parts

    @rule()
    def put_back(self):
        for part in self.out:
            said = msgspec.structs.asdict(part)
            if part.expires_at == SLIDING and part.at < self.naive.slides_since:
                said["expires_at"] = part.at
            self.naive.deposit(NaiveLot(**said))
        self.wallet.put_back(self.out)
        self.out = []
        self.expire()

    @rule(awaits=st.sampled_from(["delivery", "delivery:order=1"]))
    def unlock(self, awaits):
        was = any(one.awaits == awaits for one in self.naive.lots)
        assert self.wallet.unlock(awaits, self.now) == was
        self.naive.unlock(awaits, self.now)

    @rule()
    def slide(self):
        self.wallet.slide(self.now + 6, self.now)
        if self.naive.slides_until is not None and self.naive.slides_until > self.now:
            self.naive.slides_until = self.now + 6

    @rule(moments=st.sampled_from([1, 2, 7, 30]))
    def wait(self, moments):
        self.now += moments
        self.expire()

    @rule()
    def store(self):
        kept = Standing(wallets={"points": self.wallet})
        self.wallet = unpacked(packed(kept)).wallets["points"]

    def expire(self):
        gone = self.wallet.expire(self.now)
        assert sorted((one.key, one.points) for one in gone) == sorted(
            (one.key, one.points) for one in self.naive.expire(self.now)
        )

    @invariant()
    def both_agree(self):
        made, naive, now = self.wallet, self.naive, self.now
        total = sum(one.points for one in naive.lots)
        pending = sum(one.points for one in naive.lots if one.available_at > now)
        assert (made.debt, made.total()) == (naive.debt, total - naive.debt)
        assert (made.pending(now), made.balance(now)) == (pending, total - pending - naive.debt)
        assert sorted(left(made)) == sorted((one.key, one.points) for one in naive.lots)
        assert [one.order for one in made.lots] == sorted(one.order for one in made.lots)
        assert all(one.points > 0 for one in made.lots)
        dues = [naive.expiry(one) for one in naive.lots]
        assert made.next_due() == min(dues, default=NEVER)
        soonest = min(dues, default=NEVER)
        expiring = sum(one.points for one in naive.lots if naive.expiry(one) == soonest)
        assert made.expiring_next(now) == ((expiring, soonest) if soonest < NEVER else None)


def test_a_wallet_agrees_with_one_that_adds_up_again_each_time():
    how = settings(max_examples=100 * EFFORT, stateful_step_count=40)
    run_state_machine_as_test(Wallets, settings=how)


def each(made, now, what):
    """Microseconds of one such step, the fastest of some."""
    taken = []
    for _ in range(40):
        begun = time.perf_counter()
        what(made, now)
        taken.append(time.perf_counter() - begun)
    return min(taken) * 1e6


STEPS = {
    "deposit": lambda made, now: made.deposit(lot(f"n{len(made.lots)}", 1, at=now)),
    "take": lambda made, now: made.take(1, now),
    "put back": lambda made, now: made.put_back([lot("back", 1, at=-1)]),
    "balance": lambda made, now: made.balance(now),
    "total": lambda made, now: made.total(),
    "unlock": lambda made, now: made.unlock("delivery:order=7", now),
    "slide": lambda made, now: made.slide(now + 1, now),
    "expire": lambda made, now: made.expire(now),
    "next due": lambda made, now: made.next_due(),
    "expiring next": lambda made, now: made.expiring_next(now),
}


@pytest.fixture(scope="module")
def big():
    return wallet(*(lot(f"{number}", 5, at=number) for number in range(100_000)))


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_wallet_of_100_000_lots_is_no_look_through_all_of_them(step, big):
    now = 1_000_000
    looked_through = each(big, now, lambda made, _: sum(one.points for one in made.lots))
    assert each(big, now, STEPS[step]) < looked_through / 10
