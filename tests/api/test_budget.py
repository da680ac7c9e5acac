"""The document budget: each limit refuses one more than it allows, names itself and its figure."""

import pytest
from graphql import GraphQLError, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from api import budget, caches
from api.budget import Limits
from kit.settings import Settings
from tests.api.playground import Caller, app_with, schema_with

MONEY = Limits(money=frozenset({"spend"}))


def refused(query: str, limits: Limits = MONEY) -> tuple[str, float] | None:
    """The limit that the document breaks, with its figure."""
    try:
        caches.read(query, limits)
    except GraphQLError as error:
        refusal = error
    else:
        return None
    assert refusal.extensions["code"] == "LIMIT_EXCEEDED", refusal
    limit, allowed = refusal.extensions["limit"], refusal.extensions["allowed"]
    assert f"{allowed}" in refusal.message
    return limit, allowed


def nested(depth: int) -> str:
    return "{ thing " * (depth - 1) + "{ name }" + " }" * (depth - 1)


def doubling(levels: int, inner: str = "thing { name }") -> str:
    fragments = [f"fragment F{n} on Thing {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels - 1)]
    return "\n".join(
        ["{ thing { ...F0 } }", *fragments, f"fragment F{levels - 1} on Thing {{ {inner} }}"]
    )


@pytest.mark.parametrize(
    ("limit", "allowed", "fits", "over"),
    [
        ("depth", 10, nested(10), nested(11)),
        (
            "fields",
            250,
            "{" + " ".join(f"f{n}" for n in range(250)) + "}",
            "{" + " ".join(f"f{n}" for n in range(251)) + "}",
        ),
        (
            "aliases",
            30,
            "{" + " ".join(f"a{n}: hello" for n in range(30)) + "}",
            "{" + " ".join(f"a{n}: hello" for n in range(31)) + "}",
        ),
        (
            "directives",
            50,
            "{ hello " + "@include(if: true) " * 50 + "}",
            "{ hello " + "@include(if: true) " * 51 + "}",
        ),
        ("same_key", 10, "{" + "hello " * 10 + "}", "{" + "hello " * 11 + "}"),
        (
            "fragments",
            20,
            "{ hello }" + " ".join(f"fragment F{n} on Query {{ hello }}" for n in range(20)),
            "{ hello }" + " ".join(f"fragment F{n} on Query {{ hello }}" for n in range(21)),
        ),
        (
            "definitions",
            25,
            " ".join(f"query Q{n} {{ hello }}" for n in range(25)),
            " ".join(f"query Q{n} {{ hello }}" for n in range(26)),
        ),
        ("tokens", 1000, "{ a: f(" + "a: 1 " * 331 + ") }", "{ f(" + "a: 1 " * 332 + ") }"),
        (
            "root_mutations",
            4,
            "mutation { batch act hold give }",
            "mutation { batch act hold give take }",
        ),
        ("money_mutations", 1, "mutation { spend batch }", "mutation { spend again: spend }"),
        (
            "list_items",
            250,
            "{ ints(values: [" + "1 " * 250 + "]) }",
            "{ ints(values: [" + "1 " * 251 + "]) }",
        ),
        (
            "input_depth",
            32,
            "{ ints(values: " + "[" * 32 + "]" * 32 + ") }",
            "{ ints(values: " + "[" * 33 + "]" * 33 + ") }",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_limit_allows_its_figure_and_not_one_more(limit, allowed, fits, over):
    assert refused(fits) is None
    assert refused(over) == (limit, allowed)


@pytest.mark.parametrize(
    ("limits", "query", "limit"),
    [
        (Limits(depth=2), nested(3), "depth"),
        (Limits(fields=3), "{ a b c d }", "fields"),
        (Limits(tokens=5), "{ a b c d }", "tokens"),
        (Limits(tokens=5), "# a\n" * 6 + "{ a }", "tokens"),
    ],
)
def test_limits_are_configurable(limits, query, limit):
    assert refused(query) is None
    assert refused(query, limits) == (limit, getattr(limits, limit))


def test_the_settings_decide_the_limits():
    limits = Limits.of(Settings(limit_depth=7, limit_list=9), money=frozenset({"spend"}))
    assert (limits.depth, limits.list_items, limits.money) == (7, 9, {"spend"})
    assert Limits.of(Settings()) == Limits()


# --- what hides in fragments is counted ---


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        ("mutation { ...m } fragment m on Mutation { a b c d e }", "root_mutations"),
        ("mutation { ... on Mutation { a b } ... { c d e } }", "root_mutations"),
        ("mutation { ...m ...m } fragment m on Mutation { ... { spend } }", "money_mutations"),
        ("{ thing { ...d } } fragment d on Thing " + nested(10), "depth"),
        ("{ ...a ...a } fragment a on Query {" + "".join(f"a{n}:b " for n in range(16)), "aliases"),
        ("{ ...a ...a } fragment a on Query { b" + " @include(if: true)" * 26, "directives"),
        ("{ ...a ...a } fragment a on Query {" + "".join(f"a{n} " for n in range(126)), "fields"),
    ],
)
def test_fragments_hide_nothing(query, limit):
    closed = query + " }" * (query.count("{") - query.count("}"))
    assert refused(closed) == (limit, getattr(MONEY, limit))


@pytest.mark.parametrize("levels", [18, 20])
def test_doubling_fragments_are_measured_once_each(levels):
    assert refused(doubling(levels)) == ("fields", 250)


def test_an_unused_bomb_is_refused_too():
    assert refused(doubling(18).replace("...F0", "name", 1)) == ("fields", 250)


@pytest.mark.parametrize(
    "query",
    [
        "{ ...a } fragment a on Query { ...a }",
        "{ ...a } fragment a on Query { ...b } fragment b on Query { thing { ...a } }",
        "{ hello } fragment a on Query { ... { ...a } }",
    ],
)
def test_a_circle_of_fragments_is_an_invalid_document(query):
    with pytest.raises(GraphQLError, match="within itself") as caught:
        caches.read(query, MONEY)
    assert caught.value.extensions["code"] == "GRAPHQL_VALIDATION_FAILED"


def test_an_unknown_fragment_is_left_to_validation():
    assert refused("{ ...nowhere }") is None


@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 3))
def test_a_document_is_as_large_as_with_its_fragments_written_out(width, spreads, levels):
    inner = " ".join(f"f{n}" for n in range(width))
    written, fragments, spread = inner, [], inner
    for level in range(levels):
        fragments.append(f"fragment L{level} on T {{ {spread} }}")
        spread = f"...L{level} " * spreads
        written = f"... {{ {written} }} " * spreads
    whole, short = f"{{ {written} }}", f"{{ {spread} }} {' '.join(fragments)}"
    generous = Limits(tokens=10**6, same_key=10**6, fields=10**6)
    assert _fields(whole, generous) == _fields(short, generous)
    assert _fields(whole, generous) == width * spreads**levels


