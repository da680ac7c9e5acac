"""GraphQL over WebSocket: the protocol, who may speak, and what nobody may do to the server."""

import asyncio
import json

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.budget import Limits
from tests.api.auditing import served
from tests.api.playground import PATIENCE, Talker, app_with, talking

FOREVER = "subscription { forever }"


@pytest.fixture(scope="module")
def app():
    return app_with()


@pytest.fixture
def logs():
    with capture_logs() as lines:
        yield lines


async def test_a_subscription_is_told_result_by_result(app):
    async with talking(app) as talker:
        await talker.sign_in()
        await talker.subscribe("1", "subscription { count(to: 2) }")
        for number in range(2):
            payload = {"data": {"count": number}}
            assert await talker.hear() == {"id": "1", "type": "next", "payload": payload}
        assert await talker.hear() == {"id": "1", "type": "complete"}


async def test_queries_and_mutations_run_too(app):
    async with talking(app) as talker:
        await talker.sign_in()
        await talker.subscribe("q", "query($n: String!) { hello(name: $n) }", n="you")
        assert (await talker.hear())["payload"] == {"data": {"hello": "hello you"}}
        assert (await talker.hear())["type"] == "complete"
        await talker.subscribe("m", "mutation { spend }")
        assert (await talker.hear())["payload"] == {"data": {"spend": 1}}


async def test_a_ping_is_answered(app):
    async with talking(app) as talker:
        await talker.say({"type": "ping"})
        assert await talker.hear() == {"type": "pong"}


async def test_a_completed_subscription_falls_silent_and_frees_its_name(app):
    async with talking(app) as talker:
        await talker.sign_in()
        for _ in range(3):
            await talker.subscribe("1", FOREVER)
            assert (await talker.hear())["payload"] == {"data": {"forever": "started"}}
            await talker.say({"id": "1", "type": "complete"})


async def test_only_the_new_protocol_is_spoken(app):
    async with talking(app, protocol="graphql-ws") as talker:
        assert await talker.closed_with() == 4406


# --- who speaks ---


async def test_the_token_of_connection_init_says_who_asks(app):
    async with talking(app) as talker:
        await talker.sign_in("mine")
        await talker.subscribe("1", "{ token }")
        assert (await talker.hear())["payload"] == {"data": {"token": "mine"}}


async def test_a_bad_token_is_4403(app):
    async with talking(app) as talker:
        await talker.say({"type": "connection_init", "payload": {"token": "bad"}})
        assert await talker.closed_with() == 4403


async def test_a_failing_sign_in_is_masked(app, logs):
    async with talking(app) as talker:
        await talker.say({"type": "connection_init", "payload": {"token": "crash"}})
        heard = await talker.hear_raw()
        assert heard["code"] == 4500
        assert "SELECT" not in heard["reason"]
    assert [str(line["exc_info"]) for line in logs] == ["SELECT secret"]


async def test_asking_before_the_introduction_is_4401(app):
    async with talking(app) as talker:
        await talker.subscribe("1", "{ hello }")
        assert await talker.closed_with() == 4401


async def test_two_introductions_are_4429(app):
    async with talking(app) as talker:
        await talker.sign_in()
        await talker.say({"type": "connection_init"})
        assert await talker.closed_with() == 4429


async def test_who_never_introduces_himself_is_shown_out():
    async with talking(app_with(Limits(init_seconds=0.05))) as talker:
        assert await talker.closed_with() == 4408


async def test_a_token_that_runs_out_ends_what_runs(app):
    async with talking(app) as talker:
        await talker.sign_in("short")
        await talker.subscribe("1", FOREVER)
        assert (await talker.hear())["payload"] == {"data": {"forever": "started"}}
        assert await talker.closed_with() == 4403


async def test_each_operation_has_a_fresh_context(app):
    async with talking(app) as talker:
        await talker.sign_in()
        for name in ("1", "2"):
            await talker.subscribe(name, "{ served again: served }")
            assert (await talker.hear())["payload"] == {"data": {"served": 1, "again": 2}}
            assert (await talker.hear())["type"] == "complete"


@pytest.mark.parametrize(
    ("origin", "answer"),
    [
        (None, "websocket.accept"),
        ("http://piala.test", "websocket.accept"),
        ("https://app.example", "websocket.accept"),
        ("https://evil.example", "websocket.close"),
        ("http://piala.test.evil.example", "websocket.close"),
        ("null", "websocket.close"),
    ],
)
async def test_a_page_of_a_foreign_origin_is_not_let_in(origin, answer):
    app = app_with(allowed_origins=["https://app.example"])
    talker = Talker(app, {"origin": origin} if origin else {}, "graphql-transport-ws")
    assert (await talker.hear_raw())["type"] == answer
    await talker.hang_up()


# --- what is malformed ---


