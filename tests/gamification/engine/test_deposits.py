"""Points on all terms: pending, unlocked, expiring, sliding; as of whatever moment is asked."""

import itertools

import pytest

from gamification import engine
from gamification.ledger import NEVER
from gamification.programme import Backfill, Scope
from kit import clock as kit_clock
from kit import database as db
from kit.clock import DAY
from kit.errors import InsufficientPoints
from tests.gamification import world
from tests.gamification.factories import day, definition, entry, folded, programme, purchase

STRING = {"type": "STRING"}
PURCHASE = (
    "ACTIVITY_KIND",
    {**world.PURCHASE[1], "attributes": {"order": STRING}},
)
DELIVERY = (
    "ACTIVITY_KIND",
    {
        "key": "delivery",
        "title": "D",
        "attributes": {"order": STRING},
    },
)
VISIT = ("ACTIVITY_KIND", {"key": "visit", "title": "V"})
VISITING = (
    "EARNING_RULE",
    {"key": "visit", "title": "V", "kind": "visit", "currency": "points", "earn": {"points": 1}},
)
KINDS = (PURCHASE, DELIVERY, VISIT)
SLIDING = {"mode": "SLIDING", "count": 10}
CALENDAR = {"mode": "CALENDAR", "month_day": "03-14"}


def currency(**facts):
    return "CURRENCY", {**world.POINTS[1], **facts}


def earning(**facts):
    """A programme in which purchases earn a point for each unit, on these terms."""
    return programme(*KINDS, currency(**facts), world.ONE_TO_ONE, VISITING)


def bought(at, source, amount, **attributes):
    return purchase(at, source, amount=amount, attributes=attributes)


def told(source, at, kind="delivery", **attributes):
    return purchase(at, source, kind=kind, attributes=attributes)


def seen(published, journal, at):
    """Balance and pending as of a moment."""
    known = [one for one in journal if one.at <= at]
    wallet = folded(published, known, until=at)[0].wallet("points")
    return wallet.balance(at), wallet.pending(at)


def expired(effects):
    return [(one.key, one.amount, one.at) for one in effects.postings if one.kind == "EXPIRE"]


# --- pending --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pending, ripe_at",
    [({"days": 3}, day(3)), ({"until": day(7)}, day(7)), ({"until": day(-7)}, day(0))],
)
def test_points_ripen_to_the_microsecond(pending, ripe_at):
    published = earning(pending=pending)
    journal = [bought(day(0), "p", 50)]
    if ripe_at > day(0):
        assert seen(published, journal, ripe_at - 1) == (0, 50)
    assert seen(published, journal, ripe_at) == (50, 0)


def test_an_event_unlocks_what_it_matches_and_what_cannot_be_told_apart():
    published = earning(pending={"event": "delivery", "match": "order"})
    journal = [
        bought(day(0), "a", 10, order="A"),
        bought(day(0), "b", 20, order="B"),
        bought(day(0), "c", 40),
        told("v", day(1), order="B"),
    ]
    assert seen(published, journal, day(1) - 1) == (0, 70)
    assert seen(published, journal, day(1)) == (60, 10)


def test_an_event_that_carries_no_value_unlocks_only_what_cannot_be_told_apart():
    published = earning(pending={"event": "delivery", "match": "order"})
    journal = [bought(day(0), "a", 10, order="A"), bought(day(0), "c", 40), told("v", day(1))]
    assert seen(published, journal, day(1)) == (40, 10)


def test_any_event_of_the_kind_unlocks_all_where_nothing_must_match():
    published = earning(pending={"event": "delivery"})
    journal = [bought(day(n), f"p{n}", 10) for n in range(3)]
    journal.append(told("v", day(1, 1), order="Z"))
    assert seen(published, journal, day(3)) == (20, 10)


def test_an_event_does_not_unlock_what_it_earns_itself():
    published = earning(pending={"event": "purchase"})
    journal = [bought(day(n), f"p{n}", 10) for n in range(3)]
    assert [seen(published, journal, day(n)) for n in range(3)] == [(0, 10), (10, 10), (20, 10)]


def test_the_ledger_tells_what_was_known_at_the_earning():
    published = earning(pending={"event": "delivery"}, expiry={**SLIDING, "kinds": ["purchase"]})
    journal = [bought(day(0), "p", 10), told("v", day(1)), told("w", day(2), "visit")]
    _, effects = folded(published, journal)
    rows = [(one.key, one.available_at, one.expires_at) for one in effects.postings]
    # The visit is no purchase: its point lasts no longer than those that are there.
    assert rows == [("earn:p:one-to-one", NEVER, day(10)), ("earn:w:visit", NEVER, day(10))]


