"""Points are conserved: a state machine over every money verb, beside a naive oracle."""

import asyncio
import json
import shutil
from dataclasses import dataclass, field, replace

import asyncpg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gamification import engine, ledger
from gamification.engine import Recorded
from kit import clock
from kit import database as db
from kit.clock import DAY, HOUR
from kit.errors import AlreadyResolved, InsufficientPoints
from tests import servers
from tests.gamification import world
from tests.profiles import EFFORT

PENDING, LASTING = DAY, 5 * DAY
CURRENCY = ("CURRENCY", {**world.POINTS[1], "pending_days": 1, "expires_after_days": 5})
START = clock.parse("2026-03-02T09:00:00Z")


@dataclass
class Lot:
    """What is left of an earning, as the oracle sees it."""

    at: int
    source: str
    points: int
    available_at: int
    expires_at: int


@dataclass
class Oracle:
    """All that was accepted, and what it must come to: told again from the beginning each time."""

    events: list = field(default_factory=list)
    taken_back: dict = field(default_factory=dict)

    def wallet(self, now):
        """Balance, pending and held at an instant."""
        self.lots, self.holds, self.debt = [], {}, 0
        for at, source, what, facts in sorted(self.events, key=lambda one: one[:2]):
            self._pass_time(at)
            getattr(self, f"_{what}")(at, source, *facts)
        self._pass_time(now)
        spendable = sum(one.points for one in self.lots if one.available_at <= now)
        pending = sum(one.points for one in self.lots if one.available_at > now)
        held = sum(points for points, *_ in self.holds.values())
        return spendable - self.debt, pending, held

    def _pass_time(self, to):
        # What falls due, one instant after the other: points expire, then holds end.
        while True:
            dues = [one.expires_at for one in self.lots]
            dues += [release_at for _, release_at, _ in self.holds.values()]
            if not dues or min(dues) > to:
                return
            now = min(dues)
            self._expire(now)
            for source in sorted(self.holds):
                if self.holds[source][1] <= now:
                    self._release(now, "", source)

    def _expire(self, now):
        self.lots = [one for one in self.lots if one.expires_at > now]

    def _earn(self, at, source, points):
        kept = points - self.taken_back.get(source, 0)
        self._deposit(Lot(at, source, kept, at + PENDING, at + LASTING))

    def _deposit(self, lot):
        paid = min(self.debt, lot.points)
        self.debt -= paid
        lot.points -= paid
        if lot.points:
            self.lots.append(lot)

    def _spend(self, at, source, points):
        taken = []
        for lot in sorted(self.lots, key=lambda one: (one.expires_at, one.at, one.source)):
            part = min(points, lot.points) if lot.available_at <= at else 0
            lot.points -= part
            points -= part
            if part:
                taken.append(replace(lot, points=part))
        self.lots = [one for one in self.lots if one.points]
        self.debt += points
        return taken

    def _hold(self, at, source, points, release_at):
        self.holds[source] = (points, release_at, self._spend(at, source, points))

    def _capture(self, at, source, hold):
        self.holds.pop(hold, None)

    def _release(self, at, source, hold):
        points, _, taken = self.holds.pop(hold, (0, 0, []))
        owed = points - sum(one.points for one in taken)
        for lot in taken:
            self._deposit(lot)
        self._expire(at)
        # What was held as a debt has no lot to go back to.
        self._deposit(Lot(at, source, owed, at, ledger.NEVER))


