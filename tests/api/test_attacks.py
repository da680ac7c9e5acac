"""Documents and bodies made to hurt: each gets an answer, and none tells what the house is made of.

`DOCUMENTS` know nothing of a schema but `__typename`, so any endpoint can be tried with them.
"""

import asyncio

import orjson
import pytest
from structlog.testing import capture_logs

from tests.api.playground import PATIENCE, Caller, app_with, talking

SECRETS = (
    "Traceback",
    "File ",
    ".py",
    "/work",
    "/home",
    "site-packages",
    "SELECT",
    "graphql.error",
)


def _many(count: int, text: str) -> str:
    return " ".join(text.format(n=n) for n in range(count))


def _fragments(levels: int) -> str:
    spreads = _many(levels, "fragment F{n} on Query {{ ...G{n} ...G{n} }}")
    for level in range(levels):
        spreads = spreads.replace(f"G{level} ", f"F{level + 1} ")
    return f"{{ ...F0 }} {spreads} fragment F{levels} on Query {{ __typename }}"


DOCUMENTS = {
    **{f"aliases x{n}": f"{{{_many(n, 'a{n}: __typename')}}}" for n in (30, 300, 3000)},
    **{f"depth {n}": "{ a " * n + "}" * n for n in (15, 200, 10_000)},
    **{f"inline fragments {n} deep": "{ ... " * n + "{ __typename }" + "}" * n for n in (15, 300)},
    **{f"fragments doubled x{n}": _fragments(n) for n in (18, 25, 60)},
    "circular fragments": "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "unused circular fragments": "{ __typename } fragment a on Query { ...a }",
    "width x depth": "{" + "... { a { b { c { d { __typename }}}}} " * 60 + "}",
    "one field x1,000": "{" + "__typename " * 1000 + "}",
    "one field x250, hidden": "{" + "... { __typename } " * 250 + "}",
    "one field on 150 types": f"{{{_many(150, '... on T{n} {{ a }}')}}}",
    "one field in 20 fragments": f"{{{_many(20, '...F{n}')}}}"
    + _many(20, "fragment F{n} on Query {{ __typename }}"),
    "directives": "{ __typename " + "@include(if: true) " * 10_000 + "}",
    "unknown directives": "{ __typename " + "@a " * 300 + "}",
    "variables": f"query({_many(10_000, '$v{n}: Int')}) {{ __typename }}",
    "comments x10^5": "# \n" * 40_000 + "{ __typename }",
    "one long comment": "#" + "x" * 130_000 + "\n{ __typename }",
    "one long name": "{ " + "a" * 130_000 + " }",
    "one long string": '{ a(b: "' + "x" * 130_000 + '") }',
    "one long block string": '{ a(b: """' + "\n x" * 40_000 + '""") }',
    "a number of 5,000 digits": "{ a(b: " + "9" * 5_000 + ") }",
    "a nesting of lists": "{ a(b: " + "[" * 5_000 + "]" * 5_000 + ") }",
    "a nesting of objects": "{ a(b: " + "{c: " * 300 + "1" + "}" * 300 + ") }",
    "definitions": _many(1_000, "query Q{n} {{ __typename }}"),
    "introspection of introspection": "{ __schema { types " + "{ fields { type " * 100,
    "a definition of types": "type Query { a: Int }",
    "nothing": " ",
    "commas": "," * 130_000,
    "bidi and marks": '{ a(b: "\u202e\u0301\u0301") \u202e }',
    "NUL": "{ __typename \0 }",
    "a torn string": '{ a(b: "\\ud83c") }',
}


@pytest.fixture(scope="module")
def caller():
    return Caller(app_with())


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hurtful_document_is_answered(caller, name):
    with capture_logs() as logs:
        async with asyncio.timeout(PATIENCE):
            response = await caller.ask(DOCUMENTS[name])
    assert response.status_code in (200, 413)
    assert len(response.content) < 20_000
    assert not any(secret in response.text for secret in SECRETS)
    assert logs == []


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_hurtful_document_is_answered_on_a_socket(caller, name):
    with capture_logs() as logs:
        async with talking(app_with()) as talker:
            await talker.sign_in()
            await talker.subscribe("1", DOCUMENTS[name])
            heard = await talker.hear_raw()
    assert heard["type"] == "websocket.close" or orjson.loads(heard["text"])["type"] in (
        "next",
        "error",
    )
    assert heard.get("code", 1009) == 1009
    assert logs == []


@pytest.mark.parametrize(
    "value",
    [2**31, -(2**31) - 1, 2**63, 2**64, 1.5, 1e308, True, "1", [], {}, None, "x" * 100_000],
    ids=lambda value: repr(value)[:20],
)
async def test_a_number_that_is_none_is_an_input_error(caller, value):
    code = await caller.code("query($v: [Int!]!) { ints(values: $v) }", v=[value])
    assert code == "BAD_USER_INPUT"


async def test_a_flood_of_variables_is_answered(caller):
    many = {f"v{n}": n for n in range(8_000)}
    assert await caller.code("{ hello }", **many) == ""
    (*errors,) = await caller.errors(
        "query($v: [Int!]!) { ints(values: $v) }", v=[["x"] * 250] * 250
    )
    assert errors
