"""Amounts become minor units exactly, by the currency's ISO 4217 exponent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piala.importing import money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("11.77", "USD", 1177),
        ("0", "USD", 0),
        ("0.07", "USD", 7),
        ("12", "USD", 1200),
        ("1.500", "USD", 150),
        ("-3.5", "USD", -350),
        ("+3.5", "USD", 350),
        ("35000", "IDR", 3_500_000),
        ("35000", "JPY", 35_000),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12_345),
        ("999999999999999999.99", "USD", 99_999_999_999_999_999_999),
    ],
)
def test_a_decimal_amount_is_read_exactly(text, currency, minor):
    assert money.minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    ["", " ", "1e3", "NaN", "Infinity", "1_000", "1,50", "12.", ".5", "--1", "٣", "1" * 19, "$5"],
)
def test_what_is_no_plain_decimal_number_is_refused(text):
    with pytest.raises(ValueError, match="is not an amount"):
        money.minor(text, "USD")


def test_what_is_finer_than_the_currency_is_refused():
    with pytest.raises(ValueError, match=r"1\.005 has more decimals than USD has \(2\)"):
        money.minor("1.005", "USD")
    with pytest.raises(ValueError, match=r"0\.5 has more decimals than JPY has \(0\)"):
        money.minor("0.5", "JPY")


@given(st.integers(-(10**17), 10**17), st.sampled_from(["USD", "JPY", "KWD", "CLF", "IDR"]))
def test_every_whole_number_of_minor_units_can_be_written_and_read(units, currency):
    text = f"{Decimal(units).scaleb(-money.exponent(currency)):f}"
    assert money.minor(text, currency) == units
