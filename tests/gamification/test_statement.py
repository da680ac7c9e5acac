"""A member's statement: every line once, newest first, each with its reason."""

import sys
from types import SimpleNamespace

import pytest

from gamification import engine, ledger
from gamification.ledger import EntryKind
from kit import database as db
from kit.clock import DAY
from tests.gamification import world
from tests.plans import scans

XP = ("CURRENCY", {"key": "xp", "name": "XP", "kind": "XP"})
ALSO_XP = (
    "EARNING_RULE",
    {"key": "xp", "title": "", "kind": "purchase", "currency": "xp", "earn": {"points": 3}},
)


async def lines(member_id, **how):
    found = await ledger.statement(member_id, **{"limit": 99, **how})
    return [(one.kind.value, one.amount, one.subject) for one in found]


@pytest.fixture
async def story(member, clock):
    """Earned twice in two currencies, spent once."""
    await world.publish(XP, ALSO_XP)
    await world.buy(member, 100, "p1")
    clock.advance(days=1)
    await world.spend(member, 30, "s")
    clock.advance(days=1)
    await world.buy(member, 50, "p2")
    return member


EARNED_2 = {("EARN", 50, "rule:one-to-one@1"), ("EARN", 3, "rule:xp@1")}
SPENT = ("SPEND", -30, "reward:tea")
EARNED_1 = {("EARN", 100, "rule:one-to-one@1"), ("EARN", 3, "rule:xp@1")}


async def test_the_newest_line_comes_first(story):
    found = await lines(story)
    assert (set(found[:2]), found[2], set(found[3:])) == (EARNED_2, SPENT, EARNED_1)
    assert sum(amount for _, amount, _ in found) == 126


async def test_each_line_has_its_time_its_cause_and_its_currency(story, clock):
    [_, _, spent, *_] = await ledger.statement(story, limit=99)
    entry = await engine.effects_because([spent.entry_id])
    assert (spent.currency, spent.at, spent.recorded_at) == (
        "points",
        clock.now - DAY,
        clock.now - DAY,
    )
    assert [one["amount"] for one in entry[spent.entry_id]] == [-30]


async def test_one_currency_alone(story):
    assert await lines(story, currency="xp") == [("EARN", 3, "rule:xp@1")] * 2
    assert await lines(story, currency="gold") == []


@pytest.mark.parametrize("size", [1, 2, 3, 9])
async def test_it_is_read_page_by_page(story, size):
    found, after = [], None
    while page := await ledger.statement(story, after=after, limit=size):
        assert len(page) <= size
        found += page
        after = (page[-1].at, page[-1].id)
    assert [one.id for one in found] == [one.id for one in await ledger.statement(story, limit=99)]
    assert len({one.id for one in found}) == 5


@pytest.mark.parametrize(
    "how", [{}, {"currency": "points"}, {"kinds": list(EntryKind)}, {"after": (1 << 60, "x")}]
)
async def test_no_table_is_read_from_end_to_end(story, monkeypatch, how):
    asked = []

    async def fetch(sql, *arguments):
        asked.append((sql, arguments))
        return await db.fetch(sql, *arguments)

    monkeypatch.setattr(
        sys.modules["gamification.ledger.statement"], "database", SimpleNamespace(fetch=fetch)
    )
    await ledger.statement(story, limit=9, **how)
    await ledger.origins_of([(story, "earn:p1:one-to-one")])
    assert len(asked) == 2
    for sql, arguments in asked:
        assert await scans(sql, arguments) == []


async def test_lines_of_some_kinds(story, clock):
    clock.advance(seconds=1)
    await engine.hold(
        story,
        points=20,
        currency="points",
        account="charity:water",
        subject="campaign:wells",
        source="h",
        release_at=clock.now + DAY,
    )
    assert [kind for kind, _, _ in await lines(story, kinds=[EntryKind.HOLD])] == ["HOLD"]
    await engine.capture(story, hold_source="h", source="c", points=15)
    # It is told as what it became, and found as that.
    assert await lines(story, kinds=[EntryKind.HOLD]) == []
    found = await lines(story, kinds=[EntryKind.DONATE, EntryKind.RELEASE])
    assert sorted(found) == [("DONATE", -20, "campaign:wells"), ("RELEASE", 5, "campaign:wells")]


