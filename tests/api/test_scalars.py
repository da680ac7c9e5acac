"""BigInt and DateTime: what they take, what they refuse, what they write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import scalars
from api.budget import Limits
from api.scalars import SAFE
from kit import clock
from tests.api.playground import Caller, app_with, schema_with

FIRST, LAST = clock.parse("1000-01-01T00:00:00Z"), clock.parse("9998-12-31T23:59:59.999999Z")


@pytest.mark.parametrize("value", [0, -1, 2**31, SAFE, -SAFE, "0", "-7", "2147483648", str(SAFE)])
def test_a_big_int_is_an_integer_or_its_digits(value):
    assert scalars.big_int(value) == int(value)


@pytest.mark.parametrize(
    "value",
    [
        SAFE + 1,
        -SAFE - 1,
        2**64,
        1.0,
        1.5,
        -0.0,
        float("nan"),
        float("inf"),
        True,
        False,
        None,
        "",
        " 1",
        "1 ",
        "+1",
        "01",
        "1.0",
        "1e3",
        "0x10",
        "1_000",
        "٣",
        "9" * 5000,
        str(SAFE + 1),
        [1],
        {"a": 1},
    ],
)
def test_a_big_int_is_nothing_else(value):
    with pytest.raises(ValueError, match="expected an integer"):
        scalars.big_int(value)


@given(st.integers(-SAFE, SAFE))
def test_a_big_int_comes_back_as_it_went(value):
    assert scalars.written_int(scalars.big_int(value)) == value
    assert scalars.big_int(str(value)) == value


@pytest.mark.parametrize(
    ("text", "answered"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("2026-01-01T07:00:00+07:00", "2026-01-01T00:00:00Z"),
        ("2026-01-01T00:00:00.250Z", "2026-01-01T00:00:00.250000Z"),
        ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123456Z"),
        ("2024-02-29T23:59:59-00:00", "2024-02-29T23:59:59Z"),
    ],
)
def test_a_moment_is_answered_in_utc(text, answered):
    assert scalars.written_moment(scalars.moment(text)) == answered


@pytest.mark.parametrize(
    "value",
    [
        "2026-01-01",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00Z",
        "2026-01-01 00:00:00Z",
        "20260101T000000Z",
        "2026-W01-1T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T24:00:01Z",
        "2026-01-01T23:59:60Z",
        "2026-01-01T00:00:00+99:00",
        "2026-01-01T00:00:00+07",
        "2026-01-01T00:00:00Z\n",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-01-01T00:00:00Z",
        "",
        "now",
        0,
        1.5,
        True,
        None,
    ],
)
def test_a_moment_is_nothing_else(value):
    with pytest.raises(ValueError, match=r"moment|date|year"):
        scalars.moment(value)


@given(st.integers(FIRST, LAST))
def test_a_moment_comes_back_as_it_went(instant):
    assert scalars.moment(scalars.written_moment(instant)) == instant


@pytest.mark.parametrize("value", [None, 1.0, "1", True, 2**63])
def test_a_big_int_field_that_is_none_is_a_fault(value):
    with pytest.raises(TypeError):
        scalars.written_int(value)


@pytest.mark.parametrize("value", [None, 1.0, "2026-01-01T00:00:00Z", True])
def test_a_moment_field_that_is_none_is_a_fault(value):
    with pytest.raises(TypeError):
        scalars.written_moment(value)


@pytest.mark.parametrize("literal", ["9007199254740992", "1.0", "1e3", "true", '"1.5"', "9" * 5000])
async def test_a_literal_is_refused_like_a_variable(literal):
    code = await Caller(app_with()).code(f"{{ echoInt(value: {literal}) }}")
    assert code == "GRAPHQL_VALIDATION_FAILED"


async def test_a_refused_value_is_not_repeated_at_length():
    (error,) = await Caller(app_with()).errors(f"{{ echoInt(value: {'9' * 5000}) }}")
    assert len(error["message"]) <= 500


async def test_both_scalars_go_through_a_request():
    caller = Caller(app_with())
    response = await caller.ask(
        "query($n: BigInt!, $t: DateTime!) { echoInt(value: $n) echoTime(value: $t) }",
        n=2**40,
        t="2026-06-01T12:00:00+02:00",
    )
    assert response.json() == {"data": {"echoInt": 2**40, "echoTime": "2026-06-01T10:00:00Z"}}


def test_both_scalars_are_described():
    text = schema_with(Limits()).as_str()
    assert "An integer: up to 53 bits go in" in text
    assert "scalar DateTime @specifiedBy" in text
