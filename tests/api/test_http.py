"""GraphQL over HTTP: statuses, media types, what is refused at the door, what is masked."""

import asyncio

import httpx2
import orjson
import pytest
from structlog.testing import capture_logs

from api.budget import Limits
from tests.api.playground import Caller, app_with

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"


@pytest.fixture(scope="module")
def app():
    return app_with()


@pytest.fixture
def caller(app):
    return Caller(app)


@pytest.fixture
def logs():
    with capture_logs() as lines:
        yield lines


# --- media types ---


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL}, {JSON}", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{GRAPHQL};q=0.5, {JSON};q=0.9", JSON),
        (f"{JSON};q=0, */*", GRAPHQL),
        (
            f"{GRAPHQL}, application/graphql+json, {JSON}, text/event-stream, multipart/mixed",
            GRAPHQL,
        ),
        (f"{JSON.upper()}; charset=utf-8", JSON),
        (f"{GRAPHQL};q=banana, {JSON};q=NaN, */*;q=1e999", GRAPHQL),
    ],
)
async def test_the_answer_has_the_media_type_that_was_asked_for(caller, accept, answered):
    response = await caller.ask("{ hello }", accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered}; charset=utf-8"
    assert response.headers["vary"] == "Accept"
    assert response.json() == {"data": {"hello": "hello world"}}


async def test_who_takes_neither_media_type_gets_406(caller):
    assert (await caller.ask("{ hello }", "image/png")).status_code == 406


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{ hello", {}),
        ("{ nothing }", {}),
        ("query A { hello } query B { hello }", {}),
        ("query($v: BigInt!) { echoInt(value: $v) }", {"v": 1.5}),
        ("query($v: BigInt!) { echoInt(value: $v) }", {}),
        ("query($v: String!) { hello(name: $v) }", {"v": "nul \0"}),
    ],
)
async def test_a_request_that_cannot_run_is_400_without_data(caller, query, variables):
    modern = await caller.ask(query, GRAPHQL, **variables)
    legacy = await caller.ask(query, JSON, **variables)
    assert (modern.status_code, legacy.status_code) == (400, 200)
    assert "data" not in modern.json()
    assert "data" not in legacy.json()
    assert all(error["extensions"]["code"] for error in modern.json()["errors"])


async def test_an_unknown_operation_name_is_named(caller):
    body = {"query": "query A { hello }", "operationName": "B"}
    response = await caller.post(body, accept=GRAPHQL)
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == 'Unknown operation named "B".'


async def test_a_field_that_fails_leaves_a_200_with_the_rest(caller):
    response = await caller.ask("{ hello missing }", GRAPHQL)
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "hello world", "missing": None}


# --- methods ---


async def test_get_runs_queries(caller):
    response = await caller.client.get(
        "/graphql",
        params={"query": "query($n: String!) { hello(name: $n) }", "variables": '{"n": "you"}'},
    )
    assert response.json() == {"data": {"hello": "hello you"}}


@pytest.mark.parametrize(
    "mutation",
    ["mutation { spend }", "mutation { ...m } fragment m on Mutation { spend }"],
)
async def test_a_mutation_with_get_is_405(caller, mutation):
    response = await caller.client.get("/graphql", params={"query": mutation})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "LICK"])
async def test_other_methods_are_405(caller, method):
    response = await caller.client.request(method, "/graphql")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "address",
    [
        "?query=%ff",
        "?query=%7Bhello%7D&variables=%7B",
        "?" + "a=1&" * 20,
        "?" + "&".join("abcdefghijk"),
    ],
)
async def test_an_unreadable_address_is_400(caller, address):
    assert (await caller.client.get(f"/graphql{address}")).status_code == 400


async def test_an_endless_address_is_414():
    limited = Caller(app_with(Limits(body_bytes=1024)))
    response = await limited.client.get(f"/graphql?query={'a' * 1024}")
    assert response.status_code == 414


# --- bodies ---


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/jsonp",
        "application/json; charset=utf-16",
    ],
)
async def test_what_a_foreign_page_could_post_is_415(caller, content_type):
    body = {"query": "mutation { spend }"}
    assert (await caller.post(body, content_type=content_type)).status_code == 415


