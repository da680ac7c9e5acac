"""What staff say of a currency: what is wrong with it, how it is kept, and who looks at it."""

import pytest

from gamification.ledger import Currency
from gamification.programme import DefinitionKind, parsed
from gamification.programme.checking import problems_of
from gamification.programme.kinds import decoded, encoded, plain
from kit import clock
from kit.errors import InvalidInput
from tests.gamification.factories import day, definition, programme

KIND = DefinitionKind.CURRENCY
EVENT = {"key": "delivery", "title": "D", "attributes": {"order": {"type": "STRING"}}}
CATALOGUE = {
    (DefinitionKind.ACTIVITY_KIND, key): parsed(DefinitionKind.ACTIVITY_KIND, body)
    for key, body in {"delivery": EVENT, "visit": {"key": "visit", "title": "V"}}.items()
}


def body(**facts):
    return {"key": "points", "name": "Points", **facts}


def problems(**facts):
    found = problems_of(KIND, parsed(KIND, body(**facts)), CATALOGUE)
    return {one.path: one.message for one in found}


EVERYTHING = {
    "kind": "MONEY",
    "money": "USD",
    "zone": "Asia/Jakarta",
    "shortage": "WRITE_OFF",
    "pending": {"event": "delivery", "match": "order"},
    "expiry": {"mode": "ROLLING", "count": 12, "unit": "MONTH", "round_to": "MONTH"},
    "cost": {"minor": 1, "currency": "USD", "points": 100},
    "transfers": {"min": 10, "max": 500, "max_per_day": 1000},
    "approval_above": 500,
    "adjustment_max": 10000,
}


@pytest.mark.parametrize(
    "facts",
    [
        EVERYTHING,
        {"pending": {"days": 0}},
        {"pending": {"until": "2026-06-01T00:00:00Z"}},
        {"pending": {"event": "visit"}},
        {"expiry": {"mode": "NEVER"}},
        {"expiry": {"mode": "ROLLING", "count": 100, "unit": "YEAR"}},
        {"expiry": {"mode": "CALENDAR", "month_day": "02-29", "years": 2}},
        {"expiry": {"mode": "CALENDAR", "at": "2027-01-01T00:00:00Z"}},
        {"expiry": {"mode": "SLIDING", "count": 6, "unit": "MONTH", "kinds": ["visit"]}},
        {"kind": "XP", "expiry": {"mode": "SLIDING", "count": 90}},
        {"transfers": {}},
        {"approval_above": 0, "adjustment_max": 1},
    ],
)
def test_these_are_sound(facts):
    assert problems(**facts) == {}


@pytest.mark.parametrize(
    "facts, expected",
    [
        ({"pending": {}}, {"pending": "just one"}),
        ({"pending": {"days": 1, "event": "visit"}}, {"pending": "just one"}),
        ({"pending": {"days": -1}}, {"pending.days": "from 0"}),
        ({"pending": {"days": 40_000}}, {"pending.days": "36,525"}),
        ({"pending": {"days": 1}, "pending_days": 1}, {"pending": "either"}),
        ({"pending": {"days": 1, "match": "order"}}, {"pending.match": "belongs to an event"}),
        ({"pending": {"event": "flight"}}, {"pending.event": "no activity kind 'flight'"}),
        (
            {"pending": {"event": "visit", "match": "order"}},
            {"pending.match": "not an attribute of the kind 'visit'"},
        ),
        (
            {"expiry": {"mode": "NEVER"}, "expires_after_days": 30},
            {"expiry": "either"},
        ),
        ({"expiry": {"mode": "ROLLING"}}, {"expiry.count": "from 1 to 36,525"}),
        (
            {"expiry": {"mode": "ROLLING", "count": 101, "unit": "YEAR"}},
            {"expiry.count": "from 1 to 100"},
        ),
        (
            {"expiry": {"mode": "SLIDING", "count": 401, "unit": "QUARTER"}},
            {"expiry.count": "from 1 to 400"},
        ),
        (
            {"expiry": {"mode": "SLIDING", "count": 1, "round_to": "MONTH"}},
            {"expiry.round_to": "no meaning for SLIDING"},
        ),
        (
            {"expiry": {"mode": "SLIDING", "count": 1, "kinds": ["visit", "flight"]}},
            {"expiry.kinds.1": "no activity kind 'flight'"},
        ),
        (
            {"expiry": {"mode": "ROLLING", "count": 1, "kinds": ["visit"]}},
            {"expiry.kinds": "no meaning for ROLLING"},
        ),
        (
            {"expiry": {"mode": "NEVER", "count": 1, "unit": "WEEK"}},
            {"expiry.count": "no meaning", "expiry.unit": "no meaning"},
        ),
        ({"expiry": {"mode": "CALENDAR"}}, {"expiry.month_day": "either"}),
        (
            {"expiry": {"mode": "CALENDAR", "month_day": "12-31", "at": day(1)}},
            {"expiry.month_day": "either"},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "month_day": "31-12"}},
            {"expiry.month_day": "such as 12-31"},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "month_day": "02-30"}},
            {"expiry.month_day": "such as 12-31"},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "month_day": "12-3"}},
            {"expiry.month_day": "such as 12-31"},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "month_day": "12-31", "years": -1}},
            {"expiry.years": "from 0"},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "at": day(1), "years": 1}},
            {"expiry.years": "belongs to a day"},
        ),
        ({"zone": "Mars/Olympus"}, {"zone": "no time zone"}),
        ({"kind": "MONEY"}, {"money": "ISO 4217"}),
        ({"kind": "MONEY", "money": "usd"}, {"money": "ISO 4217"}),
        ({"money": "USD"}, {"money": "only a currency of the kind MONEY"}),
        ({"cost": {"minor": -1, "currency": "USD"}}, {"cost.minor": "from 0"}),
        ({"cost": {"minor": 1, "currency": "USD", "points": 0}}, {"cost.points": "from 1"}),
        ({"cost": {"minor": 1, "currency": "dollar"}}, {"cost.currency": "ISO 4217"}),
        (
            {"kind": "XP", "cost": {"minor": 1, "currency": "USD"}, "transfers": {}},
            {"cost": "cannot be spent", "transfers": "cannot be spent"},
        ),
        ({"transfers": {"min": 0}}, {"transfers.min": "from 1"}),
        ({"transfers": {"min": 10, "max": 9}}, {"transfers.max": "from 10"}),
        ({"transfers": {"min": 10, "max_per_day": 9}}, {"transfers.max_per_day": "from 10"}),
        ({"approval_above": -1}, {"approval_above": "from 0"}),
        ({"adjustment_max": 0}, {"adjustment_max": "from 1"}),
    ],
)
def test_each_fault_is_named_by_its_path(facts, expected):
    found = problems(**facts)
    assert found.keys() == expected.keys()
    assert all(part in found[path] for path, part in expected.items())


