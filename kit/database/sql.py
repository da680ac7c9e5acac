"""One SQL text for both databases: placeholders, lists, and the columns of bulk inserts."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

Dialect: TypeAlias = Literal["sqlite", "postgres"]
ColumnType: TypeAlias = Literal["text", "bigint", "boolean", "bytes", "double"]
Row: TypeAlias = Sequence[Any]

_POSTGRES_TYPES: Final[Mapping[str, str]] = {
    "text": "text",
    "bigint": "bigint",
    "boolean": "boolean",
    "bytes": "bytea",
    "double": "double precision",
}

# Quoted text is matched first, so that a question mark inside it is left alone.
_TOKEN: Final = re.compile(r"'(?:[^']|'')*'|\b(NOT\s+)?IN\s+\?|\?", re.IGNORECASE)
_WRITES: Final = re.compile(r"\b(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as one database wants it, and which parameters are lists (SQLite's as JSON)."""

    sql: str
    lists: tuple[int, ...]
    writes: bool

    def with_json(self, params: Sequence[Any]) -> Sequence[Any]:
        """The parameters for SQLite, which has no arrays."""
        if not self.lists:
            return params
        return [
            json.dumps(list(param)) if place in self.lists else param
            for place, param in enumerate(params)
        ]


@lru_cache(maxsize=2048)
def statement(sql: str, dialect: Dialect) -> Statement:
    """Translate `?` and `IN ?`; remembered, since each text is sent many times."""
    lists: list[int] = []
    count = 0

    def translated(match: re.Match[str]) -> str:
        nonlocal count
        token = match[0]
        if token.startswith("'"):
            return token
        count += 1
        if token == "?":
            return "?" if dialect == "sqlite" else f"${count}"
        lists.append(count - 1)
        negated = match[1] is not None
        if dialect == "sqlite":
            return f"{'NOT ' if negated else ''}IN (SELECT value FROM json_each(?))"
        return f"<> ALL(${count})" if negated else f"= ANY(${count})"

    text = _TOKEN.sub(translated, sql)
    return Statement(text, tuple(lists), _WRITES.search(sql) is not None)


class Table:
    """A table's name and its columns with their types, as `insert` needs them.

    Rows are tuples in the order of `columns`; a column the database fills in is left out.
    """

    __slots__ = ("_postgres", "_sqlite", "columns", "name")

    def __init__(self, name: str, columns: Mapping[str, ColumnType]) -> None:
        self.name = name
        self.columns = dict(columns)
        names = ", ".join(columns)
        marks = ", ".join("?" for _ in columns)
        arrays = ", ".join(
            f"${place}::{_POSTGRES_TYPES[kind]}[]"
            for place, kind in enumerate(columns.values(), start=1)
        )
        self._sqlite = f"INSERT INTO {name} ({names}) VALUES ({marks}) "
        self._postgres = f"INSERT INTO {name} ({names}) SELECT * FROM unnest({arrays}) "

    def __repr__(self) -> str:
        return f"Table({self.name})"

    def inserting(self, dialect: Dialect, on_conflict: str) -> str:
        """The insert statement: one row at a time on SQLite, all in one on PostgreSQL."""
        return (self._sqlite if dialect == "sqlite" else self._postgres) + on_conflict