async def test_a_compressed_body_is_415_and_never_unpacked(caller):
    response = await caller.post(b"\x1f\x8b" + b"\0" * 100, content_encoding="gzip")
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"1",
        b"null",
        b'"{ hello }"',
        b"[]",
        b'[{"query":"{ hello }"}]',
        b"{}",
        b'{"query":""}',
        b'{"query":"{ hello }","variables":[]}',
        b'{"query":"{ hello }","variables":"{}"}',
        b'{"query":"{ hello }","operationName":1}',
        b'{"query":"{ hello }","extensions":1}',
        b'{"query":"\xff"}',
        b'\xef\xbb\xbf{"query":"{ hello }"}',
        '{"query":"{ hello }"}'.encode("utf-16"),
        b'{"query":"{ hello(name: \\"\\ud800\\") }"}',
        b'{"query":"{ hello }","variables":{"a":NaN}}',
        b'{"query":"{ hello }","variables":{"a":1e999}}',
        b'{"query":"{ hello }","variables":{"a":' + b"9" * 5000 + b"}}",
        b'{"query":"{ hello }","variables":' + b"[" * 100_000,
        b'{"query":"{ hello }","variables":{"a":' + b"[" * 1500 + b"]" * 1500 + b"}}",
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_a_body_that_is_no_request_is_400(caller, body):
    response = await caller.post(body, accept=GRAPHQL)
    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_of_equal_keys_the_last_counts(caller):
    response = await caller.post(b'{"query":"{ nothing }","query":"{ hello }"}')
    assert response.json() == {"data": {"hello": "hello world"}}


async def test_a_body_over_the_limit_is_413_and_names_it(caller):
    response = await caller.post({"query": "{ hello }", "extensions": {"a": "x" * 131_072}})
    assert response.status_code == 413
    extensions = response.json()["errors"][0]["extensions"]
    assert extensions == {"code": "LIMIT_EXCEEDED", "limit": "body_bytes", "allowed": 131_072}


async def test_a_body_that_lies_about_its_length_is_413(caller):
    async def endless():
        while True:
            yield b"x" * 16_384

    response = await caller.client.post(
        "/graphql", content=endless(), headers={"content-type": JSON}
    )
    assert response.status_code == 413


async def test_a_body_that_does_not_arrive_is_408():
    app = app_with(Limits(request_seconds=0.05))
    sent = []

    async def receive():
        await asyncio.sleep(3600)

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    async with asyncio.timeout(10):
        await app(scope, receive, send)
    assert sent[0]["status"] == 408


async def test_a_caller_who_hangs_up_half_way_is_no_failure(logs):
    messages = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive():
        return next(messages)

    async def send(_message):
        pytest.fail("nobody is there to be answered")

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    await app_with()(scope, receive, send)
    assert logs == []


# --- who asks ---


async def test_a_bad_token_is_401(caller):
    for accept in (JSON, GRAPHQL):
        response = await caller.post({"query": "{ hello }"}, authorization="bad", accept=accept)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json() == {
            "errors": [
                {"message": "A valid token is needed.", "extensions": {"code": "UNAUTHENTICATED"}}
            ]
        }


async def test_what_breaks_before_the_schema_is_a_masked_500(caller, logs):
    response = await caller.post({"query": "{ hello }"}, authorization="crash")
    assert response.status_code == 500
    assert _only_internal(response)
    (line,) = logs
    assert str(line["exc_info"]) == "SELECT secret"


# --- deadlines and masking ---


async def test_what_takes_too_long_is_503():
    caller = Caller(app_with(Limits(request_seconds=0.05)))
    for accept in (JSON, GRAPHQL):
        response = await caller.ask("{ slow }", accept)
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "TIMEOUT"


async def test_a_fault_of_ours_is_masked_and_logged_once_under_its_id(caller, logs):
    response = await caller.ask("{ hello a: broken b: broken }")
    assert response.json()["data"] == {"hello": "hello world", "a": None, "b": None}
    for secret in ("SELECT", "passwd", "Traceback", ".py", "RuntimeError"):
        assert secret not in response.text
    first, second = response.json()["errors"]
    assert first["message"] == "internal error"
    assert first["path"] == ["a"]
    assert first["extensions"]["code"] == "INTERNAL"
    assert first["extensions"]["id"] == second["extensions"]["id"]
    (line,) = logs
    assert line["log_level"] == "error"
    assert line["id"] == first["extensions"]["id"]
    assert isinstance(line["exc_info"], RuntimeError)


@pytest.mark.parametrize("field", ["wrongInt", "wrongBigInt"])
async def test_a_value_that_its_scalar_cannot_write_is_a_fault_of_ours(caller, logs, field):
    assert await caller.code(f"{{ {field} }}") == "INTERNAL"
    assert len(logs) == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ missing }", "NOT_FOUND"),
        ("{ malformed }", "INVALID_INPUT"),
        ("{ deliberate }", "NO"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ echoInt(value: 1.5) }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("query($v: BigInt!) { echoInt(value: $v) }", "BAD_USER_INPUT"),
        ("query($v: Int) { ints(values: $v) }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { count(to: 1) }", "BAD_REQUEST"),
    ],
)
async def test_an_expected_error_is_shown_with_its_code_and_leaves_no_log(
    caller, logs, query, code
):
    assert await caller.code(query) == code
    assert logs == []


