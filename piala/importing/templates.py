"""Templates: texts into which a row's columns are filled, such as `cdnow:{line:06d}`."""

import re
from collections.abc import Mapping
from typing import Final

LINE: Final = "line"
"""The number of the row's (first) line in the file, from 1."""

_PLACE: Final = re.compile(r"\{([^{}:]+)(?::(0?[1-9][0-9]?)d?)?\}")


class Template:
    """A text with `{column}` in it, or `{column:06d}`, which pads with zeros (or, `:6d`, blanks).

    Raises `ValueError` where the braces do not match.
    """

    __slots__ = ("_only", "_parts", "columns", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._parts: list[tuple[str, str, int, str]] = []
        rest = 0
        for match in _PLACE.finditer(text):
            width = match[2] or ""
            fill = "0" if width.startswith("0") else " "
            self._parts.append((text[rest : match.start()], match[1], int(width or 0), fill))
            rest = match.end()
        self._parts.append((text[rest:], "", 0, ""))
        if any(brace in literal for literal, *_ in self._parts for brace in "{}"):
            raise ValueError(f"{text!r} is not a template such as 'shop:{{line:06d}}'")
        self.columns = frozenset(name for _, name, _, _ in self._parts if name)
        self._only = text[1:-1] if text[1:-1] in self.columns else ""

    def __repr__(self) -> str:
        return f"Template({self.text!r})"

    def fill(self, values: Mapping[str, str], line: int) -> str:
        """The text for one row. Raises `KeyError` for a column that the row has not."""
        if self._only and self._only != LINE:
            return values[self._only]
        written = []
        for literal, name, width, fill in self._parts:
            written.append(literal)
            if name:
                value = str(line) if name == LINE else values[name]
                written.append(value.rjust(width, fill))
        return "".join(written)
