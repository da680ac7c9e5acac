"""Lines of a file as rows of named columns; what is malformed is handed on with its reason."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from kit.errors import InvalidInput
from piala.importing.mapping import WHITESPACE, Compiled

LINE_MAX: Final = 1_000_000
DEPTH_MAX: Final = 8


class Line(NamedTuple):
    """A line of the file, from 1, without its end; bytes that are no UTF-8 are lone surrogates.

    `whole` is false for one that was too long to keep.
    """

    number: int
    text: str
    whole: bool = True


class Row(NamedTuple):
    """A row's columns by their names."""

    line: Line
    values: Mapping[str, str]


class Bad(NamedTuple):
    """A row that cannot be read, and why."""

    line: Line
    reason: str


class Blank(NamedTuple):
    """A line with nothing on it."""

    line: Line


Read = Row | Bad | Blank


def rows_of(lines: Iterable[Line], mapping: Compiled) -> Iterator[Read]:
    """The rows of a CSV or JSON Lines file.

    Raises `InvalidInput` before the first row where the header lacks a column that is mapped.
    """
    if mapping.mapping.json_lines:
        yield from map(_json_row, lines)
        return
    records = _records(lines, mapping.mapping.delimiter)
    names: Sequence[str] = mapping.mapping.columns
    if mapping.mapping.header:
        header = next((fields for _, fields, _ in records if fields), [])
        names = names or [name.strip() for name in header]
    _check_columns(names, mapping)
    for line, fields, reason in records:
        if reason:
            yield Bad(line, reason)
        elif not fields:
            yield Blank(line)
        else:
            yield _row(line, fields, names)


def damage(line: Line) -> str:
    """Why a line cannot be read, or nothing."""
    return unreadable(line.text) if line.whole else f"is longer than {LINE_MAX:,} bytes"


def unreadable(text: str) -> str:
    """Why a text cannot be kept, or nothing: it must be UTF-8 without NUL."""
    if "\0" in text:
        return "holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "is not UTF-8 text"
    return ""


def _row(line: Line, fields: Sequence[str], names: Sequence[str]) -> Row | Bad:
    if not names:
        return Row(line, {str(place): field for place, field in enumerate(fields, start=1)})
    if len(fields) != len(names):
        return Bad(line, f"has {len(fields)} columns instead of {len(names)}")
    return Row(line, dict(zip(names, fields, strict=True)))


def _records(lines: Iterable[Line], delimiter: str) -> Iterator[tuple[Line, Sequence[str], str]]:
    """Line, fields and, where it cannot be read, the reason."""
    if delimiter == WHITESPACE:
        for line in lines:
            yield line, line.text.split(), damage(line)
        return
    taken: list[Line] = []

    def texts() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line.text + "\n"

    reader = csv.reader(texts(), delimiter=delimiter)
    while True:
        try:
            fields = next(reader)
            reason = ""
        except StopIteration:
            return
        except csv.Error as error:
            fields, reason = [], str(error)
        first = taken[0]
        reason = next((found for line in taken if (found := damage(line))), reason)
        if not any(line.text.strip() for line in taken):
            fields = []
        yield first, fields, reason
        taken.clear()


def _check_columns(names: Sequence[str], mapping: Compiled) -> None:
    repeated = sorted({name for name in names if list(names).count(name) > 1})
    if repeated:
        raise InvalidInput.at("columns", f"{', '.join(repeated)} is there twice")
    missing = sorted(mapping.columns - set(names))
    if missing and (names or mapping.mapping.header):
        there = ", ".join(names) or "none"
        raise InvalidInput.at("columns", f"the file has no {', '.join(missing)}; it has {there}")


def _json_row(line: Line) -> Read:
    reason = damage(line)
    if reason:
        return Bad(line, reason)
    if not line.text.strip():
        return Blank(line)
    try:
        found = orjson.loads(line.text)
    except orjson.JSONDecodeError as error:
        return Bad(line, f"is not JSON: {error.msg} at column {error.colno}")
    if not isinstance(found, dict):
        return Bad(line, "is not a JSON object")
    return Row(line, _Optional(_flat(found)))


class _Optional(dict[str, str]):
    """In JSON a member that is absent is as good as one that is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _flat(value: dict[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Dotted paths and texts: `{"a": {"b": 1}}` has the column `a.b`, which is `1`."""
    for name, inner in value.items():
        path = f"{above}{name}"
        if isinstance(inner, dict) and depth < DEPTH_MAX:
            yield from _flat(inner, f"{path}.", depth + 1)
        elif inner is None:
            yield path, ""
        else:
            yield path, inner if isinstance(inner, str) else orjson.dumps(inner).decode()
