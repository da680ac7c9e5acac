"""GraphQL over WebSocket, the protocol `graphql-transport-ws`, for clients that misbehave."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import (
    NonJsonMessageReceived,
    NonTextMessageReceived,
    WebSocketDisconnected,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)

from api.budget import Limits, refusal
from api.masking import report
from kit import ids
from kit.errors import Denied, Unauthenticated

BAD_MESSAGE: Final = 4400
FORBIDDEN: Final = 4403
INTERNAL: Final = 4500
TOO_MANY_INITS: Final = 4429
TOO_BIG: Final = 1009

# A close frame holds 125 bytes, two of them the code; what is longer breaks the connection.
_REASON_BYTES: Final = 123
_ID_CHARACTERS: Final = 128

Context = TypeVar("Context")


class Host(Protocol[Context]):
    """What a conversation asks of the view that it belongs to."""

    limits: Limits

    async def connect(self, websocket: WebSocket, payload: dict[str, Any]) -> Context: ...

    def renewed(self, context: Context) -> Context: ...

    def seconds_left(self, context: Context) -> float | None: ...


class Socket(ASGIWebSocketAdapter):
    """A socket whose messages are bounded, and which can be closed twice."""

    async def iter_json(
        self,
        *,
        ignore_parsing_errors: bool = False,  # noqa: ARG002
    ) -> AsyncGenerator[object, None]:
        limit = self.view.limits.body_bytes  # type: ignore[attr-defined]
        while self._is_open():
            try:
                text = await self.ws.receive_text()
            except WebSocketDisconnect:
                return
            except KeyError:
                raise NonTextMessageReceived from None
            if len(text) > limit:
                await self.close(TOO_BIG, f"A message is at most {limit} characters long")
                return
            try:
                message = self.view.decode_json(text)
            except ValueError:
                raise NonJsonMessageReceived from None
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        if not self._is_open():
            raise WebSocketDisconnected
        await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        if self._is_open():
            short = reason.encode()[:_REASON_BYTES].decode(errors="ignore")
            await super().close(code, short)

    def _is_open(self) -> bool:
        return self.ws.application_state is not WebSocketState.DISCONNECTED


class Conversation(BaseGraphQLTransportWSHandler[Any, None]):
    """One connection: who it is, until when, and what runs on it."""

    host: Host[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host = self.view  # type: ignore[assignment]
        self.signed_in: Any = None
        self._expiry: asyncio.Task[None] | None = None

    async def handle_message(self, message: Message) -> None:
        if not _well_formed(message):
            await self.handle_invalid_message("Malformed message")
            return
        await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        if self.connection_timed_out:
            return
        if self.connection_init_received:
            await self.websocket.close(TOO_MANY_INITS, "Too many initialisation requests")
            return
        self.connection_init_received = True
        if self.connection_init_timeout_task:
            self.connection_init_timeout_task.cancel()
        if await self._sign_in(message.get("payload") or {}):
            self.connection_acknowledged = True
            await self.send_message({"type": "connection_ack"})

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        allowed = self.host.limits.subscriptions
        if self.connection_acknowledged and len(self.operations) >= allowed:
            sentence = f"Too many operations on one connection; the limit is {allowed}."
            error = refusal("subscriptions", allowed, sentence)
            await self.send_message(
                {"id": message["id"], "type": "error", "payload": [error.formatted]}
            )
            return
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Any, None]) -> None:
        # A connection lives for hours; what an operation has loaded must not be the next one's
        # stale cache. The base class takes the context from here before it first waits.
        self.context = self.host.renewed(self.signed_in)
        await super().run_operation(operation)

    async def handle_task_exception(self, error: Exception) -> None:
        if not isinstance(error, WebSocketDisconnected):
            report(error, ids.new(), where="websocket")

    async def shutdown(self) -> None:
        if self._expiry:
            self._expiry.cancel()
        await super().shutdown()

    @staticmethod
    def _get_pre_execution_close_reason(error: object) -> str | None:  # noqa: ARG004
        # A document that cannot be read is the fault of one operation, not of the connection.
        return None

    async def _sign_in(self, payload: dict[str, Any]) -> bool:
        try:
            self.signed_in = await self.host.connect(self.websocket.ws, payload)  # type: ignore[attr-defined]
        except (Unauthenticated, Denied):
            # By the protocol 4403, after which clients may try again with a fresh token.
            await self.websocket.close(FORBIDDEN, "Forbidden")
            return False
        except Exception as fault:  # noqa: BLE001  the last door: nothing of it may leak
            incident = ids.new()
            report(fault, incident, where="connection_init")
            await self.websocket.close(INTERNAL, f"internal error {incident}")
            return False
        seconds = self.host.seconds_left(self.signed_in)
        if seconds is not None:
            self._expiry = asyncio.create_task(self._expire(seconds))
        return True

    async def _expire(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))
        for operation_id in list(self.operations):
            await self.cleanup_operation(operation_id)
        await self.websocket.close(FORBIDDEN, "The token has expired")


def timeout(limits: Limits) -> timedelta:
    """How long a new connection may take to introduce itself."""
    return timedelta(seconds=limits.init_seconds)


def _well_formed(message: object) -> bool:
    """Whether the message has the shape that its type calls for."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    match message["type"]:
        case "connection_init":
            return isinstance(message.get("payload"), dict | None)
        case "subscribe":
            return _has_id(message) and _is_request(message.get("payload"))
        case "complete":
            return _has_id(message)
    return True


def _has_id(message: Mapping[str, object]) -> bool:
    found = message.get("id")
    return isinstance(found, str) and 0 < len(found) <= _ID_CHARACTERS


def _is_request(payload: object) -> bool:
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
        and isinstance(payload.get("extensions"), dict | None)
    )
