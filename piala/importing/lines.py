"""A file's lines, plain or gzipped, and how far into it they reach."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from kit.errors import InvalidInput
from piala.importing.rows import LINE_MAX, Line

_GZIP_MAGIC: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"


class Lines:
    """The lines of an open file; `position` counts the bytes of the file itself, gzipped or not."""

    def __init__(self, raw: IO[bytes], text: IO[bytes] | gzip.GzipFile, name: str) -> None:
        self._raw, self._text, self._name = raw, text, name

    @property
    def position(self) -> int:
        """How many bytes of the file have been read."""
        return self._raw.tell()

    def __iter__(self) -> Iterator[Line]:
        number = 0
        while line := self._next():
            number += 1
            if number == 1:
                line = line.removeprefix(_BOM)
            text = line.rstrip(b"\r\n").decode("utf-8", "surrogateescape")
            yield Line(number, text, whole=len(line) < LINE_MAX)

    def _next(self) -> bytes:
        try:
            line = rest = self._text.readline(LINE_MAX)
            while len(rest) == LINE_MAX and not rest.endswith(b"\n"):
                rest = self._text.readline(LINE_MAX)  # Too long to keep: skipped to its end.
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InvalidInput.at(self._name, f"cannot be unpacked: {error}") from None
        return line


@contextmanager
def opened(path: Path) -> Iterator[Lines]:
    """The lines of a file. Raises `OSError`, and `InvalidInput` where a gzipped one is damaged."""
    with path.open("rb") as raw:
        gzipped = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        if not gzipped:
            yield Lines(raw, raw, path.name)
            return
        with gzip.open(raw) as text:
            yield Lines(raw, text, path.name)
