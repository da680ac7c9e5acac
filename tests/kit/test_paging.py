import base64
import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import paging
from kit.errors import InvalidInput

KEYS = st.lists(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
    | st.integers(-(2**63), 2**63 - 1),
    min_size=1,
    max_size=4,
)


@given(KEYS)
def test_a_cursor_comes_back_as_its_keys(keys):
    assert paging.decode(paging.encode(*keys), len(keys)) == keys


def forged(value):
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "zzz",
        "é",
        "=" * 8,
        "A" * 5000,
        "AAAA\n",
        paging.encode(1),
        paging.encode(1, "a", "b"),
        forged({"n": 1}),
        forged("na"),
        forged([1, None]),
        forged([1, True]),
        forged([1, 1.5]),
        forged([1, ["a"]]),
        forged([1, "a\x00b"]),
        forged([2**63, "a"]),
    ],
)
def test_what_is_not_ours_is_refused(cursor):
    with pytest.raises(InvalidInput) as caught:
        paging.decode(cursor, 2, path="before")
    assert [problem.path for problem in caught.value.problems] == ["before"]


@given(st.text(max_size=30))
def test_garbage_never_breaks_it(cursor):
    with contextlib.suppress(InvalidInput):
        paging.decode(cursor, 1)


@pytest.mark.parametrize(("asked", "size"), [(None, 20), (0, 0), (1, 1), (100, 100)])
def test_a_page_has_a_size(asked, size):
    assert paging.size(asked) == size


@pytest.mark.parametrize("asked", [-1, 101, 2**31])
def test_a_size_out_of_bounds_is_refused_with_its_figure(asked):
    with pytest.raises(InvalidInput, match=f"first: {asked} is"):
        paging.size(asked)


def test_a_page_is_converted_item_by_item():
    page = paging.Page(items=["a", "b"], cursors=["1", "2"], has_next=True, has_previous=False)
    converted = page.map(str.upper)
    assert converted.items == ["A", "B"]
    assert (converted.cursors, converted.has_next, converted.has_previous) == (
        ["1", "2"],
        True,
        False,
    )
