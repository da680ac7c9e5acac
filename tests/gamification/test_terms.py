"""From when points can be spent and until when, as a currency says."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.ledger import (
    NEVER,
    Currency,
    CurrencyKind,
    Expiry,
    Pending,
    Terms,
    awaited,
    slid,
    terms_of,
)
from kit import clock
from kit.calendar import Unit
from kit.clock import DAY
from tests.kit.test_calendar import near, zones

JAKARTA = "Asia/Jakarta"


def at(text):
    return clock.parse(text)


def currency(**more):
    return msgspec.convert({"key": "points", "name": "Points", **more}, Currency)


def terms(text, **more):
    return terms_of(currency(**more), at(text))


def test_points_of_a_plain_currency_can_be_spent_at_once_and_for_ever():
    assert terms("2026-03-02T12:00:00Z") == Terms(at("2026-03-02T12:00:00Z"), NEVER)


def test_short_forms_count_periods_of_24_hours():
    told = terms("2026-03-02T12:00:00Z", pending_days=2, expires_after_days=30)
    assert told == Terms(at("2026-03-04T12:00:00Z"), at("2026-04-01T12:00:00Z"))


@pytest.mark.parametrize(
    "pending, available_at, awaits",
    [
        ({"days": 0}, "2026-03-02T12:00:00Z", ""),
        ({"days": 14}, "2026-03-16T12:00:00Z", ""),
        ({"until": at("2026-04-01T00:00:00Z")}, "2026-04-01T00:00:00Z", ""),
        ({"until": at("2026-01-01T00:00:00Z")}, "2026-03-02T12:00:00Z", ""),
        ({"event": "delivery"}, None, "delivery"),
        ({"event": "delivery", "match": "order"}, None, "delivery"),
    ],
)
def test_points_are_pending_for_some_days_until_a_date_or_an_event(pending, available_at, awaits):
    told = terms("2026-03-02T12:00:00Z", pending=pending)
    assert told.available_at == (at(available_at) if available_at else NEVER)
    assert (told.awaits, told.expires_at, told.slides) == (awaits, NEVER, False)


@pytest.mark.parametrize(
    "match, attributes, expected",
    [
        ("", {"order": "A1"}, "delivery"),
        ("order", {}, "delivery"),
        ("order", {"order": "A1"}, "delivery:order=A1"),
        ("order", {"order": 42}, "delivery:order=42"),
        ("order", {"order": 42.0}, "delivery:order=42"),
        ("order", {"order": 42.5}, "delivery:order=42.5"),
        ("paid", {"paid": True}, "delivery:paid=True"),
    ],
)
def test_an_event_is_told_apart_by_the_attribute_that_must_match(match, attributes, expected):
    assert awaited("delivery", match, attributes) == expected


@pytest.mark.parametrize(
    "earned_at, expiry, zone, expected",
    [
        ("2026-03-02T12:00:00Z", {"mode": "NEVER"}, "UTC", None),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "ROLLING", "count": 12, "unit": "MONTH"},
            "UTC",
            "2027-03-02T12:00:00Z",
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "ROLLING", "count": 12, "unit": "MONTH", "round_to": "DAY"},
            "UTC",
            "2027-03-03T00:00:00Z",
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "ROLLING", "count": 12, "unit": "MONTH", "round_to": "MONTH"},
            JAKARTA,
            "2027-04-01T00:00:00+07:00",
        ),
        # Late in the evening of March 31 UTC it is April in Jakarta already.
        (
            "2026-03-31T20:00:00Z",
            {"mode": "ROLLING", "count": 1, "unit": "YEAR", "round_to": "MONTH"},
            JAKARTA,
            "2027-05-01T00:00:00+07:00",
        ),
        (
            "2026-01-31T12:00:00Z",
            {"mode": "ROLLING", "count": 1, "unit": "MONTH", "round_to": "MONTH"},
            "UTC",
            "2026-03-01T00:00:00Z",
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "ROLLING", "count": 2, "unit": "QUARTER", "round_to": "QUARTER"},
            "UTC",
            "2026-10-01T00:00:00Z",
        ),
        (
            "2026-01-01T00:00:00Z",
            {"mode": "ROLLING", "count": 2, "unit": "YEAR", "round_to": "YEAR"},
            "UTC",
            "2029-01-01T00:00:00Z",
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "ROLLING", "count": 2, "unit": "WEEK", "round_to": "WEEK"},
            "UTC",
            "2026-03-23T00:00:00Z",
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "CALENDAR", "month_day": "12-31"},
            JAKARTA,
            "2027-01-01T00:00:00+07:00",
        ),
        (
            "2026-12-31T23:59:59Z",
            {"mode": "CALENDAR", "month_day": "12-31"},
            "UTC",
            "2027-01-01T00:00:00Z",
        ),
        # Once the day is over, it is the next year's.
        (
            "2026-07-01T00:00:00Z",
            {"mode": "CALENDAR", "month_day": "06-30"},
            "UTC",
            "2027-07-01T00:00:00Z",
        ),
        (
            "2026-05-10T12:00:00Z",
            {"mode": "CALENDAR", "month_day": "03-31", "years": 1},
            "UTC",
            "2027-04-01T00:00:00Z",
        ),
        (
            "2026-01-10T12:00:00Z",
            {"mode": "CALENDAR", "month_day": "03-31", "years": 1},
            "UTC",
            "2027-04-01T00:00:00Z",
        ),
        (
            "2026-01-10T12:00:00Z",
            {"mode": "CALENDAR", "month_day": "02-29"},
            "UTC",
            "2026-03-01T00:00:00Z",
        ),
        (
            "2028-01-10T12:00:00Z",
            {"mode": "CALENDAR", "month_day": "02-29"},
            "UTC",
            "2028-03-01T00:00:00Z",
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "CALENDAR", "at": at("2026-12-24T18:00:00Z")},
            "UTC",
            "2026-12-24T18:00:00Z",
        ),
        (
            "2026-12-24T18:00:00Z",
            {"mode": "CALENDAR", "at": at("2026-12-24T18:00:00Z")},
            "UTC",
            None,
        ),
        (
            "2026-03-02T12:00:00Z",
            {"mode": "SLIDING", "count": 6, "unit": "MONTH"},
            "UTC",
            "2026-09-02T12:00:00Z",
        ),
    ],
)
def test_points_expire_as_the_currency_says(earned_at, expiry, zone, expected):
    told = terms(earned_at, expiry=expiry, zone=zone)
    assert told.expires_at == (at(expected) if expected else NEVER)
    assert told.slides == (expiry["mode"] == "SLIDING")


def test_what_slides_lasts_as_long_after_an_activity_as_after_an_earning():
    sliding = currency(expiry={"mode": "SLIDING", "count": 6, "unit": "MONTH"}, zone=JAKARTA)
    moment = at("2026-08-31T20:00:00Z")
    assert slid(sliding, moment) == terms_of(sliding, moment).expires_at


def test_what_measures_only_cannot_be_spent():
    assert [kind for kind in CurrencyKind if kind.spendable] == ["REDEEMABLE", "MONEY"]


moments = st.integers(at("1990-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"))
units = st.sampled_from([*Unit])
expiries = st.one_of(
    st.just(Expiry(mode="NEVER")),
    st.builds(
        Expiry,
        mode=st.sampled_from(["ROLLING", "SLIDING"]),
        count=st.integers(1, 40),
        unit=units,
        round_to=st.none(),
    ),
    st.builds(
        Expiry,
        mode=st.just("ROLLING"),
        count=st.integers(1, 40),
        unit=units,
        round_to=units,
    ),
    st.builds(
        Expiry,
        mode=st.just("CALENDAR"),
        month_day=st.dates().map(lambda day: f"{day:%m-%d}"),
        years=st.integers(0, 3),
    ),
    st.builds(Expiry, mode=st.just("CALENDAR"), at=moments),
)
pendings = st.one_of(
    st.none(),
    st.builds(Pending, days=st.integers(0, 400)),
    st.builds(Pending, until=moments),
    st.just(Pending(event="delivery")),
)


@given(moments, near, zones, pendings, expiries)
def test_terms_keep_the_order_of_earnings_and_never_lie_before_them(
    moment, after, zone, pending, expiry
):
    said = currency(
        pending=pending and msgspec.to_builtins(pending),
        expiry=msgspec.to_builtins(expiry),
        zone=zone,
    )
    first, second = terms_of(said, moment), terms_of(said, moment + after)
    assert moment <= first.available_at <= second.available_at
    assert moment < first.expires_at <= second.expires_at


@given(moments, zones, st.integers(1, 40), units, units)
def test_rounding_never_shortens(moment, zone, count, unit, to):
    rolling = Expiry(mode="ROLLING", count=count, unit=unit)
    rounded = msgspec.structs.replace(rolling, round_to=to)
    exact, late = (
        terms_of(Currency(key="c", name="", expiry=one, zone=zone), moment).expires_at
        for one in (rolling, rounded)
    )
    assert exact <= late <= exact + 366 * DAY
