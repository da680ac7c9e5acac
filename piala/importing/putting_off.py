"""Putting lines off until a file has ended, however many they are, and reading them in order."""

import heapq
import tempfile
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

import msgspec

from kit.clock import Instant
from piala.importing.rows import Line

KEPT: Final = 20_000
"""More lines than this are written, sorted, to a temporary file."""

_READ_AT_ONCE: Final = 16_384


class _PutOff(NamedTuple):
    at: Instant
    source: str
    number: int
    text: str


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(_PutOff)


class PutOff:
    """Lines that wait for the end of their file; they come back by event time and source."""

    def __init__(self) -> None:
        self._kept: list[_PutOff] = []
        self._file: IO[bytes] | None = None
        self._runs: list[tuple[int, int]] = []

    def __enter__(self) -> "PutOff":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, line: Line, *, at: Instant, source: str) -> None:
        """Put a line off."""
        self._kept.append(_PutOff(at, source, *line[:2]))
        if len(self._kept) >= KEPT:
            self._write()

    def lines(self) -> Iterator[Line]:
        """All lines in their order."""
        runs = [_run(self._file, *run) for run in self._runs if self._file is not None]
        for _, _, number, text in heapq.merge(sorted(self._kept), *runs):
            yield Line(number, text)

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end
        start = self._file.tell()
        self._file.writelines(_encoder.encode(one) + b"\n" for one in sorted(self._kept))
        self._runs.append((start, self._file.tell()))
        self._kept.clear()


def _run(file: IO[bytes], start: int, end: int) -> Iterator[_PutOff]:
    while start < end:
        file.seek(start)
        # It stops behind the line that goes beyond so many bytes: the run's last, at the latest.
        lines = file.readlines(min(_READ_AT_ONCE, end - start - 1))
        start = file.tell()
        yield from map(_decoder.decode, lines)
