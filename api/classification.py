"""The one table of who may see or do what: `classification.txt`, one row for each field.

A row is `Type.field` and its audience: `holder` (whoever was given the object), `token` (anybody
with a token), `own` (a member, where it is about that member), and roles. See `docs/access.md`.
"""

from pathlib import Path
from typing import Final

from api.permissions import Audience

_FILE: Final = Path(__file__).with_name("classification.txt")


def table() -> dict[str, Audience]:
    """Every row. Raises `ValueError` for a row that says nothing, or for two of one field."""
    rows: dict[str, Audience] = {}
    for line in _FILE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        field, _, words = line.partition(" ")
        if field in rows or not words.strip():
            raise ValueError(f"classification.txt: {line!r}")
        rows[field] = Audience.of(words)
    return rows