def _fields(query: str, limits: Limits) -> int:
    """The smallest number of fields that lets the document pass."""
    document = parse(query)
    low, high = 0, 10**4
    while low < high:
        middle = (low + high) // 2
        try:
            budget.check(
                document, Limits(tokens=limits.tokens, same_key=limits.same_key, fields=middle)
            )
            high = middle
        except GraphQLError:
            low = middle + 1
    return low


# --- introspection ---


def test_the_standard_introspection_query_passes():
    full = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    for query in (get_introspection_query(), full):
        assert refused(query) is None


async def test_the_standard_introspection_query_is_answered():
    response = await Caller(app_with()).ask(get_introspection_query())
    assert response.json()["data"]["__schema"]["queryType"]["name"] == "Query"


def test_introspection_cannot_be_piled_up():
    query = get_introspection_query()
    body = query[query.index("__schema") : query.index("fragment FullType")].rstrip().rstrip("}")
    twice = query.replace(body, f"{body} b: {body}", 1)
    assert refused(twice) == ("introspection_fields", 400)
    assert refused("{ __schema { types " + "{ fields " * 16 + "{ name }" + "}" * 18) == (
        "introspection_depth",
        16,
    )


async def test_lists_inside_lists_of_types_are_refused():
    query = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }"
    (error,) = await Caller(app_with()).errors(query)
    assert error["message"] == "Maximum introspection depth exceeded"


# --- inputs ---


@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({"v": "a\0b"}, ("v", "holds a NUL character")),
        ({"v": {"deep": [{"er": "\0"}]}}, ("v.deep.0.er", "holds a NUL character")),
        ({"v": {"bad\0key": 1}}, ("v.bad?key", "holds a NUL character")),
        ({"v": "\ud800"}, ("v", "holds half a surrogate pair")),
        ({"v": ["fine \U0001f3c6", "\udfff"]}, ("v.1", "holds half a surrogate pair")),
    ],
)
async def test_no_text_may_hold_what_a_database_cannot(variables, problem):
    result = await schema_with(MONEY).execute(
        "query($v: String) { hello(name: $v) }", variable_values=variables
    )
    assert result.data is None
    (error,) = result.errors
    assert error.extensions["code"] == "INVALID_INPUT"
    assert error.extensions["problems"] == [dict(zip(("path", "message"), problem, strict=True))]


