"""The application: the endpoint, the screen, and what operators look at.

Whoever composes a process (`piala serve`, a test) connects the database and the bells around it.
"""

from dataclasses import replace
from functools import partial
from typing import Any, Final

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from api import auth, demo, health, locales, schema, screen
from api.auth import Role
from api.budget import Limits
from api.context import Context
from api.http import GraphQLView
from api.metrics import Metrics
from kit.clock import Instant
from kit.errors import Unauthenticated
from kit.settings import Settings
from kit.settings import settings as settings_of_process

BATCHERS: Final = frozenset({Role.SERVICE, Role.ADMIN})
"""Who may record activities by the thousand."""
BATCH_ITEM_BYTES: Final = 1024
"""The room that each activity of a batch has in a body."""


def create_app(settings: Settings | None = None) -> Starlette:
    """The application of these settings (default: the process's)."""
    own = settings or settings_of_process()
    metrics = Metrics()
    routes: list[BaseRoute] = [
        *_graphql(own),
        *screen.routes(),
        Route("/healthz", health.alive),
        Route("/readyz", health.ready),
        Route("/metrics", metrics.page),
    ]
    if own.demo and not own.production:
        routes.append(demo.route(own))
    return Starlette(routes=routes, middleware=[Middleware(metrics.counting)])


def _graphql(own: Settings) -> list[BaseRoute]:
    async def context_of(request: Request | WebSocket) -> Context:
        viewer = auth.viewer_of_header(request.headers.get("authorization"), to=own)
        language = locales.preferred(request.headers.get("accept-language"))
        return Context(viewer, language, own)

    async def context_of_socket(websocket: WebSocket, payload: dict[str, Any]) -> Context:
        # Browsers cannot send headers with a WebSocket, so the first message brings them.
        said = {**websocket.headers, **{name.lower(): one for name, one in payload.items()}}
        viewer = auth.viewer_of_header(_text(said.get("authorization")), to=own)
        language = _text(said.get("acceptlanguage")) or _text(said.get("accept-language"))
        return Context(viewer, locales.preferred(language), own)

    view_with = partial(
        GraphQLView[Context],
        schema.build(own, introspection=not own.production),
        context_getter=context_of,
        on_connect=context_of_socket,
        renew=Context.renewed,
        expires=_expiry,
        development=not own.production,
    )
    limits = schema.limits(own)
    roomier = replace(limits, body_bytes=max(limits.body_bytes, own.limit_batch * BATCH_ITEM_BYTES))
    view = view_with(limits=limits)
    endpoint = _Endpoint(own, limits, view, view_with(limits=roomier))
    return [Route("/graphql", endpoint), WebSocketRoute("/graphql", view)]


class _Endpoint:
    """The endpoint over HTTP: whoever may record batches may send larger bodies than others."""

    def __init__(self, own: Settings, limits: Limits, everybody: ASGIApp, batches: ASGIApp) -> None:
        self._own, self._limits = own, limits
        self._everybody, self._batches = everybody, batches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        view = self._batches if self._has_room(Headers(scope=scope)) else self._everybody
        await view(scope, receive, send)

    def _has_room(self, headers: Headers) -> bool:
        # Looked at only where it matters: a body says its length, or stays within the limit.
        length = headers.get("content-length", "")
        if not length.isdecimal() or len(length) > 9 or int(length) <= self._limits.body_bytes:
            return False
        try:
            viewer = auth.viewer_of_header(headers.get("authorization"), to=self._own)
        except Unauthenticated:
            return False
        return viewer.role in BATCHERS


def _expiry(context: Context) -> Instant | None:
    return context.viewer.expires_at


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
