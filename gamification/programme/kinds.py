"""The kinds of definition, and what the body of each looks like."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from gamification import badges, challenges, leaderboards, ledger, rules, streaks, tiers
from gamification.journal import ActivityKind
from kit import clock
from kit.errors import InvalidInput, Problem

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PATH = re.compile(r"^(?P<reason>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_INSTANTS = frozenset({"starts_at", "ends_at"})
_INSTANTS_AT = frozenset({"pending.until", "expiry.at"})
"""Fields of which only the whole path says that they hold an instant."""


class DefinitionKind(StrEnum):
    """What staff can define."""

    ACTIVITY_KIND = "ACTIVITY_KIND"
    CURRENCY = "CURRENCY"
    EARNING_RULE = "EARNING_RULE"
    BADGE = "BADGE"
    CHALLENGE = "CHALLENGE"
    STREAK = "STREAK"
    TIER_SET = "TIER_SET"
    LEADERBOARD = "LEADERBOARD"
    REWARD = "REWARD"
    CHARITY = "CHARITY"
    CAMPAIGN = "CAMPAIGN"


Body = Any
"""A definition's body: the frozen struct that its kind declares."""

Check = Callable[[Body, Mapping[tuple[DefinitionKind, str], Body]], list[Problem]]
"""Finds what is wrong with a body, given all bodies that it may refer to."""


@dataclass(frozen=True)
class Declared:
    """What a kind's bodies are, and who checks them."""

    body: type[msgspec.Struct]
    check: Check | None


_declared: dict[DefinitionKind, Declared] = {
    DefinitionKind.ACTIVITY_KIND: Declared(ActivityKind, None),
    DefinitionKind.CURRENCY: Declared(ledger.Currency, None),
    DefinitionKind.EARNING_RULE: Declared(rules.EarningRule, None),
    DefinitionKind.BADGE: Declared(badges.Badge, None),
    DefinitionKind.CHALLENGE: Declared(challenges.Challenge, None),
    DefinitionKind.STREAK: Declared(streaks.Streak, None),
    DefinitionKind.TIER_SET: Declared(tiers.TierSet, None),
    DefinitionKind.LEADERBOARD: Declared(leaderboards.Leaderboard, None),
}


def declare(kind: DefinitionKind, body: type[msgspec.Struct], check: Check) -> None:
    """Let a higher floor say what the bodies of its kind are; once, when it is imported."""
    _declared[kind] = Declared(body, check)


def declared(kind: DefinitionKind) -> Declared:
    """What the kind's bodies are. Raises `InvalidInput` where no floor has declared it."""
    found = _declared.get(kind)
    if found is None:
        raise InvalidInput.at("kind", f"{kind} cannot be defined here")
    return found


def parsed(kind: DefinitionKind, raw: Mapping[str, Any]) -> Body:
    """The body that `raw` (snake_case names; ISO 8601 or integer instants) describes.

    Raises `InvalidInput` with the path of the first field that does not fit.
    """
    key = raw.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidInput.at("key", "must be lower-case letters, digits and '-', at most 64")
    try:
        return msgspec.convert(_read(raw, ""), declared(kind).body)
    except msgspec.ValidationError as error:
        raise InvalidInput([_problem(str(error))]) from None


def decoded(kind: DefinitionKind, text: str) -> Body:
    """The body that was stored as `text`."""
    return msgspec.json.decode(text, type=declared(kind).body)


def encoded(body: Body) -> str:
    """The body as it is stored; equal bodies give equal texts."""
    return msgspec.json.encode(body, order="sorted").decode()


def plain(body: Body) -> dict[str, Any]:
    """The body as a reviewable mapping: defaults left out, instants as ISO 8601."""
    return _plain(body, "")  # type: ignore[no-any-return]


def _read(value: Any, path: str) -> Any:
    if isinstance(value, Mapping):
        read = {
            name: _instant(inner, f"{path}{name}")
            if name in _INSTANTS or f"{path}{name}" in _INSTANTS_AT
            else _read(inner, f"{path}{name}.")
            for name, inner in value.items()
        }
        return _with_sum(read) if path.endswith("metric.") else read
    if isinstance(value, list | tuple):
        return [_read(inner, f"{path}{i}.") for i, inner in enumerate(value)]
    return value


def _with_sum(metric: dict[str, Any]) -> dict[str, Any]:
    """Activities are counted, and points are added up, where nothing else is said."""
    if metric.get("currency") and not metric.get("aggregate"):
        return {**metric, "aggregate": "SUM"}
    return metric


def _instant(value: Any, path: str) -> Any:
    try:
        if isinstance(value, datetime):  # YAML reads timestamps by itself, UTC ones as naive.
            return clock.from_datetime(value if value.tzinfo else value.replace(tzinfo=UTC))
        if isinstance(value, int):
            clock.to_datetime(value)
        return clock.parse(value) if isinstance(value, str) else value
    except (ValueError, OverflowError):
        raise InvalidInput.at(path, "must be an instant such as 2026-01-01T00:00:00Z") from None


def _problem(text: str) -> Problem:
    match = _PATH.match(text)
    assert match is not None
    path = re.sub(r"\[(\d+|\.\.\.)\]", r".\1", match["path"] or "")
    reason = match["reason"].replace("`", "'")
    return Problem(path.lstrip(".") or "input", reason[:1].lower() + reason[1:])


def _plain(value: Any, path: str) -> Any:
    if isinstance(value, msgspec.Struct):
        return {
            field.encode_name: clock.isoformat(inner)
            if (field.name in _INSTANTS or f"{path}{field.name}" in _INSTANTS_AT)
            and inner is not None
            else _plain(inner, f"{path}{field.name}.")
            for field in msgspec.structs.fields(value)
            if not _is_default(field, inner := getattr(value, field.name))
        }
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, list | tuple):
        return [_plain(inner, f"{path}{number}.") for number, inner in enumerate(value)]
    if isinstance(value, dict):
        return {name: _plain(inner, f"{path}{name}.") for name, inner in value.items()}
    return value


def _is_default(field: msgspec.structs.FieldInfo, value: Any) -> bool:
    if field.default is not msgspec.NODEFAULT:
        return bool(value == field.default)
    if field.default_factory is not msgspec.NODEFAULT:
        return bool(value == field.default_factory())
    return False