@pytest.mark.parametrize("path", ["pending.until", "expiry.at"])
def test_an_instant_that_is_none_is_refused(path):
    outer, inner = path.split(".")
    with pytest.raises(InvalidInput) as raised:
        parsed(KIND, body(**{outer: {"mode": "CALENDAR", inner: "tomorrow"}}))
    assert [one.path for one in raised.value.problems] == [path]


@pytest.mark.parametrize(
    "facts",
    [
        EVERYTHING,
        {"pending": {"until": "2026-06-01T00:00:00Z"}},
        {"expiry": {"mode": "CALENDAR", "at": "2027-01-01T00:00:00Z"}},
        {"expiry": {"mode": "CALENDAR", "month_day": "12-31", "years": 1}},
        {"expiry": {"mode": "SLIDING", "count": 6, "unit": "MONTH", "kinds": ["visit"]}},
    ],
)
def test_a_currency_reads_as_it_was_said_and_survives_storing(facts):
    made = parsed(KIND, body(**facts))
    assert plain(made) == body(**facts)
    assert decoded(KIND, encoded(made)) == made
    assert parsed(KIND, plain(made)) == made


def test_a_currency_that_was_stored_before_there_was_more_is_read():
    text = (
        '{"expires_after_days":30,"key":"points","kind":"REDEEMABLE","main":true,'
        '"name":{"":"Points"},"pending_days":2}'
    )
    made = decoded(KIND, text)
    assert isinstance(made, Currency)
    assert (made.pending_days, made.expires_after_days, made.pending, made.expiry) == (
        2,
        30,
        None,
        None,
    )


def awaiting(event, match="", **more):
    pending = {"event": event} | ({"match": match} if match else {})
    return definition(KIND, body(pending=pending), **more)


def test_a_kind_is_looked_at_by_what_awaits_it_or_slides_with_it():
    slow = {"mode": "SLIDING", "count": 30, "kinds": ["visit"]}
    made = programme(
        (DefinitionKind.ACTIVITY_KIND, EVENT),
        awaiting("delivery", "order"),
        (KIND, {"key": "slow", "name": "", "expiry": slow}),
    )
    edition = made.at(0)
    assert edition.by_kind["delivery"].unlocks == [("points", "order")]
    assert [one.key for one in edition.by_kind["visit"].slides] == ["slow"]
    assert edition.by_any_kind is None


def test_where_every_kind_counts_those_count_too_that_nothing_looks_at():
    any_kind = {"mode": "SLIDING", "count": 30}
    edition = programme(
        (DefinitionKind.ACTIVITY_KIND, EVENT),
        (KIND, {"key": "slow", "name": "", "expiry": any_kind}),
    ).at(0)
    assert [one.key for one in edition.by_kind["delivery"].slides] == ["slow"]
    assert [one.key for one in edition.by_any_kind.slides] == ["slow"]


def test_points_still_await_what_an_earlier_version_said():
    made = programme(
        awaiting("delivery", "order"),
        awaiting("visit", version=2, since=day(5)),
        definition(KIND, body(), version=3, since=day(9)),
    )
    assert made.at(day(4)).by_kind["delivery"].unlocks == [("points", "order")]
    assert "visit" not in made.at(day(4)).by_kind
    for moment in (day(5), day(9)):
        plans = made.at(moment).by_kind
        assert plans["delivery"].unlocks == [("points", "order")]
        assert plans["visit"].unlocks == [("points", "")]


def test_an_instant_of_a_currency_is_told_as_one():
    made = parsed(KIND, body(pending={"until": day(3)}))
    assert plain(made)["pending"] == {"until": clock.isoformat(day(3))}
