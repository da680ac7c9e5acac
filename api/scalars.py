"""The scalars that GraphQL lacks: integers above 32 bits, and moments in time.

    schema = Schema(Query, config=StrawberryConfig(scalar_map=SCALARS))

Annotate with `BigInt` and `DateTime`. Inside the house both are plain `int`; a `DateTime` is an
`Instant`, microseconds since the epoch.
"""

import re
from collections.abc import Mapping
from typing import Final, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from kit import clock
from kit.clock import Instant

BigInt = NewType("BigInt", int)
DateTime = NewType("DateTime", int)

# What a JavaScript number holds exactly: screens read these answers with `JSON.parse`.
SAFE: Final = 2**53 - 1
LONGEST: Final = 2**63 - 1

_DIGITS: Final = re.compile(r"-?(0|[1-9][0-9]{0,15})")
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
# Wide enough for every life, narrow enough that no zone pushes the year over the edge.
_FIRST: Final = clock.parse("1000-01-01T00:00:00Z")
_LAST: Final = clock.parse("9998-12-31T23:59:59.999999Z")


def big_int(value: object) -> BigInt:
    """A 53-bit integer from an integer, or from its digits. Raises `ValueError` otherwise."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    # `True` is an int to Python, and 1.0 is what a client computed, not what it counted.
    if isinstance(value, bool) or not isinstance(value, int) or not -SAFE <= value <= SAFE:
        raise ValueError(f"expected an integer between -{SAFE} and {SAFE}, or its digits")
    return BigInt(value)


def moment(value: object) -> DateTime:
    """The instant of an ISO 8601 text with its zone. Raises `ValueError` otherwise."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("expected a moment with its zone, like 2026-01-01T00:00:00Z")
    try:
        instant = clock.parse(value)
    except ValueError:
        raise ValueError("there is no such date or time") from None
    return DateTime(_within_centuries(instant))


def written_int(value: object) -> int:
    """Raises `TypeError` for what is no 64-bit integer: a fault of ours, not of the caller.

    Single amounts stay within 53 bits; a sum of thousands of the largest may not, and is still
    answered as what it is.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not -LONGEST <= value <= LONGEST:
        raise TypeError("a BigInt field answered with something else")
    return value


def written_moment(value: object) -> str:
    """Raises `TypeError` for what is no instant: a fault of ours, not of the caller."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a DateTime field answered with something else")
    return clock.isoformat(value)


def _within_centuries(instant: Instant) -> Instant:
    if not _FIRST <= instant <= _LAST:
        raise ValueError("expected a year between 1000 and 9998")
    return instant


SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    BigInt: strawberry.scalar(
        name="BigInt",
        description="An integer: up to 53 bits go in (digits in a string pass), sums may have 64.",
        serialize=written_int,
        parse_value=big_int,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description="A moment, ISO 8601 with a zone; answered in UTC: `2026-01-01T00:00:00Z`.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=written_moment,
        parse_value=moment,
    ),
}