class Money(RuleBasedStateMachine):
    """One member, and everything that can be done with points."""

    def __init__(self, url):
        super().__init__()
        self.url, self.now = url, START
        self.runner = asyncio.Runner()
        clock.set_now(lambda: self.now)
        self.oracle = Oracle()
        self.purchases, self.holds, self.number = {}, [], 0

    def do(self, work):
        return self.runner.run(work)

    @initialize()
    def begin(self):
        self.do(self._begin(self.url()))

    async def _begin(self, url):
        await db.connect(url)
        await world.publish(CURRENCY, world.PURCHASE, world.ONE_TO_ONE)
        self.member = await world.enrol("ani")

    def key(self, what):
        self.number += 1
        return f"{self.number % 7}-{what}-{self.number}"

    def see(self, source, what, *facts):
        """Note what was accepted, at the time that the journal gave it."""
        at = self.do(_at_of(source))
        self.oracle.events.append((at, source, what, facts))

    @rule(points=st.integers(0, 60), late=st.sampled_from([0, 0, 0, 2, 26, 130]))
    def earn(self, points, late):
        source = self.key("p")
        at = max(START, self.now - late * HOUR)
        said = world.bought(self.member, points, source, occurred_at=at)
        [answer] = self.do(engine.record([said]))
        assert isinstance(answer, Recorded)
        self.purchases[source] = points
        if points:
            self.see(source, "earn", points)

    @rule(points=st.integers(1, 90))
    def spend(self, points):
        self.take(points, world.spend, "spend", ())

    @rule(points=st.integers(1, 90), hours=st.sampled_from([1, 5, 30, 200]))
    def hold(self, points, hours):
        async def hold(member, points, source):
            return await engine.hold(
                member,
                points=points,
                currency="points",
                account="charity:water",
                subject="campaign:wells",
                source=source,
                release_at=self.now + hours * HOUR,
            )

        self.take(points, hold, "hold", ("release_at",))

    def take(self, points, verb, what, facts):
        source = self.key(what)
        self.do(engine.settle([self.member]))
        affordable = self.oracle.wallet(self.now)[0]
        try:
            spent = self.do(verb(self.member, points, source))
        except InsufficientPoints as error:
            refused = error
        else:
            refused = None
        assert (refused is not None) == (points > affordable)
        if refused is not None:
            assert refused.available == max(0, affordable)
            return
        said = [getattr(spent.entry.facts, name) for name in facts]
        self.see(source, what, points, *said)
        self.do(_assert_spendable(spent.entry))
        if what == "hold":
            self.holds.append(source)

    @precondition(lambda self: self.holds)
    @rule(pick=st.integers(0, 99), verb=st.sampled_from(["capture", "release"]))
    def resolve(self, pick, verb):
        hold = self.holds[pick % len(self.holds)]
        source = self.key(verb)
        self.oracle.wallet(self.now)
        is_open = hold in self.oracle.holds
        try:
            self.do(getattr(engine, verb)(self.member, hold_source=hold, source=source))
        except AlreadyResolved:
            assert not is_open
            return
        assert is_open
        self.see(source, verb, hold)

    @precondition(lambda self: any(self.purchases.values()))
    @rule(pick=st.integers(0, 99), part=st.integers(1, 60))
    def retract(self, pick, part):
        target = [one for one, left in self.purchases.items() if left][pick % 99 % self.left()]
        amount = min(part, self.purchases[target])
        call = engine.retract(
            target_source=target, source=self.key("r"), reason="refund", amount=amount
        )
        self.do(call)
        self.purchases[target] -= amount
        taken = self.oracle.taken_back
        taken[target] = taken.get(target, 0) + amount

    def left(self):
        return sum(1 for left in self.purchases.values() if left)

    @rule(hours=st.sampled_from([1, 5, 23, 24, 47, 121]))
    def wait(self, hours):
        self.now += hours * HOUR

    @rule()
    def sweep(self):
        self.do(engine.sweep())

    @rule()
    def settle(self):
        self.do(engine.settle_pending())

    @invariant()
    def nothing_is_lost_or_made(self):
        self.now += 1
        self.do(self._compare())

    async def _compare(self):
        rows = await db.fetch("SELECT debit, credit, amount FROM ledger_entry")
        sums = {}
        for debit, credit, amount in rows:
            sums[debit] = sums.get(debit, 0) - amount
            sums[credit] = sums.get(credit, 0) + amount
        assert sum(sums.values()) == 0
        assert sums.get(ledger.HELD, 0) >= 0
        if await engine.pending():
            return
        view = await engine.standing_of(self.member)
        wallet = view.standing.wallets.get("points", ledger.Wallet())
        seen = wallet.balance(view.at), wallet.pending(view.at), wallet.held
        assert seen == self.oracle.wallet(self.now)
        assert all(one.points > 0 and one.expires_at > self.now for one in wallet.lots)

    def teardown(self):
        try:
            self.do(self._end())
        finally:
            self.runner.close()
            clock.set_now(None)

    async def _end(self):
        try:
            while await engine.settle_pending():
                pass
            await world.assert_sound()
        finally:
            await db.close()


async def _at_of(source):
    row = await db.fetch_one("SELECT at FROM journal_entry WHERE source = ?", source)
    return row[0]


async def _assert_spendable(entry):
    """What was taken was neither pending nor expired."""
    [row] = await db.fetch("SELECT lots FROM ledger_entry WHERE entry_id = ?", entry.id)
    lots = dict(json.loads(row[0]))
    assert sum(lots.values()) == entry.facts.points
    for available_at, expires_at in await db.fetch(
        "SELECT available_at, expires_at FROM ledger_entry WHERE kind = 'EARN' AND key IN ?",
        list(lots),
    ):
        assert available_at <= entry.at < expires_at


@pytest.fixture
def fresh(dialect, template, tmp_path):
    """Gives the URL of an empty database, each time that it is asked."""

    def sqlite():
        path = tmp_path / "money.db"
        for left in tmp_path.glob("money.db*"):
            left.unlink()
        shutil.copy(template, path)
        return f"sqlite://{path}?synchronous=OFF"

    async def put_back():
        connection = await asyncpg.connect(template)
        await connection.execute(servers.PUT_BACK)
        await connection.close()

    def postgres():
        asyncio.run(put_back())
        return template

    return {"sqlite": sqlite, "postgres": postgres}[dialect]


@pytest.mark.timeout(600 * EFFORT)
def test_points_are_conserved_whatever_is_done_with_them(fresh, dialect):
    examples = {"sqlite": 25, "postgres": 6}[dialect] * EFFORT
    how = settings(max_examples=examples, stateful_step_count=40)
    run_state_machine_as_test(lambda: Money(fresh), settings=how)
