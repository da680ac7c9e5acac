"""What must hold after each step of a story about points, whatever the step was."""

import json
from collections import Counter

import pytest
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

import rewards
from gamification import engine, journal, ledger, programme
from gamification.engine.effects import Effects
from gamification.engine.fold import advance
from gamification.engine.standing import unpacked
from kit import database as db
from rewards import donations, redemptions
from tests.proofs.oracle import MONIES, Oracle
from tests.proofs.story import BUDGET

STEP = 10
"""Microseconds that each step takes at least: more than the entries that it makes."""

_SUMS = (
    "SELECT member_id, currency, debit, credit, sum(amount) FROM ledger_entry"
    " GROUP BY member_id, currency, debit, credit"
)
_STANDINGS = (
    "SELECT member_id, state, (SELECT count(*) FROM pending"
    " WHERE pending.member_id = standing.member_id) FROM standing ORDER BY member_id"
)
_TABLES = ("journal_entry", "pending", "ledger_entry", "effect", "score", "outbox")
_TABLES += (
    "redemption",
    "redemption_end",
    "donation",
    "donation_resolution",
    "receipt",
    "transfer",
)
_TABLES += ("adjustment_request", "adjustment_decision", "budget_grant", "ledger_transaction")
_COUNTS = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in _TABLES)


class Checked(RuleBasedStateMachine):
    """Two members in a prepared world, an oracle beside them, and the eyes on both."""

    def __init__(self, ground, counter, *, prevents):
        super().__init__()
        self.ground, self.counter, self.prevents = ground, counter, prevents
        self.oracle = Oracle()
        self.calls = []
        self.number = 0
        self.before = None
        self.refused = False
        self.sent = ([], [])

    @property
    def now(self):
        return self.ground.now

    @initialize()
    def begin(self):
        self.ground.begin()
        self.members = self.ground.told
        self.counter["examples"] += 1

    def key(self, what):
        """A source that no one has used, anywhere among those of its instant."""
        self.number += 1
        return f"{self.number * 5 % 7}-{what}-{self.number}"

    def call(self, verb):
        """Do what must be accepted, and remember it, so that it can be asked for again."""
        answer = self.ground.do(verb())
        assert not answer.replayed
        self.calls.append((verb, answer))
        return answer

    def refuse(self, verb, error, **facts):
        """Do what must be refused for just this reason; `nothing_changed` looks after the rest."""
        with pytest.raises(error) as caught:
            self.ground.do(verb())
        for name, value in facts.items():
            assert getattr(caught.value, name) == value
        self.refused = True

    def again(self, place):
        """What was accepted once is answered with the same, and changes nothing."""
        verb, answer = self.calls[place]
        repeated = self.ground.do(verb())
        assert repeated.replayed
        assert _content(repeated) == _content(answer)

    def affordable(self, who, currency):
        """What a member can spend now, with everything settled."""
        member = self.members[who]
        if currency == "gems":
            self.settle_for_budget(member)
        return self.oracle.tell(member, self.now).purses[currency].balance(self.now)

    def settle_for_budget(self, member):
        """What the budget allows is decided when an entry is settled: only then it is known."""
        self.ground.do(engine.settle([member]))
        self.ground.do(self._check())

    def settle_if_watched(self, member):
        """Where a shortage is prevented, a retraction settles first."""
        if self.prevents:
            self.settle_for_budget(member)

    def entry_of(self, entry_id):
        [entry] = self.ground.do(journal.entries_by_id([entry_id]))
        return entry

    def read_returns(self, activity):
        """What was given back of the points that paid for an activity is just what is due."""
        self.ground.do(self._read_returns(activity))

    async def _read_returns(self, activity):
        due = self.oracle.due(activity)
        taken = await journal.retractions_of(list(due))
        returned = {source: journal.points_returned(taken.get(source, [])) for source in due}
        assert returned == due
        self.oracle.returned |= returned

    @invariant()
    def it_adds_up(self):
        self.counter["steps"] += 1
        self.ground.now += STEP
        self.ground.do(self._check())

    async def _check(self):
        accounts = await _accounts()
        rows = await db.fetch(_STANDINGS)
        await self._read_budget()
        seen = (accounts, list(map(tuple, await db.fetch(_COUNTS))), list(map(tuple, rows)))
        if self.refused:
            assert seen == self.before, "a refusal has changed something"
        self.before, self.refused = seen, False
        published = await programme.current()
        for member, state, waiting in rows:
            standing = unpacked(state)
            _assert_stored_adds_up(member, standing, accounts)
            if not waiting:
                advance(standing, published, self.now, zone="UTC", effects=Effects())
                self._compare(member, standing)

    async def _read_budget(self):
        rows = await db.fetch("SELECT source, points, wished FROM budget_grant")
        self.oracle.granted = {row[0]: row[1] for row in rows}
        total = sum(row[1] for row in rows)
        assert total <= BUDGET
        assert total == BUDGET or all(row[1] == row[2] for row in rows)

    def _compare(self, member, standing):
        for source, (owner, _) in self.oracle.purchases.items():
            if owner == member and self.oracle.left_of(source) >= 3:
                assert source in self.oracle.granted, "the budget was not asked"
        told = self.oracle.tell(member, self.now)
        for currency in MONIES:
            wallet = standing.wallets.get(currency, ledger.Wallet())
            lots = {one.key: (one.points, one.available_at, one.expires_at) for one in wallet.lots}
            assert len(lots) == len(wallet.lots)
            seen = wallet.balance(self.now), wallet.pending(self.now), wallet.held, lots
            expected = told.seen(currency, self.now)
            assert seen == expected, f"{currency}: {seen}, should be {expected}"
        assert standing.holds.keys() == told.holds.keys()

    def assert_spendable(self, entry):
        """What was just taken was neither pending nor expired, and comes from the right lots."""
        self.ground.do(self._assert_spendable(entry))

    async def _assert_spendable(self, entry):
        told = self.oracle.tell(entry.member_id, self.now)
        expected = {one.key: one.points for one in told.used[entry.source]}
        rows = await db.fetch(
            "SELECT lots FROM ledger_entry WHERE entry_id = ? AND debit = 'member'", entry.id
        )
        assert [dict(json.loads(row[0])) for row in rows] == [expected]
        assert sum(expected.values()) == entry.facts.points
        for available_at, expires_at in await db.fetch(
            "SELECT available_at, expires_at FROM ledger_entry WHERE member_id = ? AND key IN ?",
            entry.member_id,
            list(expected),
        ):
            assert available_at <= entry.at < expires_at

    def teardown(self):
        if self.before is not None:
            self.ground.do(self._end())

    async def _end(self):
        while await engine.settle_pending():
            pass
        while await engine.sweep():
            pass
        checks = [*(await engine.audit(digest=False)).checks, *await rewards.audit()]
        broken = [check for check in checks if not check.ok]
        assert not broken, broken
        await self._check()
        counts = self.before
        for verb, answer in self.calls:
            repeated = await verb()
            assert repeated.replayed
            assert _content(repeated) == _content(answer)
        self.refused = True
        await self._check()
        assert self.before == counts


