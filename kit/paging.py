"""Pages of a list by key, not by offset: stable while rows come and go, and as cheap at the end
as at the beginning.

    BY_TIME = Keyset(Key("occurred_at", int, descending=True), Key("id", str))

    window = BY_TIME.window(first=first, after=after)
    rows = await database.fetch(
        f"SELECT occurred_at, id FROM entry WHERE member_id = ? AND {window.where} "
        f"ORDER BY {window.order} LIMIT ?", member_id, *window.params, window.limit,
    )
    return window.page(rows, key=lambda row: (row[0], row[1]))

The last key must be unique. A cursor is the keys of one row; it says nothing else.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

import orjson

from kit.errors import InvalidInput

T = TypeVar("T")
U = TypeVar("U")
KeyValue: TypeAlias = str | int

DEFAULT_SIZE: Final = 20
MAX_SIZE: Final = 100
_MAX_CURSOR: Final = 1024
_INT64: Final = range(-(2**63), 2**63)


def encode(*keys: KeyValue) -> str:
    """The cursor of the row with these keys."""
    return base64.urlsafe_b64encode(orjson.dumps(keys)).rstrip(b"=").decode()


def decode(cursor: str, n: int, *, path: str = "after") -> list[KeyValue]:
    """The `n` keys of a cursor. Raises `InvalidInput` at `path` for whatever is not one of ours."""
    keys = _decoded(cursor)
    if keys is None or len(keys) != n or not all(_is_key(key) for key in keys):
        raise InvalidInput.at(path, "this cursor belongs to no list of ours")
    return keys


def size(asked: int | None, *, path: str = "first") -> int:
    """How many items to answer: 20 unless asked, 100 at most. Raises `InvalidInput`."""
    if asked is None:
        return DEFAULT_SIZE
    if asked < 0:
        raise InvalidInput.at(path, f"{asked} is negative")
    if asked > MAX_SIZE:
        raise InvalidInput.at(path, f"{asked} is over the limit of {MAX_SIZE} a page")
    return asked


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[T]):
    """Some items of a list, in its order, with the cursor of each."""

    items: Sequence[T]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool

    def map(self, convert: Callable[[T], U]) -> "Page[U]":
        """The same page with every item converted."""
        return Page(
            items=[convert(item) for item in self.items],
            cursors=self.cursors,
            has_next=self.has_next,
            has_previous=self.has_previous,
        )


@dataclass(frozen=True, slots=True)
class Key:
    """One column that a list is ordered by: its SQL, its type, its direction."""

    sql: str
    kind: type[str] | type[int]
    descending: bool = False


class Keyset:
    """The order of a list, as keys of which the last is unique."""

    def __init__(self, *keys: Key) -> None:
        self._keys = keys

    def window(
        self,
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> "Window":
        """What SQL needs for one page. Raises `InvalidInput` for bad sizes and cursors."""
        if first is not None and last is not None:
            raise InvalidInput.at("last", "first and last exclude each other")
        backward = last is not None
        conditions: list[str] = []
        params: list[KeyValue] = []
        for cursor, path, beyond in ((after, "after", True), (before, "before", False)):
            if cursor is not None:
                keys = self._typed(decode(cursor, len(self._keys), path=path), path)
                condition, values = self._beyond(keys, forward=beyond)
                conditions.append(condition)
                params += values
        return Window(
            where=" AND ".join(conditions) or "1 = 1",
            params=params,
            order=", ".join(
                f"{key.sql} {'DESC' if key.descending != backward else 'ASC'}" for key in self._keys
            ),
            size=size(last, path="last") if backward else size(first),
            backward=backward,
            bounded_before=before is not None,
            bounded_after=after is not None,
        )

    def _typed(self, values: list[KeyValue], path: str) -> list[KeyValue]:
        if not all(
            isinstance(value, key.kind) for value, key in zip(values, self._keys, strict=True)
        ):
            raise InvalidInput.at(path, "this cursor belongs to another list")
        return values

    def _beyond(self, values: list[KeyValue], *, forward: bool) -> tuple[str, list[KeyValue]]:
        signs = ["<" if key.descending == forward else ">" for key in self._keys]
        if len(set(signs)) == 1:  # A row comparison, which an index can follow.
            names = ", ".join(key.sql for key in self._keys)
            marks = ", ".join("?" for _ in self._keys)
            return f"({names}) {signs[0]} ({marks})", values
        ways: list[str] = []
        params: list[KeyValue] = []
        for place, (key, sign) in enumerate(zip(self._keys, signs, strict=True)):
            equal = [f"{earlier.sql} = ?" for earlier in self._keys[:place]]
            ways.append(f"({' AND '.join([*equal, f'{key.sql} {sign} ?'])})")
            params += values[: place + 1]
        return f"({' OR '.join(ways)})", params


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """One page as SQL: its condition and parameters, its order, and one row more than its size."""

    where: str
    params: Sequence[KeyValue]
    order: str
    size: int
    backward: bool
    bounded_before: bool
    bounded_after: bool

    @property
    def limit(self) -> int:
        """One more than asked, to know whether there are more."""
        return self.size + 1

    def page(self, rows: Sequence[T], *, key: Callable[[T], Sequence[KeyValue]]) -> Page[T]:
        """The page of the rows that SQL answered, in the list's own order."""
        more = len(rows) > self.size
        items = list(rows[: self.size])
        if self.backward:
            items.reverse()
        return Page(
            items=items,
            cursors=[encode(*key(item)) for item in items],
            has_next=self.bounded_before if self.backward else more,
            has_previous=more if self.backward else self.bounded_after,
        )


def _decoded(cursor: str) -> list[KeyValue] | None:
    if len(cursor) > _MAX_CURSOR:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        value = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, orjson.JSONDecodeError):
        return None
    return value if isinstance(value, list) else None


def _is_key(value: object) -> bool:
    """Whether both databases can take it as a parameter."""
    if isinstance(value, str):
        return "\x00" not in value
    return isinstance(value, int) and not isinstance(value, bool) and value in _INT64