@pytest.mark.parametrize(
    "message",
    [
        "",
        "1",
        "null",
        "[]",
        '"text"',
        "{",
        "{}",
        "[" * 100_000,
        {"type": 1},
        {"type": "connection_init", "payload": [1]},
        {"type": "start", "id": "1"},
        {"type": "x" * 10_000},
        {"type": "x" + "ü" * 200},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": "1", "payload": "{ hello }"},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "x" * 129, "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": ["1"], "payload": {"query": "{ hello }"}},
        {"type": "subscribe", "id": "1", "payload": {"query": ["{ hello }"]}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "operationName": 1}},
        {"type": "complete"},
        {"type": "complete", "id": {}},
    ],
    ids=lambda message: str(message)[:60],
)
async def test_a_malformed_message_is_4400(app, message, logs):
    async with talking(app) as talker:
        if not isinstance(message, dict) or message["type"] != "connection_init":
            await talker.sign_in()
        await talker.say(message)
        assert await talker.closed_with() == 4400
    assert logs == []


async def test_a_binary_message_is_4400(app):
    async with talking(app) as talker:
        await talker.say_raw(bytes=b'{"type":"ping"}')
        assert await talker.closed_with() == 4400


async def test_a_message_over_the_limit_is_1009(app):
    async with talking(app) as talker:
        await talker.say("x" * 131_073)
        assert await talker.closed_with() == 1009


async def test_a_name_in_use_is_4409(app):
    async with talking(app) as talker:
        await talker.sign_in()
        await talker.subscribe("1", FOREVER)
        await talker.subscribe("1", FOREVER)
        assert await talker.closed_with() == 4409


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query A { hello } query B { hello }", "GRAPHQL_VALIDATION_FAILED"),
        ("{" + "hello " * 11 + "}", "LIMIT_EXCEEDED"),
        ("{ hello " + "#\n" * 2000 + "}", "LIMIT_EXCEEDED"),
        ('{ hello(name: "\\u0000") }', "INVALID_INPUT"),
        ("subscription { count(to: 1) again: count(to: 1) }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "BAD_REQUEST"),
    ],
)
async def test_a_bad_operation_fails_alone(app, query, code, logs):
    async with talking(app) as talker:
        await talker.sign_in()
        await talker.subscribe("1", query)
        heard = await talker.hear()
        assert (heard["id"], heard["type"]) == ("1", "error")
        assert heard["payload"][0]["extensions"]["code"] == code
        await talker.subscribe("2", "{ hello }")
        assert (await talker.hear())["payload"] == {"data": {"hello": "hello world"}}
    assert logs == []


async def test_a_fault_of_ours_is_masked(app, logs):
    async with talking(app) as talker:
        await talker.sign_in()
        await talker.subscribe("1", "subscription { fails }")
        assert (await talker.hear())["payload"] == {"data": {"fails": 1}}
        (error,) = (await talker.hear())["payload"]["errors"]
        assert error["message"] == "internal error"
        assert (await talker.hear())["type"] == "complete"
    assert [line["id"] for line in logs] == [error["extensions"]["id"]]


async def test_an_operation_has_its_deadline():
    async with talking(app_with(Limits(request_seconds=0.05))) as talker:
        await talker.sign_in()
        await talker.subscribe("1", "{ slow }")
        heard = await talker.hear()
        errors = heard["payload"] if heard["type"] == "error" else heard["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "TIMEOUT"


# --- what is too much ---


async def test_a_thousand_subscriptions_are_not_begun(app):
    limit = Limits().subscriptions
    async with talking(app) as talker:
        await talker.sign_in()
        for number in range(1000):
            await talker.subscribe(str(number), FOREVER)
        heard = [await talker.hear() for _ in range(1000)]
        begun = [message for message in heard if message["type"] == "next"]
        refused = [message for message in heard if message["type"] == "error"]
        assert (len(begun), len(refused)) == (limit, 1000 - limit)
        assert f"limit is {limit}" in refused[0]["payload"][0]["message"]


async def test_a_connection_that_ends_leaves_nothing_running(app):
    before = asyncio.all_tasks()
    async with talking(app) as talker:
        await talker.sign_in()
        for number in range(5):
            await talker.subscribe(str(number), FOREVER)
            await talker.hear()
    async with asyncio.timeout(PATIENCE):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0)


async def test_a_slow_reader_holds_up_nobody_else(app):
    async with talking(app) as slow, talking(app) as other:
        await slow.sign_in()
        slow.reading.clear()
        await slow.subscribe("1", "subscription { count(to: 1000) }")
        await other.sign_in()
        await other.subscribe("1", "{ hello }")
        assert (await other.hear())["payload"] == {"data": {"hello": "hello world"}}
        slow.reading.set()
        for number in range(1000):
            assert (await slow.hear())["payload"] == {"data": {"count": number}}


# --- over a real socket ---


async def test_a_real_client_over_a_real_socket_is_understood(app):
    with served(app) as url:
        address = f"{url.replace('http', 'ws')}/graphql"
        async with connect(address, subprotocols=["graphql-transport-ws"]) as socket:
            assert socket.subprotocol == "graphql-transport-ws"
            await socket.send(json.dumps({"type": "connection_init"}))
            assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            payload = {"query": "subscription { count(to: 1) }"}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
            assert json.loads(await socket.recv())["payload"] == {"data": {"count": 0}}
            await socket.send(json.dumps({"type": "ü" * 1000}))
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await socket.recv()
            assert closed.value.rcvd.code == 4400
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, origin="https://evil.example")
        assert refused.value.response.status_code == 403
