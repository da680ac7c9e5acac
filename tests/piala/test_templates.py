"""Templates fill a row's columns into texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piala.importing.templates import Template


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("purchase", "purchase"),
        ("", ""),
        ("{customer}", "007"),
        ("cdnow:{line:06d}", "cdnow:000042"),
        ("{line:6}", "    42"),
        ("{line}", "42"),
        ("{day} {customer}!", "monday 007!"),
        ("{first name}", "Sari"),
        ("{1}", "one"),
        ("{a.b}", "nested"),
        ("{customer:1}", "007"),
    ],
)
def test_columns_are_filled_in(template, filled):
    values = {
        "customer": "007",
        "day": "monday",
        "first name": "Sari",
        "1": "one",
        "a.b": "nested",
    }
    assert Template(template).fill(values, 42) == filled


@pytest.mark.parametrize("text", ["{", "}", "{}", "{a", "a}", "{a:x}", "{{a}}", "{a:0}", "{a:b:c}"])
def test_braces_that_do_not_match_are_refused(text):
    with pytest.raises(ValueError, match="is not a template"):
        Template(text)


def test_a_column_that_the_row_has_not_is_named():
    with pytest.raises(KeyError, match="who"):
        Template("{who}").fill({}, 1)


def test_it_knows_its_columns():
    assert Template("{a}-{line}-{b:3}").columns == {"a", "line", "b"}


@given(st.text(st.characters(blacklist_characters="{}")), st.text())
def test_what_stands_in_a_column_is_never_read_as_a_template(literal, value):
    assert Template(literal + "{x}").fill({"x": value}, 1) == literal + value