def test_what_an_event_unlocked_is_locked_again_once_the_event_is_taken_back():
    published = earning(pending={"event": "delivery"})
    journal = [bought(day(0), "p", 10), told("v", day(1))]
    journal.append(entry("RETRACTION", day(2), "r", target="v", share=1_000_000))
    assert seen(published, journal[:2], day(3)) == (10, 0)
    assert seen(published, journal, day(3)) == (0, 10)


def test_points_wait_for_what_their_currency_said_when_they_were_earned():
    before, after = (
        definition("CURRENCY", currency(pending={"event": kind})[1], version=version, since=since)
        for kind, version, since in (("delivery", 1, day(-9)), ("visit", 2, day(5)))
    )
    published = programme(
        *(definition(*kind) for kind in (*KINDS, world.ONE_TO_ONE)), before, after
    )
    journal = [bought(day(0), "p", 10), bought(day(6), "q", 20), told("v", day(7), "visit")]
    assert seen(published, journal, day(8)) == (20, 10)
    journal.append(told("w", day(9)))
    assert seen(published, journal, day(9)) == (30, 0)


# --- expiry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "expiry, expires_at",
    [
        ({"mode": "ROLLING", "count": 1, "unit": "MONTH"}, "2026-04-02T00:00:00Z"),
        (
            {"mode": "ROLLING", "count": 1, "unit": "MONTH", "round_to": "MONTH"},
            "2026-05-01T00:00:00+07:00",
        ),
        ({"mode": "CALENDAR", "month_day": "12-31"}, "2027-01-01T00:00:00+07:00"),
        ({"mode": "CALENDAR", "at": "2026-06-01T00:00:00Z"}, "2026-06-01T00:00:00Z"),
    ],
)
def test_points_expire_to_the_microsecond(expiry, expires_at):
    published = earning(expiry=expiry, zone="Asia/Jakarta")
    moment = kit_clock.parse(expires_at)
    journal = [bought(day(0), "p", 50)]
    assert seen(published, journal, moment - 1) == (50, 0)
    assert seen(published, journal, moment) == (0, 0)
    _, effects = folded(published, journal, until=moment + DAY)
    assert expired(effects) == [("expire:earn:p:one-to-one", 50, moment)]


def test_points_that_nobody_comes_for_expire_all_together():
    published = earning(expiry=SLIDING)
    journal = [bought(day(0), "p", 50), told("v", day(6), "visit"), bought(day(9), "q", 5)]
    assert seen(published, journal, day(19) - 1) == (56, 0)
    assert seen(published, journal, day(19)) == (0, 0)
    _, effects = folded(published, journal, until=day(99))
    assert sorted(expired(effects)) == [
        ("expire:earn:p:one-to-one", 50, day(19)),
        ("expire:earn:q:one-to-one", 5, day(19)),
        ("expire:earn:v:visit", 1, day(19)),
    ]


def test_only_activities_of_a_listed_kind_put_it_off():
    published = earning(expiry={**SLIDING, "kinds": ["delivery"]})
    journal = [bought(day(0), "p", 50), bought(day(6), "q", 5)]
    assert seen(published, journal, day(10) - 1) == (55, 0)
    assert seen(published, journal, day(10)) == (0, 0)
    journal.append(told("v", day(9)))
    assert seen(published, journal, day(19) - 1) == (55, 0)
    assert seen(published, journal, day(19)) == (0, 0)


def test_an_activity_that_earns_nothing_and_is_of_no_known_kind_is_one():
    published = earning(expiry=SLIDING)
    journal = [bought(day(0), "p", 50), told("v", day(6), "flight")]
    assert seen(published, journal, day(16) - 1) == (50, 0)
    assert seen(published, journal, day(16)) == (0, 0)


def test_an_activity_that_is_taken_back_puts_nothing_off():
    published = earning(expiry=SLIDING)
    journal = [bought(day(0), "p", 50), told("v", day(6), "visit")]
    journal.append(entry("RETRACTION", day(7), "r", target="v", share=1_000_000))
    assert seen(published, journal, day(10)) == (0, 0)


def test_points_that_come_in_once_all_have_expired_begin_anew():
    published = earning(expiry={**SLIDING, "kinds": ["delivery"]})
    journal = [bought(day(0), "p", 50), told("v", day(11)), bought(day(12), "q", 5)]
    assert seen(published, journal, day(22) - 1) == (5, 0)
    assert seen(published, journal, day(22)) == (0, 0)


