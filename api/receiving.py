"""Takes one GraphQL request out of one HTTP request, and trusts nothing about it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request

from api import media
from api.budget import LIMIT_EXCEEDED, Limits
from api.masking import BAD_REQUEST

METHODS: Final = "GET, POST"
_PARAMETERS: Final = 8


class Refused(Exception):
    """An HTTP request that is no GraphQL request: the status, the reason, and any headers."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.headers = dict(headers or {})
        self.extensions = {"code": BAD_REQUEST, **(extensions or {})}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One GraphQL request, as it was sent: the shape is right, the content is anybody's."""

    query: str
    variables: dict[str, object] | None = None
    operation_name: str | None = None
    extensions: dict[str, object] | None = field(default=None)


async def receive(request: Request, limits: Limits) -> Asked:
    """The GraphQL request inside. Raises `Refused` with the status that says why there is none."""
    if request.method == "GET":
        return _asked(_decoded_query(request, limits))
    _check_headers(request, limits)
    return _asked(decoded(await _body(request, limits)))


def check_method(request: Request) -> None:
    """Raises `Refused` (405) unless it is GET or POST."""
    if request.method not in ("GET", "POST"):
        refuse_method(request.method, METHODS)


def refuse_method(what: str, allowed: str) -> NoReturn:
    """Raises `Refused` with 405 and the methods that would do."""
    message = f"{what} is not allowed here; {allowed} would be."
    raise Refused(405, message, headers={"allow": allowed})


def decoded(text: str | bytes) -> object:
    """The value of a JSON text, UTF-8 only. Raises `Refused` (400), for nesting too deep too."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused(400, "The request is not valid JSON in UTF-8.") from None


def _check_headers(request: Request, limits: Limits) -> None:
    content, charset = media.essence(request.headers.get("content-type", ""))
    # A page of another origin can post a form or a text without asking first; JSON it cannot.
    if content != media.JSON or charset not in ("", "utf-8", "utf8"):
        message = "POST takes Content-Type: application/json, in UTF-8."
        raise Refused(415, message, headers={"accept-post": media.JSON})
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        message = "A compressed body is not taken."
        raise Refused(415, message, headers={"accept-encoding": "identity"})
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and _number(declared) > limits.body_bytes:
        raise _too_large(limits)


async def _body(request: Request, limits: Limits) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(limits.request_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.body_bytes:
                    raise _too_large(limits)
    except TimeoutError:
        message = f"The body took longer than {limits.request_seconds:g} seconds to arrive."
        raise Refused(408, message, headers={"connection": "close"}) from None
    return bytes(body)


def _too_large(limits: Limits) -> Refused:
    # The rest of the body is not read, so the connection cannot serve another request.
    return Refused(
        413,
        f"The body is larger than the limit of {limits.body_bytes} bytes.",
        headers={"connection": "close"},
        extensions={
            "code": LIMIT_EXCEEDED,
            "limit": "body_bytes",
            "allowed": limits.body_bytes,
        },
    )


def _number(digits: str) -> int:
    return int(digits) if len(digits) < 16 else 10**16


def _decoded_query(request: Request, limits: Limits) -> dict[str, object]:
    raw: bytes = request.scope.get("query_string", b"")
    if len(raw) > limits.body_bytes:
        message = f"The address is longer than the limit of {limits.body_bytes} bytes."
        raise Refused(414, message)
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_PARAMETERS,
        )
    except ValueError:
        raise Refused(400, "The parameters of the address cannot be read.") from None
    found: dict[str, object] = dict(pairs)
    for name in ("variables", "extensions"):
        text = found.get(name)
        if isinstance(text, str):
            found[name] = decoded(text) if text else None
    return found


def _asked(data: object) -> Asked:
    if isinstance(data, list):
        raise Refused(400, "Several operations in one request are not taken; send them one by one.")
    if not isinstance(data, dict):
        raise Refused(400, "The request must be a JSON object.")
    query, name = data.get("query"), data.get("operationName")
    if not isinstance(query, str) or not query:
        raise Refused(400, "`query` must be a text that holds a GraphQL document.")
    if not isinstance(name, str | None):
        raise Refused(400, "`operationName` must be a text or null.")
    return Asked(
        query=query,
        variables=_object(data, "variables"),
        operation_name=name or None,
        extensions=_object(data, "extensions"),
    )


def _object(data: Mapping[str, object], name: str) -> dict[str, object] | None:
    value = data.get(name)
    if not isinstance(value, dict | None):
        raise Refused(400, f"`{name}` must be an object or null.")
    return value
