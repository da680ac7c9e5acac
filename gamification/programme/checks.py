"""What the checks of every kind of definition have in common. Pure."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from zoneinfo import ZoneInfoNotFoundError

from gamification.conditions import BadCondition, compile_condition
from gamification.journal import ActivityKind, AttributeType
from gamification.programme.edition import attribute_types
from gamification.programme.kinds import Body, DefinitionKind
from kit.calendar import zone_of
from kit.errors import Problem

Catalogue = Mapping[tuple[DefinitionKind, str], Body]
"""All bodies that a definition may refer to, by kind and key."""

POINTS_MAX = 10**12
DAYS_MAX = 36_525
"""A hundred years: an instant that far ahead can still be stored."""
FACTOR_MAX = 1_000
_PLAIN_FIELDS = frozenset({"amount", "quantity", "day", "channel", "partner", "currency"})
_NUMBERS = frozenset({"amount", "quantity"})
# Not whatever a Fraction reads: "1e999999999" would keep it busy for minutes.
_DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")


def at_least(value: int, least: int, path: str, *, most: int = POINTS_MAX) -> Iterator[Problem]:
    """A whole number must be within bounds."""
    if not least <= value <= most:
        yield Problem(path, f"must be from {least} to {most:,}")


def factor_problems(text: str, path: str) -> Iterator[Problem]:
    """A multiplier, a percentage: a plain decimal above 0."""
    if not _DECIMAL.fullmatch(text):
        yield Problem(path, "must be a decimal such as 1.5")
    elif not 0 < Fraction(text) <= FACTOR_MAX:
        yield Problem(path, f"must be above 0 and at most {FACTOR_MAX:,}")


def reference(kind: DefinitionKind, key: str, path: str, catalogue: Catalogue) -> Iterator[Problem]:
    """A key must name a definition."""
    if (kind, key) not in catalogue:
        yield Problem(path, f"there is no {kind.value.lower().replace('_', ' ')} '{key}'")


def window_problems(starts_at: int | None, ends_at: int | None) -> Iterator[Problem]:
    """A window must have some time in it."""
    if starts_at is not None and ends_at is not None and starts_at >= ends_at:
        yield Problem("ends_at", "must be after starts_at")


def zone_problems(zone: str, path: str) -> Iterator[Problem]:
    """A time zone must be one that there is."""
    try:
        zone_of(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(path, f"there is no time zone '{zone}'")


def condition_problems(
    source: str, kind: str, path: str, catalogue: Catalogue
) -> Iterator[Problem]:
    """A condition must compile against the attributes of its activity kind."""
    known = catalogue.get((DefinitionKind.ACTIVITY_KIND, kind))
    try:
        compile_condition(source, attribute_types(known))
    except BadCondition as error:
        yield Problem(path, str(error))


def field_problems(
    field: str, kind: str, path: str, catalogue: Catalogue, *, numeric: bool
) -> Iterator[Problem]:
    """What is looked at must be a field of the activity kind, perhaps one that can be added up."""
    if field in _PLAIN_FIELDS:
        if numeric and field not in _NUMBERS:
            yield Problem(path, f"'{field}' is no number")
        return
    known = catalogue.get((DefinitionKind.ACTIVITY_KIND, kind))
    if not isinstance(known, ActivityKind):
        return
    rule = known.attributes.get(field.removeprefix("attributes."))
    if not field.startswith("attributes.") or rule is None:
        names = ", ".join(sorted([*_PLAIN_FIELDS, *(f"attributes.{n}" for n in known.attributes)]))
        yield Problem(path, f"must be one of {names}")
    elif numeric and rule.type is not AttributeType.INTEGER:
        yield Problem(path, f"'{field}' is no whole number")
