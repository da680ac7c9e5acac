"""A small schema to try the transport on, and small clients for both of its ways."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson
import strawberry
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.schema.config import StrawberryConfig

from api import http
from api.budget import Limits
from api.http import GraphQLView
from api.masking import Schema
from api.scalars import SCALARS, BigInt, DateTime
from kit import clock
from kit.clock import Instant
from kit.errors import DatabaseUnavailable, InvalidInput, NotFound, Unauthenticated

PATIENCE = 10


@dataclass
class Context:
    """Who asks, until when, and how many operations this context has served."""

    token: str = ""
    expires: Instant | None = None
    served: int = 0

    def again(self) -> "Context":
        return Context(self.token, self.expires)


@strawberry.type
class Thing:
    @strawberry.field
    def name(self) -> str:
        return "thing"

    @strawberry.field
    def thing(self) -> "Thing":
        return Thing()

    @strawberry.field
    def things(self, ids: list[int]) -> list["Thing"]:
        return [Thing() for _ in ids]


@strawberry.input
class Deed:
    name: str
    amount: BigInt = BigInt(0)
    tags: list[str] = strawberry.field(default_factory=list)


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def echo_int(self, value: BigInt) -> BigInt:
        return value

    @strawberry.field
    def echo_time(self, value: DateTime) -> DateTime:
        return value

    @strawberry.field
    def ints(self, values: list[int]) -> int:
        return len(values)

    @strawberry.field
    def thing(self) -> Thing:
        return Thing()

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(3600)
        return "at last"

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("SELECT secret FROM /etc/passwd")

    @strawberry.field
    def wrong_int(self) -> int | None:
        return 2**40

    @strawberry.field
    def wrong_big_int(self) -> BigInt | None:
        return BigInt(2**63)

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFound("thing", "x")

    @strawberry.field
    def malformed(self) -> str | None:
        raise InvalidInput.at("name", "is too short")

    @strawberry.field
    def deliberate(self) -> str | None:
        raise GraphQLError("no", extensions={"code": "NO"})

    @strawberry.field
    def away(self) -> str | None:
        raise DatabaseUnavailable("no route to db.internal:5432")

    @strawberry.field
    def served(self, info: strawberry.Info[Context, None]) -> int:
        info.context.served += 1
        return info.context.served

    @strawberry.field
    def token(self, info: strawberry.Info[Context, None]) -> str:
        return info.context.token


@strawberry.type
class Mutation:
    @strawberry.mutation
    def act(self, deed: Deed) -> str:
        return deed.name

    @strawberry.mutation
    def batch(self, activities: list[Deed], others: list[Deed] | None = None) -> int:
        return len(activities)

    @strawberry.mutation
    def spend(self) -> int:
        return 1


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number

    @strawberry.subscription
    async def forever(self) -> AsyncGenerator[str, None]:
        yield "started"
        await asyncio.sleep(3600)

    @strawberry.subscription
    async def fails(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("SELECT secret")


def schema_with(limits: Limits, *, introspection: bool = True) -> Schema:
    return Schema(
        Query,
        Mutation,
        Subscription,
        extensions=http.extensions(limits, introspection=introspection),
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not introspection),
    )


async def context_of(connection: Request | WebSocket) -> Context:
    return _signed_in(connection.headers.get("authorization", ""))


async def on_connect(_websocket: WebSocket, payload: dict[str, Any]) -> Context:
    return _signed_in(str(payload.get("token", "")))


def _signed_in(token: str) -> Context:
    if token == "bad":
        raise Unauthenticated
    if token == "crash":
        raise RuntimeError("SELECT secret")
    if token == "short":
        return Context(token, clock.now() + clock.SECOND // 5)
    return Context(token)


def app_with(
    limits: Limits | None = None,
    *,
    development: bool = True,
    introspection: bool = True,
    **options: Any,
) -> Starlette:
    limits = limits or Limits(money=frozenset({"spend"}))
    view = GraphQLView(
        schema_with(limits, introspection=introspection),
        context_getter=context_of,
        on_connect=on_connect,
        renew=Context.again,
        expires=lambda context: context.expires,
        limits=limits,
        development=development,
        **options,
    )
    return Starlette(routes=[Route("/graphql", view), WebSocketRoute("/graphql", view)])


class Caller:
    """Asks an app over HTTP, in process."""

    def __init__(self, app: Starlette) -> None:
        transport = httpx2.ASGITransport(app)
        self.client = httpx2.AsyncClient(transport=transport, base_url="http://piala.test")

    async def post(self, body: object, **headers: str) -> httpx2.Response:
        """POST `body` (an object, or the very bytes) as JSON, unless the headers say other."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"content-type": "application/json", **named}
        return await self.client.post(
            "/graphql", content=content, headers={k: v for k, v in sent.items() if v}
        )

    async def ask(self, query: str, accept: str = "", /, **variables: object) -> httpx2.Response:
        return await self.post({"query": query, "variables": variables}, accept=accept)

    async def errors(self, query: str, /, **variables: object) -> list[dict[str, Any]]:
        """The errors of an answer, which must not be the server's own failing."""
        response = await self.ask(query, **variables)
        assert response.status_code < 500, response.text
        found: list[dict[str, Any]] = response.json().get("errors", [])
        return found

    async def code(self, query: str, /, **variables: object) -> str:
        """The code of the one error of an answer; "" where there is none."""
        found = await self.errors(query, **variables)
        assert len(found) <= 1, found
        return str(found[0]["extensions"]["code"]) if found else ""


