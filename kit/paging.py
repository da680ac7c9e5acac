"""Pages of a list by key, not by offset: stable while rows come and go.

A cursor is the keys of one row, the last of them unique; it says nothing else.
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