def test_held_points_slide_on_and_expire_at_their_release_where_they_did_not():
    published = earning(expiry=SLIDING)
    hold = entry(
        "HOLD", day(1), "h", points=50, currency="points", account="redemption", release_at=day(13)
    )
    journal = [bought(day(0), "p", 50), hold]
    assert seen(published, journal, day(13)) == (0, 0)
    _, effects = folded(published, journal, until=day(13))
    assert expired(effects) == [("expired:release:h", 50, day(13))]
    assert seen(published, [*journal, told("v", day(5))], day(13)) == (50, 0)


# --- in the database ------------------------------------------------------------------------------


async def published_on(**facts):
    bodies = (*KINDS, currency(**facts), world.ONE_TO_ONE, VISITING)
    await world.publish(*bodies, backfill=Backfill(scope=Scope.ALL))
    return await world.enrol("ani")


def recording(member, what, at, *, source=""):
    """A purchase for 10 of an order, a delivery of it, or a visit."""
    kind, _, order = what.partition(" ")
    said = {"kind": kind, "source": source or what, "occurred_at": at}
    if order:
        said["attributes"] = {"order": order}
    return world.bought(member, 10 if kind == "purchase" else None, **said)


async def seen_at(member, at):
    view = await engine.standing_of(member, at=at)
    wallet = view.standing.wallets["points"]
    return wallet.balance(at), wallet.pending(at)


async def test_what_is_delivered_can_be_spent(database, clock):
    member = await published_on(pending={"event": "delivery", "match": "order"})
    before = clock.now - DAY
    await world.record(*(recording(member, f"purchase {name}", before) for name in "AB"))
    with pytest.raises(InsufficientPoints):
        await world.spend(member, 1)
    await world.record(recording(member, "delivery B", clock.now))
    await world.spend(member, 10, "s")
    assert await seen_at(member, clock.now) == (0, 10)
    [row] = await db.fetch("SELECT lots FROM ledger_entry WHERE kind = 'SPEND'")
    assert row[0] == '[["earn:purchase B:one-to-one",10]]'
    await world.assert_sound()


async def test_points_expire_whether_anything_runs_or_not(database, clock):
    rounded = {"mode": "ROLLING", "count": 1, "unit": "MONTH", "round_to": "MONTH"}
    member = await published_on(expiry=rounded, zone="Asia/Jakarta")
    await world.record(recording(member, "purchase A", clock.now))
    end = kit_clock.parse("2026-05-01T00:00:00+07:00")
    assert await seen_at(member, end - 1) == (10, 0)
    assert await seen_at(member, end) == (0, 0)
    clock.now = end
    with pytest.raises(InsufficientPoints):
        await world.spend(member, 1)
    await engine.sweep()
    [row] = await db.fetch("SELECT key, at FROM ledger_entry WHERE kind = 'EXPIRE'")
    assert tuple(row) == ("expire:earn:purchase A:one-to-one", end)
    await world.assert_sound()


ROUNDED = {"mode": "ROLLING", "count": 1, "unit": "WEEK", "round_to": "DAY"}
MATCHED = {"event": "delivery", "match": "order"}


@pytest.mark.parametrize(
    "terms, expected",
    [
        ({"pending": {"days": 2}, "expires_after_days": 9}, (11, 0)),
        ({"pending": {"until": day(6)}, "expiry": CALENDAR}, (21, 0)),
        ({"pending": {"event": "delivery"}, "expiry": ROUNDED}, (0, 10)),
        ({"pending": MATCHED, "expiry": SLIDING}, (10, 11)),
        ({"expiry": {**SLIDING, "count": 9, "kinds": ["visit"]}}, (21, 0)),
        ({"expiry": {**SLIDING, "count": 8, "kinds": ["visit"]}}, (0, 0)),
    ],
)
async def test_any_order_of_arrival_comes_to_the_same(database, clock, terms, expected):
    clock.now = day(12)
    await published_on(**terms)
    happened = [("purchase A", 0), ("delivery A", 3), ("visit", 4), ("purchase B", 8)]
    for number, order in enumerate(itertools.permutations(happened)):
        member = await world.enrol(f"member-{number}")
        for what, on in order:
            await world.record(recording(member, what, day(on), source=f"{number}:{what}"))
        assert await seen_at(member, day(12)) == expected
    await world.assert_sound()
