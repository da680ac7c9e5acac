"""Which media type answers an `Accept` header."""

import re
from typing import Final

GRAPHQL: Final = "application/graphql-response+json"
JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
PAGE: Final = "text/html"

_WEIGHT: Final = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def negotiate(accept: str) -> str | None:
    """The better of GRAPHQL and JSON for the header; `None` when it takes neither.

    Where the caller does not care, JSON: that is what clients older than the specification read.
    """
    ranges = _ranges(accept)
    if not ranges:
        return JSON
    listed = list(ranges)
    offers = [
        (weight, named, -listed.index(media) if named else 0, media)
        for media in (JSON, GRAPHQL)
        for weight, named in [_weight(media, ranges)]
        if weight > 0
    ]
    # The first of equals wins: JSON before GRAPHQL, unless the caller names them the other way.
    return max(offers, key=lambda offer: offer[:3])[3] if offers else None


def wants_events(accept: str) -> bool:
    """Whether the caller asks for an event stream, and for that alone.

    Some clients (urql) list it among others on every request, and could not read one here.
    """
    ranges = _ranges(accept)
    return ranges.get(EVENTS, 0) > 0 and not {JSON, GRAPHQL, "application/*", "*/*"} & set(ranges)


def wants_page(accept: str) -> bool:
    """Whether a browser asks, for somebody to look at."""
    return _ranges(accept).get(PAGE, 0) > 0


def essence(content_type: str) -> tuple[str, str]:
    """The media type and the charset (or nothing) of a `Content-Type` header, in lower case."""
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    pairs = (parameter.partition("=") for parameter in parameters)
    charsets = (value.strip('"') for name, _, value in pairs if name == "charset")
    return media, next(charsets, "")


def _ranges(accept: str) -> dict[str, float]:
    ranges = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media:
            ranges[media] = _quality(parameters)
    return ranges


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q" and _WEIGHT.fullmatch(value.strip()):
            return float(value)
    return 1.0


def _weight(media: str, ranges: dict[str, float]) -> tuple[float, bool]:
    """How much the caller wants it, and whether it was named and not only covered."""
    if media in ranges:
        return ranges[media], True
    return ranges.get("application/*", ranges.get("*/*", 0.0)), False