async def test_a_debit_tells_the_lots_that_it_used(story):
    [spent] = await ledger.statement(story, kinds=[EntryKind.SPEND], limit=9)
    assert spent.lots == (("earn:p1:one-to-one", 30),)
    [(place, origin)] = (await ledger.origins_of([(story, key) for key, _ in spent.lots])).items()
    assert place == (story, "earn:p1:one-to-one")
    assert (origin.at, origin.subject) == (spent.at - DAY, "rule:one-to-one@1")
    assert await ledger.origins_of([]) == {}
    assert await ledger.origins_of([(await world.enrol(), "earn:p1:one-to-one")]) == {}


async def test_a_claw_back_is_caused_by_its_refund(story, clock):
    clock.advance(seconds=1)
    back = await engine.retract(target_source="p1", source="r", reason="refund", amount=40)
    await world.buy(story, 5, "later")
    [line] = await ledger.statement(story, kinds=[EntryKind.CLAWBACK], limit=9)
    assert (line.amount, line.entry_id) == (-40, back.entry.id)


async def test_others_have_their_own(story):
    assert await lines(await world.enrol()) == []


async def test_a_late_activity_that_shifts_lots_is_no_news(member, clock):
    """The spend is posted anew from other lots; the member sees one spend, and their balance."""
    expiring = ("CURRENCY", {**world.POINTS[1], "expires_after_days": 20})
    await world.publish(expiring)
    clock.advance(days=2)
    await world.buy(member, 100)
    await world.spend(member, 30)
    await world.buy(member, 40, occurred_at=clock.now - DAY)
    found = await lines(member)
    assert sorted(found) == sorted(
        [
            ("EARN", 40, "rule:one-to-one@1"),
            ("EARN", 100, "rule:one-to-one@1"),
            ("SPEND", -30, "reward:tea"),
        ]
    )
    assert sum(amount for _, amount, _ in found) == await world.balance(member)
    await world.assert_sound()


async def test_the_lines_sum_to_the_balance_whatever_happened(member, clock):
    await world.buy(member, 100, "p1")
    await engine.hold(
        member,
        points=20,
        currency="points",
        account="charity:water",
        subject="campaign:wells",
        source="h",
        release_at=clock.now + DAY,
    )
    await engine.retract(target_source="p1", source="r", reason="refund", amount=40)
    await engine.settle([member])
    assert sum(amount for _, amount, _ in await lines(member)) == 40
    await engine.capture(member, hold_source="h", source="c")
    assert sum(amount for _, amount, _ in await lines(member)) == 40
    await engine.retract(target_source="p1", source="r2", reason="refund")
    await engine.settle([member])
    found = await lines(member)
    assert sum(amount for _, amount, _ in found) == await world.balance(member) == -20


async def test_accounts_are_totalled(story):
    await world.spend(story, 5, account="charity:water")
    await world.spend(story, 7, account="charity:trees")
    assert await ledger.account_total("redemption") == 30
    assert await ledger.account_total("nothing") == 0
    assert await ledger.account_totals("charity:") == {"charity:water": 5, "charity:trees": 7}
    assert await ledger.account_totals("nothing") == {}
    totals = await ledger.account_totals("")
    assert sum(totals.values()) == 0
    assert totals["issuance"] == -156


async def test_what_came_and_went_is_no_account(story):
    entry = await world.buy(story, 10, "p3")
    await engine.retract(target_id=entry.id, source="r", reason="refund")
    await engine.settle([story])
    assert await ledger.account_total(ledger.ISSUANCE) == -156