async def _accounts():
    """What each account holds: a member's own by member, all by currency."""
    accounts = Counter()
    for member, currency, debit, credit, amount in await db.fetch(_SUMS):
        accounts[_place(member, currency, debit)] -= int(amount)
        accounts[_place(member, currency, credit)] += int(amount)
    totals = Counter()
    for (currency, *_), amount in accounts.items():
        totals[currency] += amount
    assert not any(totals.values()), "the accounts do not sum to zero"
    return accounts


def _place(member, currency, account):
    owned = account in (ledger.MEMBER, ledger.HELD)
    return currency, account, member if owned else ""


def _assert_stored_adds_up(member, standing, accounts):
    """Ledger rows = open lots - debt, and what is held = the sum of the holds."""
    held = Counter()
    for hold in standing.holds.values():
        held[hold.currency] += hold.points
    for currency in MONIES:
        wallet = standing.wallets.get(currency, ledger.Wallet())
        assert accounts[currency, ledger.MEMBER, member] == wallet.total()
        assert accounts[currency, ledger.HELD, member] == wallet.held == held[currency]
        assert sum(lot.points for lot in wallet.lots) - wallet.debt == wallet.total()
        assert all(lot.points > 0 for lot in wallet.lots)


def _content(answer):
    """What an answer says once and for all: neither that it is repeated nor what came of it."""
    if isinstance(answer, donations.Donated):
        one = answer.donation
        return one.id, one.entry_id, one.member_id, one.points, one.donated_at, one.release_at
    if isinstance(answer, (redemptions.Redeemed, redemptions.Ended)):
        one = answer.redemption
        return one.id, one.entry_id, one.member_id, one.points, one.redeemed_at
    if isinstance(answer, engine.Transferred):
        return answer.transfer
    if isinstance(answer, engine.Adjusted):
        one = answer.adjustment
        return one.id, one.points, one.by_two, one.requested_by, one.requested_at
    one = answer.entry
    return one.id, one.member_id, one.type, one.source, one.at, one.facts, one.target
