"""Our YAML: what looks like text stays text, and nothing is there twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import InvalidInput
from piala import yaml_files

texts = st.text(st.characters(codec="utf-8", categories=("L", "M", "N", "P", "S", "Zs")))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_whatever_is_written_is_read_again(value):
    assert yaml_files.parse(yaml_files.write(value), name="x") == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1997-01-01", "1997-01-01"),
        ("1997-01-01T00:00:00Z", "1997-01-01T00:00:00Z"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("00001", "00001"),
        ("0", 0),
        ("-17", -17),
        ("1.5", 1.5),
        ("1_000", "1_000"),
        ("true", True),
        ("~", None),
    ],
)
def test_plain_values_are_what_they_look_like(text, value):
    assert yaml_files.parse(f"a: {text}", name="x") == [{"a": value}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2", "file.yaml:2: the key 'a' is there twice"),
        ("b:\n  c: {d: 1, d: 2}", "file.yaml:2: the key 'd' is there twice"),
        ("a: &x [1]\nb: *x", "file.yaml:2: aliases are not used here"),
        ("1: x", "file.yaml:1: the key 1 must be text; quote it"),
        ("a: [", "file.yaml:1: expected the node content"),
        ("a: !!python/object:os.system x", "file.yaml:1: could not determine a constructor"),
        ("[" * 5_000, "file.yaml"),
        ("a: \x07", "file.yaml: is not YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, problem):
    with pytest.raises(InvalidInput) as caught:
        yaml_files.parse(text, name="file.yaml")
    assert caught.value.message.startswith(problem)


def test_a_file_may_hold_several_documents(tmp_path):
    path = tmp_path / "two.yaml"
    path.write_text("a: 1\n---\nb: 2\n")
    assert yaml_files.read(path) == [{"a": 1}, {"b": 2}]


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "bytes.yaml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match=r"bytes\.yaml: is not UTF-8 text"):
        yaml_files.read(path)
