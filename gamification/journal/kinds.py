"""Activity kinds: what staff say an activity of a kind must and may carry."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec

from gamification.journal.entries import AttributeValue
from gamification.texts import Text
from kit.errors import Problem

MAGNITUDE_MAX = 10**13
"""Of one activity: a lifetime of such sums fits into 64 bits, and clients count exactly."""
TEXT_MAX = 500
_CURRENCY = re.compile(r"[A-Z]{3}")


class AttributeType(StrEnum):
    """What an attribute holds."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    DECIMAL = "DECIMAL"
    BOOLEAN = "BOOLEAN"


class Attribute(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One typed attribute. `min` and `max` bound numbers; `choices` bound strings.

    An `additive` INTEGER is a quantity (discs, kilometres): a partial refund takes its share of it.
    """

    type: AttributeType
    required: bool = False
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] = ()
    additive: bool = False


class AmountRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether an activity carries money, and in which ISO 4217 currencies (empty: any)."""

    required: bool = False
    currencies: tuple[str, ...] = ()


class ActivityKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of activity. Without an `amount` rule its activities carry no money."""

    key: str
    title: Text
    amount: AmountRule | None = None
    attributes: dict[str, Attribute] = {}

    @property
    def additive(self) -> frozenset[str]:
        """The attributes that are quantities."""
        return frozenset(name for name, rule in self.attributes.items() if rule.additive)


def problems_of(
    kind: ActivityKind,
    *,
    amount: int | None,
    currency: str | None,
    quantity: int | None,
    attributes: Mapping[str, object],
) -> list[Problem]:
    """All that is wrong with an activity's facts; paths as in `recordActivity`'s input."""
    problems = list(_amount_problems(kind, amount, currency))
    if quantity is not None and not 0 <= quantity <= MAGNITUDE_MAX:
        problems.append(Problem("quantity", f"must be from 0 to {MAGNITUDE_MAX:,}"))
    problems.extend(
        Problem(f"attributes.{name}", f"is not an attribute of the kind '{kind.key}'")
        for name in sorted(attributes.keys() - kind.attributes.keys())
    )
    for name, rule in kind.attributes.items():
        value = attributes.get(name)
        reason = _attribute_problem(rule, value)
        if reason:
            problems.append(Problem(f"attributes.{name}", reason))
    return problems


def typed(kind: ActivityKind, attributes: Mapping[str, object]) -> dict[str, AttributeValue]:
    """Attributes that have no problems, in the types that their rules name."""
    values: dict[str, AttributeValue] = {}
    for name in sorted(attributes):
        value = attributes[name]
        if value is None:
            continue
        assert isinstance(value, str | int | float)
        is_decimal = kind.attributes[name].type is AttributeType.DECIMAL
        values[name] = float(value) if is_decimal else value
    return values


def _amount_problems(
    kind: ActivityKind, amount: int | None, currency: str | None
) -> Iterator[Problem]:
    rule = kind.amount
    if amount is None:
        if rule is not None and rule.required:
            yield Problem("amount", f"is required for the kind '{kind.key}'")
        return
    if rule is None:
        yield Problem("amount", f"the kind '{kind.key}' carries no amount")
        return
    if not 0 <= amount <= MAGNITUDE_MAX:
        yield Problem("amount.minor", f"must be from 0 to {MAGNITUDE_MAX:,} minor units")
    if not currency:
        yield Problem("amount.currency", "is required: an ISO 4217 code such as USD")
    elif not _CURRENCY.fullmatch(currency):
        yield Problem("amount.currency", "must be an ISO 4217 code such as USD")
    elif rule.currencies and currency not in rule.currencies:
        yield Problem("amount.currency", f"must be one of {', '.join(rule.currencies)}")


def _attribute_problem(rule: Attribute, value: object) -> str:
    if value is None:
        return "is required" if rule.required else ""
    if rule.type is AttributeType.STRING:
        return _text_problem(rule, value)
    if rule.type is AttributeType.BOOLEAN:
        return "" if isinstance(value, bool) else "must be true or false"
    return _number_problem(rule, value)


def _text_problem(rule: Attribute, value: object) -> str:
    if not isinstance(value, str):
        return "must be a string"
    if len(value) > TEXT_MAX:
        return f"must be at most {TEXT_MAX} characters"
    if rule.choices and value not in rule.choices:
        return f"must be one of {', '.join(rule.choices)}"
    return ""


def _number_problem(rule: Attribute, value: object) -> str:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if rule.type is AttributeType.INTEGER and not is_whole:
        return "must be a whole number"
    if not is_whole and not isinstance(value, float):
        return "must be a number"
    assert isinstance(value, int | float)
    return _range_problem(rule, value)


def _range_problem(rule: Attribute, value: float) -> str:
    if not -MAGNITUDE_MAX <= value <= MAGNITUDE_MAX:
        return "is out of range"
    if rule.min is not None and value < rule.min:
        return f"must be at least {rule.min:g}"
    if rule.max is not None and value > rule.max:
        return f"must be at most {rule.max:g}"
    return ""
