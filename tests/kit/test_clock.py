from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock as kit_clock

NOON = kit_clock.parse("2026-01-01T12:00:00Z")
INSTANTS = st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999)  # years 1 to 9999


def test_now_is_microseconds_since_the_epoch():
    before = datetime.now(UTC)
    now = kit_clock.to_datetime(kit_clock.now())
    assert before - timedelta(milliseconds=1) <= now <= datetime.now(UTC)


def test_a_fixed_clock_stands_still_and_goes_on_afterwards():
    with kit_clock.fixed(NOON):
        assert kit_clock.now() == NOON
        with kit_clock.fixed(NOON + 1):
            assert kit_clock.now() == NOON + 1
        assert kit_clock.now() == NOON
    assert kit_clock.now() > NOON


def test_the_test_clock_moves_when_told(clock):
    assert kit_clock.isoformat(kit_clock.now()) == "2026-03-02T09:00:00Z"
    clock.advance(days=1, seconds=0.5)
    assert kit_clock.isoformat(kit_clock.now()) == "2026-03-03T09:00:00.500000Z"
    clock.set("1998-06-30T23:59:59Z")
    assert kit_clock.now() == 899_251_199_000_000


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T07:00:00+07:00", 0),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-01-01T00:00:00.000001Z", 1_767_225_600_000_001),
    ],
)
def test_a_text_with_a_zone_is_an_instant(text, instant):
    assert kit_clock.parse(text) == instant


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "2026-01-01", "now", "", "2026-13-01Z"])
def test_a_text_without_a_zone_or_sense_is_refused(text):
    with pytest.raises(ValueError):
        kit_clock.parse(text)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="zone"):
        kit_clock.from_datetime(datetime(2026, 1, 1))  # noqa: DTZ001


@given(INSTANTS)
def test_there_and_back(instant):
    assert kit_clock.from_datetime(kit_clock.to_datetime(instant)) == instant
    assert kit_clock.parse(kit_clock.isoformat(instant)) == instant


@given(INSTANTS, INSTANTS)
def test_datetimes_are_ordered_as_instants(one, other):
    assert (one < other) == (kit_clock.to_datetime(one) < kit_clock.to_datetime(other))


def test_an_offset_makes_no_difference():
    jakarta = timezone(timedelta(hours=7))
    assert kit_clock.from_datetime(kit_clock.to_datetime(NOON).astimezone(jakarta)) == NOON
