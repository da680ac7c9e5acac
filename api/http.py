"""GraphQL over HTTP, to the letter of its specification, and over WebSocket; on Strawberry's view.

    view = GraphQLView(schema, context_getter=context_of, limits=limits, development=True)
    routes = [Route("/graphql", view), WebSocketRoute("/graphql", view)]

Never `Mount`: it redirects `/graphql` to `/graphql/`, and breaks WebSockets.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar, cast

import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.extensions import SchemaExtension
from strawberry.http import GraphQLHTTPResponse, process_result
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from api import graphiql, masking, media, receiving, sockets
from api.budget import Limits
from api.caches import Documents
from api.deadlines import TIMEOUT, Deadline
from api.receiving import Asked, Refused
from api.streams import event_stream
from kit import clock, ids
from kit.clock import Instant
from kit.errors import DatabaseUnavailable, Denied, PialaError, Unauthenticated

Context = TypeVar("Context")
ContextGetter: TypeAlias = Callable[[Request | WebSocket], Awaitable[Context]]
OnConnect: TypeAlias = Callable[[WebSocket, dict[str, Any]], Awaitable[Context]]

_STATUS: Final[Mapping[type[PialaError], int]] = {
    Unauthenticated: 401,
    Denied: 403,
    DatabaseUnavailable: 503,
}
_OVER_HTTP: Final = {
    "GET": {OperationType.QUERY},
    "POST": {OperationType.QUERY, OperationType.MUTATION},
}


def extensions(
    limits: Limits, *, introspection: bool = True
) -> list[Callable[[], SchemaExtension]]:
    """What every schema here is served with: a deadline, the budget, and the two caches.

    Give them to `api.masking.Schema`, which also masks the errors. Without `introspection`, give
    it `disable_field_suggestions=True` in its config too.
    """
    return [
        partial(Deadline, limits.request_seconds),
        partial(Documents, limits, introspection=introspection),
    ]


class GraphQLView(GraphQL[Context, None]):
    """One endpoint: queries and mutations, event streams, WebSockets; GraphiQL in development.

    `context_getter` makes the context of a request, `on_connect` that of a WebSocket, from what
    `connection_init` brought (without it, `context_getter` does). Both may raise
    `Unauthenticated` or `Denied`. `renew` makes a fresh context (loaders!) for each operation on
    a WebSocket; `expires` tells when a context's token runs out, and with it the streams.
    """

    graphql_transport_ws_handler_class = sockets.Conversation
    websocket_adapter_class = sockets.Socket

    def __init__(
        self,
        schema: masking.Schema,
        *,
        context_getter: ContextGetter[Context],
        on_connect: OnConnect[Context] | None = None,
        renew: Callable[[Context], Context] | None = None,
        expires: Callable[[Context], Instant | None] | None = None,
        limits: Limits | None = None,
        development: bool = False,
        allowed_origins: Sequence[str] = (),
    ) -> None:
        self.limits = limits or Limits()
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=sockets.timeout(self.limits),
            # The conversation counts for itself, and says what the limit is.
            max_subscriptions_per_connection=None,
            allowed_origins=allowed_origins,
        )
        self._context_getter = context_getter
        self._on_connect = on_connect
        self._renew = renew
        self._expires = expires
        self._development = development

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive=receive, send=send))
            return
        try:
            response = await self._respond(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    # --- what a conversation over WebSocket asks of its host ---

    async def get_context(
        self,
        request: Request | WebSocket,  # noqa: ARG002
        response: Response | WebSocket,  # noqa: ARG002
    ) -> Context:
        # Called at the handshake, when nobody has signed in yet; `connect` makes the real one.
        return cast(Context, None)

    async def connect(self, websocket: WebSocket, payload: dict[str, Any]) -> Context:
        """Who speaks on this socket. Raises `Unauthenticated`, `Denied`."""
        if self._on_connect:
            return await self._on_connect(websocket, payload)
        return await self._context_getter(websocket)

    def renewed(self, context: Context) -> Context:
        """The context for one more operation on the same connection."""
        return self._renew(context) if self._renew else context

    def seconds_left(self, context: Context) -> float | None:
        """How long the context's token is still good for; `None` for ever."""
        expires = self._expires(context) if self._expires else None
        return None if expires is None else (expires - clock.now()) / clock.SECOND

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        # Text, not bytes: bytes would become binary frames, which browsers' clients cannot read.
        return orjson.dumps(data).decode()

    # --- one HTTP request ---

    async def _respond(self, request: Request) -> Response:
        accept = ",".join(request.headers.getlist("accept"))
        if self._development and _asks_for_page(request, accept):
            return graphiql.page()
        kind = media.negotiate(accept)
        try:
            return await self._answer(request, accept, kind)
        except Refused as refused:
            error = GraphQLError(refused.message, extensions=refused.extensions)
            return self._failure(error, refused.status, kind, refused.headers)
        except PialaError as error:
            status = _STATUS.get(type(error), 400)
            headers = {"www-authenticate": "Bearer"} if status == 401 else {}
            return self._failure(masking.of_piala(error), status, kind, headers)
        except ClientDisconnect:
            raise
        except Exception as fault:  # noqa: BLE001  the last door: nothing of it may leak
            incident = ids.new()
            masking.report(fault, incident, where="http")
            return self._failure(masking.masked(incident), 500, kind)

    async def _answer(self, request: Request, accept: str, kind: str | None) -> Response:
        receiving.check_method(request)
        events = media.wants_events(accept)
        if kind is None and not events:
            raise Refused(406, f"The answer would be {media.GRAPHQL} or {media.JSON}.")
        asked = await receiving.receive(request, self.limits)
        context = await self._context_getter(request)
        allowed = _OVER_HTTP[request.method]
        if events:
            stream = await self.schema.stream(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=allowed | {OperationType.SUBSCRIPTION},
                operation_extensions=asked.extensions,
            )
            return event_stream(stream, _body, seconds=self.seconds_left(context))
        return self._response(await self._execute(asked, context, allowed), kind)

    async def _execute(
        self, asked: Asked, context: Context, allowed: set[OperationType]
    ) -> ExecutionResult:
        try:
            return await self.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=allowed,
                operation_extensions=asked.extensions,
            )
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.MUTATION:
                receiving.refuse_method("A mutation with GET", "POST")
            message = f"A subscription needs Accept: {media.EVENTS}, or a WebSocket."
            raise Refused(400, message) from None
        except CannotGetOperationTypeError as error:
            unknown = GraphQLError(error.as_http_error_reason())
            masking.with_code(unknown, masking.INVALID_DOCUMENT)
            return PreExecutionError(data=None, errors=[unknown])

    def _response(self, result: ExecutionResult, kind: str | None) -> Response:
        return self._encoded(_body(result), _status(result, kind), kind)

    def _failure(
        self,
        error: GraphQLError,
        status: int,
        kind: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        return self._encoded({"errors": [error.formatted]}, status, kind, headers)

    def _encoded(
        self,
        body: GraphQLHTTPResponse,
        status: int,
        kind: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        common = {"vary": "Accept", "cache-control": "no-store"}
        content_type = f"{kind or media.JSON}; charset=utf-8"
        return Response(
            orjson.dumps(body),
            status_code=status,
            headers={**common, **(headers or {}), "content-type": content_type},
        )


def _asks_for_page(request: Request, accept: str) -> bool:
    asks = request.method == "GET" and media.wants_page(accept)
    return asks and "query" not in request.query_params


def _body(result: ExecutionResult) -> GraphQLHTTPResponse:
    body = process_result(result)
    if _never_ran(result):
        body.pop("data", None)
    return body


def _status(result: ExecutionResult, kind: str | None) -> int:
    codes = {masking.code_of(error) for error in result.errors or ()}
    if codes & {TIMEOUT, masking.UNAVAILABLE}:
        return 503
    if not _never_ran(result):
        return 200
    if masking.INTERNAL in codes:
        return 500
    # Clients of before the specification read a body only when the status is 200.
    return 400 if kind == media.GRAPHQL else 200


def _never_ran(result: ExecutionResult) -> bool:
    """Whether the request failed before its first field; variables are looked at just then."""
    if isinstance(result, PreExecutionError):
        return True
    errors = result.errors or []
    return result.data is None and bool(errors) and all(error.path is None for error in errors)
