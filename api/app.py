"""The application: the endpoint, the screen, and what operators look at.

Whoever composes a process (`piala serve`, a test) connects the database and the bells around it.
"""

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from api import auth, demo, health, locales, schema, screen
from api.context import Context
from api.http import GraphQLView
from api.metrics import Metrics
from kit.clock import Instant
from kit.settings import Settings
from kit.settings import settings as settings_of_process


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

    view: GraphQLView[Context] = GraphQLView(
        schema.build(own, introspection=not own.production),
        context_getter=context_of,
        on_connect=context_of_socket,
        renew=Context.renewed,
        expires=_expiry,
        limits=schema.limits(own),
        development=not own.production,
    )
    return [Route("/graphql", view), WebSocketRoute("/graphql", view)]


def _expiry(context: Context) -> Instant | None:
    return context.viewer.expires_at


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