class Talker:
    """Talks to an app over WebSocket, in process, as a server would pass it on."""

    def __init__(self, app: Callable[..., Any], headers: dict[str, str], protocol: str) -> None:
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        # While this is clear, the client's end of the connection takes nothing in.
        self.reading = asyncio.Event()
        self.reading.set()
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "raw_path": b"/graphql",
            "root_path": "",
            "query_string": b"",
            "scheme": "ws",
            "server": ("piala.test", 80),
            "client": ("127.0.0.1", 1),
            "headers": [
                (name.encode(), value.encode())
                for name, value in {"host": "piala.test", **headers}.items()
            ],
            "subprotocols": [protocol],
            "state": {},
        }
        self._sent.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.ensure_future(app(scope, self._sent.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        await self.reading.wait()
        self._heard.put_nowait(message)
        if message["type"] == "websocket.close":
            self._sent.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    async def say(self, message: object) -> None:
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        await self.say_raw(text=text)

    async def say_raw(self, **content: object) -> None:
        self._sent.put_nowait({"type": "websocket.receive", **content})

    async def hear_raw(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self._heard.get()

    async def hear(self) -> dict[str, Any]:
        heard = await self.hear_raw()
        assert heard["type"] == "websocket.send", heard
        message: dict[str, Any] = orjson.loads(heard["text"])
        return message

    async def closed_with(self) -> int:
        """The code that the connection is closed with, whatever is still heard before."""
        while (heard := await self.hear_raw())["type"] != "websocket.close":
            pass
        await self._finished()
        code: int = heard["code"]
        return code

    async def sign_in(self, token: str = "") -> "Talker":
        await self.say({"type": "connection_init", "payload": {"token": token}})
        assert await self.hear() == {"type": "connection_ack"}
        return self

    async def subscribe(self, name: str, query: str, **variables: object) -> None:
        payload = {"query": query, "variables": variables}
        await self.say({"id": name, "type": "subscribe", "payload": payload})

    async def hang_up(self) -> None:
        self._sent.put_nowait({"type": "websocket.disconnect", "code": 1001})
        await self._finished()

    async def _finished(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.task


@asynccontextmanager
async def talking(
    app: Callable[..., Any],
    *,
    protocol: str = "graphql-transport-ws",
    **headers: str,
) -> AsyncIterator[Talker]:
    talker = Talker(app, headers, protocol)
    assert (await talker.hear_raw())["type"] == "websocket.accept"
    yield talker
    if not talker.task.done():
        await talker.hang_up()
