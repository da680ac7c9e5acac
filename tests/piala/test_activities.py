"""Rows become activities ready to be recorded, exactly or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamification.engine import Recording
from kit import clock
from kit.errors import InvalidInput
from piala.importing import Bad, Blank, Line, Read, activities_of, compiled

MAPPING = {
    "source": "shop:{line:06d}",
    "member": "{who}",
    "kind": "{what}",
    "occurred_at": {"value": "{when}"},
    "amount": {"value": "{paid}", "currency": "{in}"},
    "quantity": "{pieces}",
    "channel": "ONLINE",
    "partner": "{shop}",
    "attributes": {
        "colour": {"value": "{colour}"},
        "size": {"value": "{size}", "type": "INTEGER"},
        "weight": {"value": "{weight}", "type": "DECIMAL"},
        "gift": {"value": "{gift}", "type": "BOOLEAN"},
    },
}
ROW = {
    "who": "sari",
    "what": "purchase",
    "when": "2026-03-01T10:00:00+07:00",
    "paid": "35000",
    "in": "IDR",
    "pieces": "2",
    "shop": "kemang",
    "colour": "red",
    "size": "42",
    "weight": "1.5e3",
    "gift": "True",
}


def read(mapping=MAPPING, **changes):
    row = ROW | changes
    lines = [Line(1, ",".join(row)), Line(2, ",".join(row.values()))]
    (found,) = activities_of(lines, compiled(mapping, name="mapping.yaml"))
    return found


def recording(mapping=MAPPING, **changes) -> Recording:
    found = read(mapping, **changes)
    assert isinstance(found, Read), found
    return found.recording


def test_a_row_becomes_an_activity():
    assert recording() == Recording(
        external_id="sari",
        kind="purchase",
        source="shop:000002",
        occurred_at=clock.parse("2026-03-01T03:00:00Z"),
        amount=3_500_000,
        currency="IDR",
        quantity=2,
        channel="ONLINE",
        partner="kemang",
        attributes={"colour": "red", "size": 42, "weight": 1500.0, "gift": True},
    )


def test_what_is_empty_is_left_out():
    found = recording(paid="", pieces=" ", colour="", size="", weight="", gift="")
    assert found.amount is None
    assert found.currency is None
    assert found.quantity is None
    assert found.attributes == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"who": ""}, "there is no member"),
        ({"who": "x" * 201}, "the member is longer than 200 characters"),
        ({"when": ""}, "there is no time at which it happened"),
        ({"when": "yesterday"}, "'yesterday' is not a time of the form ISO 8601"),
        ({"when": "2026-02-30"}, "'2026-02-30' is not a time of the form ISO 8601"),
        ({"paid": "ten"}, "'ten' is not an amount such as 12.50"),
        ({"paid": "0.001"}, "0.001 has more decimals than IDR has (2)"),
        ({"pieces": "two"}, "the quantity is 'two' and no whole number"),
        ({"pieces": "1.0"}, "the quantity is '1.0' and no whole number"),
        ({"size": "x"}, "size is 'x' and no whole number"),
        ({"weight": "NaN"}, "weight is 'NaN' and no number"),
        ({"gift": "yes"}, "gift is 'yes' and neither true nor false"),
    ],
)
def test_a_value_that_does_not_fit_makes_the_row_bad(changes, reason):
    found = read(**changes)
    assert isinstance(found, Bad)
    assert (found.line.number, found.reason) == (2, reason)


@pytest.mark.parametrize(
    ("time", "text", "instant"),
    [
        ({"format": "%Y%m%d"}, "19970101", "1997-01-01T00:00:00Z"),
        ({"format": "%d/%m/%Y %H:%M"}, "31/12/1997 23:59", "1997-12-31T23:59:00Z"),
        ({"format": "%Y%m%d", "zone": "Asia/Jakarta"}, "19970101", "1996-12-31T17:00:00Z"),
        ({"zone": "Asia/Jakarta"}, "1997-01-01", "1996-12-31T17:00:00Z"),
        ({"zone": "Asia/Jakarta"}, "1997-01-01T00:00:00Z", "1997-01-01T00:00:00Z"),
        ({"format": "%Y-%m-%d %H:%M %z"}, "1997-01-01 00:00 +0200", "1996-12-31T22:00:00Z"),
        ({}, "1997-01-01T00:00:00.123456Z", "1997-01-01T00:00:00.123456Z"),
    ],
)
def test_times_are_read_as_the_mapping_says(time, text, instant):
    mapping = MAPPING | {"occurred_at": {"value": "{when}", **time}}
    assert recording(mapping, when=text).occurred_at == clock.parse(instant)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": "{"}, "is not a template"),
        ({"sauce": "x"}, "unknown field `sauce`"),
        ({"occurred_at": {"value": "{when}", "zone": "Mars/Base"}}, "no time zone 'Mars/Base'"),
        ({"delimiter": "||"}, "the delimiter is one character, or 'whitespace'"),
        ({"attributes": {"a": {"value": "x", "type": "COLOUR"}}}, "COLOUR"),
        ({"member": None}, "member"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(change, reason):
    with pytest.raises(InvalidInput, match=reason):
        compiled(MAPPING | change, name="mapping.yaml")


def test_a_mapping_needs_a_source_a_member_a_kind_and_a_time():
    for name in ("source", "member", "kind", "occurred_at"):
        with pytest.raises(InvalidInput, match=f"missing required field `{name}`"):
            compiled({key: MAPPING[key] for key in MAPPING if key != name}, name="mapping.yaml")


OURS = {
    "source": "cdnow:000002",
    "member": "00001",
    "kind": "purchase",
    "occurred_at": "1997-01-01T00:00:00Z",
    "amount": {"minor": 1177, "currency": "USD"},
    "attributes": {"discs": 1},
}


def read_json(text):
    (found,) = activities_of([Line(1, text)], None)
    return found


def test_json_lines_of_our_own_shape_need_no_mapping():
    assert read_json(json.dumps(OURS)).recording == Recording(
        external_id="00001",
        kind="purchase",
        source="cdnow:000002",
        occurred_at=clock.parse("1997-01-01T00:00:00Z"),
        amount=1177,
        currency="USD",
        channel="IMPORT",
        attributes={"discs": 1},
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"source": ""}, "there is no source"),
        ({"source": "a\0b"}, "holds a NUL character"),
        ({"member": 1}, "Expected `str`, got `int` - at `$.member`"),
        ({"occurred_at": "1997-01-01"}, "'1997-01-01' is not a time such as 1997-01-01T00:00:00Z"),
        ({"occurred_at": "soon"}, "'soon' is not a time such as 1997-01-01T00:00:00Z"),
        ({"amount": {"minor": 11.77, "currency": "USD"}}, "Expected `int`, got `float`"),
        ({"amount": {"minor": 1177}}, "missing required field `currency`"),
        ({"attributes": {"discs": [1]}}, "got `array`"),
        ({"attributes": {"colour": "re\0d"}}, "holds a NUL character"),
        ({"colour": "red"}, "unknown field `colour`"),
    ],
)
def test_json_of_another_shape_makes_the_line_bad(change, reason):
    found = read_json(json.dumps(OURS | change))
    assert isinstance(found, Bad)
    assert reason in found.reason


def test_blank_lines_are_told_apart_in_json():
    assert isinstance(read_json("  "), Blank)


@given(st.text())
def test_no_text_is_too_strange(text):
    assert isinstance(read_json(text), Read | Bad | Blank)
    changed = json.dumps(OURS | {"member": text, "attributes": {"colour": text}})
    assert isinstance(read_json(changed), Read | Bad)
