"""Turning a definition's input into the body that the programme takes."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

TRANSLATIONS: Final = "translations"
_ORIGINAL: Final = ""
"""The locale of a text that is told without one; it is what other languages fall back to."""


def body_of(said: Any) -> dict[str, Any]:
    """The body in snake_case: what was left out is left out, translations go to their texts."""
    body = {
        # A name that is also a word of Python ends in a stroke.
        field.name.removesuffix("_"): _plain(getattr(said, field.name))
        for field in fields(said)
        if field.name != TRANSLATIONS and getattr(said, field.name) is not None
    }
    return _translated(body, getattr(said, TRANSLATIONS, None) or [])


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return body_of(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _translated(body: dict[str, Any], translations: Sequence[Any]) -> dict[str, Any]:
    for one in translations:
        for field in fields(one):
            text = getattr(one, field.name)
            if field.name != "locale" and text is not None:
                body[field.name] = _with(body.get(field.name, ""), one.locale, text)
    return body


def _with(text: str | Mapping[str, str], locale: str, translation: str) -> dict[str, str]:
    original = {_ORIGINAL: text} if isinstance(text, str) else text
    return {**original, locale: translation}