async def test_the_problems_of_an_input_are_listed(caller):
    (error,) = await caller.errors("{ malformed }")
    assert error["extensions"]["problems"] == [{"path": "name", "message": "is too short"}]


async def test_a_database_that_is_away_is_503_and_stays_unnamed(caller):
    response = await caller.ask("{ hello away }")
    assert response.status_code == 503
    assert "db.internal" not in response.text
    assert response.json()["errors"][0]["extensions"]["code"] == "DATABASE_UNAVAILABLE"


async def test_the_same_bad_document_is_answered_alike_each_time(caller):
    first = await caller.ask("{ nothingAtAll }")
    second = await caller.ask("{ nothingAtAll }")
    assert first.json() == second.json()


# --- introspection ---


async def test_without_introspection_neither_schema_nor_suggestions_are_told():
    caller = Caller(app_with(development=False, introspection=False))
    for query in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        for error in await caller.errors(query):
            assert "introspection has been disabled" in error["message"]
    assert await caller.code("{ __typename }") == ""
    for query in ("{ hell }", "{ hello(nam: 1) }", "{ thing { nam } }", "query($d: Dee) { hello }"):
        for error in await caller.errors(query):
            assert "Did you mean" not in error["message"]


async def test_with_introspection_a_slip_of_the_pen_is_helped(caller):
    (error,) = await caller.errors("{ hell }")
    assert "Did you mean 'hello'?" in error["message"]


# --- GraphiQL ---


BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


async def test_a_browser_gets_graphiql_in_development(caller):
    response = await caller.client.get("/graphql", headers={"accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "graphiql" in response.text


async def test_graphiql_loads_nothing_from_anywhere(caller):
    page = (await caller.client.get("/graphql", headers={"accept": "text/html"})).text
    assert len(page.encode()) < 2_000_000
    head = page[: page.index("<style>")]
    assert "<script" not in head
    assert "stylesheet" not in head
    assert "src=" not in page[page.index("</style>") :][:100]


async def test_a_browser_gets_no_graphiql_in_production():
    caller = Caller(app_with(development=False))
    response = await caller.client.get("/graphql", headers={"accept": BROWSER})
    assert response.status_code == 400
    assert response.headers["content-type"].startswith(JSON)


async def test_a_browser_that_brings_a_query_gets_its_answer(caller):
    response = await caller.client.get(
        "/graphql", params={"query": "{ hello }"}, headers={"accept": BROWSER}
    )
    assert response.json() == {"data": {"hello": "hello world"}}


# --- event streams ---


async def _events(caller: Caller, query: str, **headers: str) -> str:
    response = await caller.post({"query": query}, accept="text/event-stream", **headers)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    return response.text


async def test_a_subscription_is_streamed_as_events(caller):
    assert await _events(caller, "subscription { count(to: 2) }") == (
        'event: next\ndata: {"data":{"count":0}}\n\n'
        'event: next\ndata: {"data":{"count":1}}\n\n'
        "event: complete\ndata: \n\n"
    )


async def test_a_stream_that_breaks_is_masked(caller):
    text = await _events(caller, "subscription { fails }")
    assert '{"count"' not in text
    assert "INTERNAL" in text
    assert "SELECT" not in text


async def test_a_bad_document_over_a_stream_is_told_in_an_event(caller):
    first, last = (await _events(caller, "subscription {")).strip().split("\n\n")
    error = orjson.loads(first.partition("data: ")[2])["errors"][0]
    assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
    assert last == "event: complete\ndata:"


async def test_a_stream_ends_with_its_token(caller):
    async with asyncio.timeout(10):
        text = await _events(caller, "subscription { forever }", authorization="short")
    assert "started" in text
    assert "UNAUTHENTICATED" in text


async def test_a_stream_ends_when_its_reader_leaves(app):
    heard: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    said: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    body = orjson.dumps({"query": "subscription { forever }"})
    said.put_nowait({"type": "http.request", "body": body})
    headers = [(b"content-type", b"application/json"), (b"accept", b"text/event-stream")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": headers,
    }
    before = asyncio.all_tasks()
    async with asyncio.timeout(10):
        task = asyncio.create_task(app(scope, said.get, heard.put))
        assert (await heard.get())["status"] == 200
        assert b"started" in (await heard.get())["body"]
        said.put_nowait({"type": "http.disconnect"})
        await task
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0)


async def test_a_subscription_that_is_asked_for_as_json_is_told_where_to_go(caller):
    response = await caller.ask("subscription { count(to: 1) }")
    assert response.status_code == 400
    assert "text/event-stream" in response.json()["errors"][0]["message"]


def _only_internal(response: httpx2.Response) -> bool:
    (error,) = response.json()["errors"]
    return error["message"] == "internal error" and error["extensions"]["code"] == "INTERNAL"
