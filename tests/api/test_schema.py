"""The schema as a whole: committed, sorted, described, and nothing in it points back up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from api import schema

COMMITTED = Path(__file__).parents[2] / "schema.graphql"
# From these others learn of a member; none of them may lead to the member.
SEEN_BY_OTHERS = ("Query.leaderboard", "Query.leaderboards")


@pytest.fixture(scope="module")
def told() -> GraphQLSchema:
    return build_schema(schema.sdl())


def test_the_committed_schema_is_the_schema():
    assert COMMITTED.read_text().rstrip() == schema.sdl().rstrip(), "run `make schema`"


def test_everything_is_described(told):
    assert [name for name, text in descriptions(told) if not text] == []


def descriptions(told: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Every type, field, argument and enum value with its description."""
    for kind in told.type_map.values():
        if kind.name.startswith("__") or kind.name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        yield kind.name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from (
                (f"{kind.name}.{name}", one.description) for name, one in kind.values.items()
            )
        if isinstance(kind, GraphQLInputObjectType):
            yield from (
                (f"{kind.name}.{name}", one.description) for name, one in kind.fields.items()
            )
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field.description
                for argument, one in field.args.items():
                    yield f"{kind.name}.{name}({argument}:)", one.description


def test_nothing_that_others_see_leads_to_a_member(told):
    assert told.query_type is not None
    reached: set[str] = set()
    todo = [
        get_named_type(told.query_type.fields[name.partition(".")[2]].type)
        for name in SEEN_BY_OTHERS
    ]
    while todo:
        kind = todo.pop()
        if kind.name not in reached and isinstance(kind, GraphQLObjectType):
            reached.add(kind.name)
            todo += [get_named_type(field.type) for field in kind.fields.values()]
    assert "MemberCard" in reached
    assert "Member" not in reached


def test_every_mutation_answers_with_a_union_that_can_deny(told):
    assert told.mutation_type is not None
    for name, field in told.mutation_type.fields.items():
        result = get_named_type(field.type)
        kinds = {kind.name for kind in told.get_possible_types(result)}
        payload = name[0].upper() + name[1:] + "Payload"
        assert {payload, "InvalidInput", "Denied"} <= kinds, name