@pytest.mark.parametrize("literal", ['"\\u0000"', '"\\u{0}"', '"""a\0b"""'])
async def test_nor_may_a_text_in_the_document(literal):
    result = await schema_with(MONEY).execute(f"{{ hello(name: {literal}) }}")
    assert result.data is None
    assert result.errors[0].extensions["code"] in {"INVALID_INPUT", "GRAPHQL_PARSE_FAILED"}


async def test_unusual_texts_are_no_crime():
    name = "\u202eabc\u0301\u0301\u0301 \U0001f3c6 \ufffd \u200f"
    caller = Caller(app_with())
    response = await caller.ask("query($n: String!) { hello(name: $n) }", n=name)
    assert response.json() == {"data": {"hello": f"hello {name}"}}


BATCH = "mutation($a: [Deed!]!, $b: [Deed!]) { batch(activities: $a, others: $b) }"


async def test_a_batch_may_be_longer_than_other_lists():
    caller = Caller(app_with())
    deed = {"name": "x"}
    query = "mutation($activities: [Deed!]!) { batch(activities: $activities) }"
    assert await caller.code(query, activities=[deed] * 1000) == ""
    (error,) = await caller.errors(query, activities=[deed] * 1001)
    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "batch_items",
        "allowed": 1000,
    }
    (error,) = await caller.errors(query, activities=[{"name": "x", "tags": ["y"] * 251}])
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "list_items", "allowed": 250}


async def test_variables_may_not_nest_for_ever():
    value: object = 1
    for _ in range(33):
        value = {"a": value}
    assert await Caller(app_with()).code("{ hello }", v=value) == "LIMIT_EXCEEDED"


# --- caches ---


async def test_a_document_is_read_and_judged_once():
    schema = schema_with(MONEY)
    query = '{ hello(name: "once") }'
    before = caches._read_kept.cache_info().misses, caches._judge_kept.cache_info().misses
    for _ in range(3):
        assert (await schema.execute(query)).data == {"hello": "hello once"}
    after = caches._read_kept.cache_info().misses, caches._judge_kept.cache_info().misses
    assert after == (before[0] + 1, before[1] + 1)


async def test_what_one_schema_allows_another_may_refuse():
    query = "{ __schema { queryType { name } } }"
    strict, loose = schema_with(MONEY, introspection=False), schema_with(MONEY)
    assert (await loose.execute(query)).errors is None
    assert (await strict.execute(query)).errors
    assert (await loose.execute(query)).errors is None


async def test_what_one_limit_allows_another_may_refuse():
    query = nested(5)
    assert (await schema_with(Limits(depth=5)).execute(query)).errors is None
    assert (await schema_with(Limits(depth=4)).execute(query)).errors


async def test_a_huge_document_is_not_kept():
    schema = schema_with(MONEY)
    query = "{ hello }" + " " * caches.KEPT_CHARACTERS
    before = caches._read_kept.cache_info().currsize
    assert (await schema.execute(query)).data
    assert caches._read_kept.cache_info().currsize == before


async def test_the_caches_stay_bounded():
    schema = schema_with(MONEY)
    for n in range(caches.KEPT + 10):
        await schema.execute(f"{{ a{n}: hello }}")
    assert caches._read_kept.cache_info().currsize == caches.KEPT
    assert caches._judge_kept.cache_info().currsize == caches.KEPT


def test_pages_within_pages_are_counted_as_often_as_they_repeat():
    assert refused("{ a(first: 100) { b(first: 100) { c } } }") == ("answers", 10_000)
    assert refused("query($n: Int) { a(radius: 50) { b(first: $n) { c } } }") == ("answers", 10_000)
    assert refused("{ a(first: 100) { b(first: 20) { c } } }") is None
    exactly = Limits(answers=1 + 10 * (1 + 10 * 1))
    assert refused("{ a(first: 10) { b(first: 10) { c } } }", exactly) is None
    assert refused("{ a(first: 10) { b(first: 10) { c } d } }", exactly) == ("answers", 111)
