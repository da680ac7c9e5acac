import base64
import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import database as db
from kit import paging
from kit.errors import InvalidInput
from kit.paging import Key, Keyset

KEYS = st.lists(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
    | st.integers(-(2**63), 2**63 - 1),
    min_size=1,
    max_size=4,
)
ROWS = st.lists(st.integers(-2, 2), max_size=12)

ORDERS = {
    "both up": (Key("n", int), Key("id", str)),
    "both down": (Key("n", int, descending=True), Key("id", str, descending=True)),
    "mixed": (Key("n", int, descending=True), Key("id", str)),
    "one": (Key("id", str),),
}


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


def test_a_cursor_of_another_list_is_refused():
    with pytest.raises(InvalidInput):
        Keyset(*ORDERS["mixed"]).window(after=paging.encode("a", 1))


@pytest.mark.parametrize(("asked", "size"), [(None, 20), (0, 0), (1, 1), (100, 100)])
def test_a_page_has_a_size(asked, size):
    assert paging.size(asked) == size


@pytest.mark.parametrize("asked", [-1, 101, 2**31])
def test_a_size_out_of_bounds_is_refused_with_its_figure(asked):
    with pytest.raises(InvalidInput, match=f"first: {asked} is"):
        paging.size(asked)


def test_first_and_last_exclude_each_other():
    with pytest.raises(InvalidInput, match="exclude"):
        Keyset(*ORDERS["one"]).window(first=1, last=1)


@pytest.fixture
async def rows(database):
    await db.execute("CREATE TABLE listed (n BIGINT NOT NULL, id TEXT NOT NULL)")
    table = db.Table("listed", {"n": "bigint", "id": "text"})
    await db.insert(table, [(n % 4, f"id{n:02}") for n in range(23)])


async def page(order, **asked):
    window = Keyset(*order).window(**asked)
    columns = ", ".join(key.sql for key in order)
    found = await db.fetch(
        f"SELECT {columns} FROM listed WHERE 1 = 1 AND {window.where} "
        f"ORDER BY {window.order} LIMIT ?",
        *window.params,
        window.limit,
    )
    return window.page([tuple(row) for row in found], key=lambda row: row)


def in_order(order):
    values = [{"n": n % 4, "id": f"id{n:02}"} for n in range(23)]
    for key in reversed(order):
        values.sort(key=lambda value: value[key.sql], reverse=key.descending)
    return [tuple(value[key.sql] for key in order) for value in values]


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("size", [1, 5, 23, 100])
async def test_pages_forward_and_backward_are_the_list(rows, order, size):
    forward, cursor = [], None
    while True:
        found = await page(order, first=size, after=cursor)
        assert found.has_previous == (cursor is not None)
        forward += found.items
        if not found.has_next:
            break
        cursor = found.cursors[-1]
    assert forward == in_order(order)

    backward, cursor = [], None
    while True:
        found = await page(order, last=size, before=cursor)
        assert found.has_next == (cursor is not None)
        backward = [*found.items, *backward]
        if not found.has_previous:
            break
        cursor = found.cursors[0]
    assert backward == in_order(order)


async def test_rows_that_come_and_go_move_no_page(rows):
    order = ORDERS["one"]
    first = await page(order, first=5)
    await db.execute("DELETE FROM listed WHERE id IN ?", ["id00", "id04"])
    await db.execute("INSERT INTO listed (n, id) VALUES (1, 'id001')")
    second = await page(order, first=2, after=first.cursors[-1])
    assert second.items == [("id05",), ("id06",)]


async def test_between_two_cursors(rows):
    order = ORDERS["one"]
    found = await page(order, first=50, after=paging.encode("id03"), before=paging.encode("id06"))
    assert found.items == [("id04",), ("id05",)]


async def test_a_page_of_none(rows):
    found = await page(ORDERS["one"], first=0)
    assert (list(found.items), found.has_next) == ([], True)


async def test_a_page_is_converted_item_by_item(rows):
    found = (await page(ORDERS["one"], first=2)).map(lambda row: row[0].upper())
    assert found.items == ["ID00", "ID01"]
    assert found.cursors == [paging.encode("id00"), paging.encode("id01")]
