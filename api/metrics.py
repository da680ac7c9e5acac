"""What Prometheus reads: how requests fared, and how much work is waiting."""

import time
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram
from prometheus_client import generate_latest as written
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gamification import engine
from kit.database import OperationalError
from kit.errors import DatabaseUnavailable

# Only paths of ours: whatever else is asked for must not fill the memory with labels.
PATHS: Final = frozenset({"/graphql", "/", "/healthz", "/readyz", "/metrics", "/demo/session"})
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._seconds = Histogram(
            "piala_http_request_seconds",
            "How long HTTP requests took, by path, method and status.",
            ("path", "method", "status"),
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._pending = Gauge(
            "piala_pending_entries",
            "Journal entries that are recorded and not settled yet.",
            registry=self._registry,
        )

    async def page(self, _request: Request) -> Response:
        """All figures, as Prometheus reads them."""
        try:
            self._pending.set(await engine.pending())
        except (DatabaseUnavailable, OperationalError):
            self._pending.set(float("nan"))
        return Response(written(self._registry), media_type=CONTENT_TYPE_LATEST)

    def counting(self, app: ASGIApp) -> ASGIApp:
        """The application, every HTTP request to it counted."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            status = 500
            started = time.perf_counter()

            async def noting(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, noting)
            finally:
                path = scope["path"] if scope["path"] in PATHS else "other"
                seconds = self._seconds.labels(path, scope["method"], status)
                seconds.observe(time.perf_counter() - started)

        return counted
