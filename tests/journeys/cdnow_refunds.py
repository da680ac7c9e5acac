"""CDNOW's file as JSON Lines, every tenth purchase of it taken back: most whole, some in halves.

Of the refunded, every third comes back in two halves, and every fifth of the others by half only.
"""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

EVERY = 10
HALVES = ("0.5", "0.5")
ONE_HALF = ("0.5",)
WHOLE = ("1",)
FIRST_LINE = 2


class Refund(NamedTuple):
    """What is taken back of the purchase on that line of the file, and on which day."""

    line: int
    part: int
    fraction: str
    day: str


def refunds(rows):
    """What is taken back of the file's rows (header included)."""
    for turn, line in enumerate(range(FIRST_LINE, len(rows) + 1, EVERY)):
        bought = date.fromisoformat(rows[line - 1].split()[1])
        for part, fraction in enumerate(_parts(turn)):
            day = bought + timedelta(days=14 + 7 * part)
            yield Refund(line, part, fraction, f"{day:%Y%m%d}")


def _parts(turn):
    if turn % 3 == 0:
        return HALVES
    return ONE_HALF if turn % 5 == 0 else WHOLE


def as_json(line, row):
    """A row of the file as `piala import` takes it."""
    customer, day, discs, dollars = row.split()
    return {
        "source": _source(line),
        "member": customer,
        "kind": "purchase",
        "occurred_at": _time(day),
        "amount": {"minor": int(Decimal(dollars) * 100), "currency": "USD"},
        "attributes": {"discs": int(discs)},
    }


def refund_as_json(refund):
    """A refund as `piala import` takes it; a whole one says nothing of how much."""
    said = {"source": _source(refund.line)}
    if refund.fraction != "1":
        said["fraction"] = float(refund.fraction)
    source = f"{_source(refund.line)}:refund:{refund.part}"
    return {"retract": said, "occurred_at": _time(refund.day), "source": source}


def _source(line):
    return f"cdnow:{line:06d}"


def _time(day):
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T00:00:00Z"
