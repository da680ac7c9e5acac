"""Subscriptions as event streams, for clients that have HTTP and no WebSocket.

The protocol is graphql-sse's, "distinct connections": `next` for each result, then `complete`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, Final

import orjson
from starlette.responses import StreamingResponse
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import SSETransport, merge_stream_with_heartbeat

from api import masking
from kit.errors import Unauthenticated

_HEARTBEAT_SECONDS: Final = 15


class _Events(SSETransport):
    """Strawberry's event stream, but with LF: some clients split on that alone."""

    def encode_event(self, event: str, data: str | None = None) -> str:
        return super().encode_event(event, data).replace("\r\n", "\n")

    def encode_comment(self, comment: str) -> str:
        return super().encode_comment(comment).replace("\r\n", "\n")


def event_stream(
    results: AsyncGenerator[Any, None],
    body_of: Callable[[Any], GraphQLHTTPResponse],
    *,
    seconds: float | None,
) -> StreamingResponse:
    """The results, one event each, while the token is good: for `seconds`, or for ever."""
    events = _Events()

    async def frames() -> AsyncGenerator[str, None]:
        try:
            async with asyncio.timeout(seconds), aclosing(results):
                async for result in results:
                    yield events.encode_next(body_of(result), _encoded)
        except TimeoutError:
            expired = masking.of_piala(Unauthenticated())
            yield events.encode_next({"errors": [expired.formatted]}, _encoded)
        yield events.encode_complete()

    stream = merge_stream_with_heartbeat(
        frames,
        lambda: events.heartbeat_message(_encoded),
        interval=_HEARTBEAT_SECONDS,
        send_initial_heartbeat=False,
    )
    return StreamingResponse(stream(), headers=events.headers)


def _encoded(data: object) -> str:
    return orjson.dumps(data).decode()
