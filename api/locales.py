"""In which language to answer: what `Accept-Language` asks for, or what the member speaks."""

import re
from typing import Final

DEFAULT: Final = "en"
_HEADER_MAX: Final = 200
_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}")


def preferred(header: str | None) -> str:
    """The language tag that the header likes best; empty where it names none that we can read."""
    best, best_quality = "", 0.0
    for part in (header or "")[:_HEADER_MAX].split(","):
        tag, _, parameter = part.strip().partition(";")
        quality = _quality(parameter)
        if _TAG.fullmatch(tag.strip()) and quality > best_quality:
            best, best_quality = tag.strip(), quality
    return best


def language(locale: str) -> str:
    """The language of a locale: `id` of `id-ID`."""
    return locale.split("-", maxsplit=1)[0].lower()


def _quality(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    match = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter)
    return min(1.0, float(match[1])) if match else 0.0
