"""Lists as connections of keyset pages: a cursor is the key of a row, not its number."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

from api.scalars import BigInt
from kit import paging
from kit.errors import InvalidInput
from kit.paging import DEFAULT_SIZE, KeyValue, Page, size

__all__ = [
    "DEFAULT_SIZE",
    "After",
    "Connection",
    "CountedConnection",
    "First",
    "Page",
    "keys_after",
    "of_rows",
    "of_sorted",
    "size",
]

T = TypeVar("T")

First: TypeAlias = Annotated[
    int | None, strawberry.argument(description="How many at most: 20 unless said, 100 at most.")
]
After: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Begin just behind the item with this cursor.")
]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether the list goes on behind this page.")
    has_previous_page: bool = strawberry.field(description="Whether anything lies before it.")
    start_cursor: str | None = strawberry.field(description="The cursor of its first item.")
    end_cursor: str | None = strawberry.field(description="The cursor of its last: ask `after` it.")


@strawberry.type(description="One item of a list, and its place.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="The item's place, for `after`.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")

    @classmethod
    def of(cls, page: Page[T]) -> "Connection[T]":
        """The connection of a page."""
        return cls(edges=_edges(page), page_info=_info(page))


@strawberry.type(name="Connection", description="One page of a list whose length is known.")
class CountedConnection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page, in order.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in its list.")
    total_count: BigInt = strawberry.field(description="How many items the whole list has.")

    @classmethod
    def of(cls, page: Page[T], total: int) -> "CountedConnection[T]":
        """The connection of a page of a list with `total` items."""
        return cls(edges=_edges(page), page_info=_info(page), total_count=BigInt(total))


def of_sorted(
    items: Sequence[T], *, key: Callable[[T], KeyValue], first: int | None, after: str | None
) -> Page[T]:
    """A page of a list in memory that is sorted by `key`, ascending.

    Raises `InvalidInput` for sizes and cursors that are none.
    """
    asked = size(first)
    if after is not None:
        (behind,) = paging.decode(after, 1)
        items = [item for item in items if _is_behind(key(item), behind)]
    return Page(
        items=items[:asked],
        cursors=[paging.encode(key(item)) for item in items[:asked]],
        has_next=len(items) > asked,
        has_previous=after is not None,
    )


def of_rows(
    rows: Sequence[T], *, key: Callable[[T], Sequence[KeyValue]], size: int, after: str | None
) -> Page[T]:
    """The page of rows of which one more than `size` was read, if there are that many."""
    return Page(
        items=rows[:size],
        cursors=[paging.encode(*key(row)) for row in rows[:size]],
        has_next=len(rows) > size,
        has_previous=after is not None,
    )


def keys_after(after: str | None, *kinds: type[str] | type[int]) -> tuple[KeyValue, ...] | None:
    """The keys of a cursor, of these types. Raises `InvalidInput` for a cursor of another list."""
    if after is None:
        return None
    keys = paging.decode(after, len(kinds))
    if not all(isinstance(key, kind) for key, kind in zip(keys, kinds, strict=True)):
        raise InvalidInput.at("after", "this cursor belongs to another list")
    return tuple(keys)


def _is_behind(key: KeyValue, cursor: KeyValue) -> bool:
    if isinstance(key, str) and isinstance(cursor, str):
        return key > cursor
    return isinstance(key, int) and isinstance(cursor, int) and key > cursor


def _edges(page: Page[T]) -> list[Edge[T]]:
    return [
        Edge(cursor=cursor, node=item)
        for cursor, item in zip(page.cursors, page.items, strict=True)
    ]


def _info(page: Page[T]) -> PageInfo:
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.cursors[0] if page.cursors else None,
        end_cursor=page.cursors[-1] if page.cursors else None,
    )
