"""Typed, budgeted CEL expressions, checked against what they may name when they are saved."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any

from cel_expr_python import cel

LENGTH_MAX = 2_000
ANSWERS_MAX = 512
"""So many answers of a condition are remembered: the same hours and shops come again and again."""

Activation = dict[str, Any]
"""The values that a condition reads, by their dotted names."""


class BadCondition(ValueError):
    """An expression that does not parse, names something unknown or is no yes-or-no question."""


class ValueType(StrEnum):
    """The types that a condition's variables can have."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    BOOLEAN = "BOOLEAN"


DEFAULTS: Mapping[ValueType, str | int | float | bool] = {
    ValueType.STRING: "",
    ValueType.INTEGER: 0,
    ValueType.DECIMAL: 0.0,
    ValueType.BOOLEAN: False,
}
"""What a condition reads where an activity is silent about an optional attribute."""

# Every condition may name these; the attributes of its activity kind come on top.
COMMON: Mapping[str, ValueType] = {
    "activity.kind": ValueType.STRING,
    "activity.amount": ValueType.INTEGER,
    "activity.currency": ValueType.STRING,
    "activity.quantity": ValueType.INTEGER,
    "activity.channel": ValueType.STRING,
    "activity.partner": ValueType.STRING,
    "activity.hour": ValueType.INTEGER,
    "activity.weekday": ValueType.INTEGER,
    "member.time_zone": ValueType.STRING,
    "standing.tier": ValueType.STRING,
    "standing.balance": ValueType.INTEGER,
}

_SPACED_DOT = re.compile(r"\s*\.\s*")

_CEL_TYPES = {
    ValueType.STRING: cel.Type.STRING,
    ValueType.INTEGER: cel.Type.INT,
    ValueType.DECIMAL: cel.Type.DOUBLE,
    ValueType.BOOLEAN: cel.Type.BOOL,
}


class Condition:
    """A compiled expression; `matches` is pure and cannot loop, call out or run long.

    `names` are the variables that it reads; perhaps some more, never less.
    """

    __slots__ = ("_answer", "_remembered", "names", "source")

    def __init__(self, source: str, expression: Any, names: tuple[str, ...]) -> None:
        self.source = source
        self.names = names
        self._answer = partial(_evaluated, expression, names)
        self._remembered = lru_cache(maxsize=ANSWERS_MAX, typed=True)(self._answer)

    def matches(self, activation: Activation) -> bool:
        """Whether the condition holds. One that fails at run time (a division by zero) does not."""
        values = [activation.get(name) for name in self.names]
        if float in map(type, values):
            # 0.0 and -0.0 are equal, and yet a condition can tell them apart.
            return self._answer(*values)
        return self._remembered(*values)


def compile_condition(source: str, attributes: Mapping[str, ValueType]) -> Condition | None:
    """The compiled condition, or None where there is nothing to check.

    `attributes` are those of the activity kind, readable as `activity.attributes.<name>`.
    Raises `BadCondition` with line, column and reason.
    """
    if not source.strip():
        return None
    if len(source) > LENGTH_MAX:
        raise BadCondition(f"is longer than {LENGTH_MAX:,} characters")
    environment, names = _environment(tuple(sorted(attributes.items())))
    try:
        expression = environment.compile(source)
    except RuntimeError as error:
        raise BadCondition(_reason(str(error))) from None
    if expression.return_type() != cel.Type.BOOL:
        raise BadCondition(f"must be true or false, but is {expression.return_type().name()}")
    return Condition(source, expression, _named(source, names))


def _evaluated(expression: Any, names: tuple[str, ...], *values: object) -> bool:
    said = zip(names, values, strict=True)
    try:
        value = expression.eval(data={name: value for name, value in said if value is not None})
    except RuntimeError:
        return False
    # An error comes back as a truthy value, so the type is asked first.
    return value.type() == cel.Type.BOOL and value.value() is True


def _named(source: str, names: Sequence[str]) -> tuple[str, ...]:
    if "//" in source:
        # Behind a comment a name may go on in the next line.
        return tuple(names)
    text = _SPACED_DOT.sub(".", source)
    return tuple(name for name in names if name in text)


@lru_cache(maxsize=256)
def _environment(attributes: tuple[tuple[str, ValueType], ...]) -> tuple[Any, tuple[str, ...]]:
    """What conditions are compiled in, and the names that they may use."""
    names = dict(COMMON) | {f"activity.attributes.{name}": kind for name, kind in attributes}
    variables = {name: _CEL_TYPES[kind] for name, kind in names.items()}
    return cel.NewEnv(variables=variables), tuple(names)


def _reason(text: str) -> str:
    first = text.splitlines()[0].removeprefix("INVALID_ARGUMENT: ").removeprefix("ERROR: ")
    return first.replace("<input>:", "line ", 1).replace(" (in container '')", "")
