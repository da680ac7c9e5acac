"""Who may see or do what, enforced: the table's rows become guards around the schema's resolvers.

A field whose row says `holder` needs no guard: whoever was given the object may read it. Of the
others, nobody hears UNAUTHENTICATED; everybody else meets what they would meet if there were no
such thing: null, or `Denied` in a mutation's result, or an error where nothing else is left.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, Final, TypeAlias

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
)

from api.auth import Role, Viewer
from api.errors import Denied as DeniedResult
from kit.errors import Denied, Unauthenticated

ROOTS: Final = frozenset({"Query", "Mutation", "Subscription"})
HOLDER: Final = "holder"
OWN: Final = "own"
TOKEN: Final = "token"

Resolver: TypeAlias = Callable[..., Any]
Refusal: TypeAlias = Callable[[Viewer], Any]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who a field is for. `own`: a member, where the thing is that member's own."""

    everyone_holding: bool = False
    roles: frozenset[Role] = frozenset()
    own: bool = False

    @classmethod
    def of(cls, words: str) -> "Audience":
        """The audience that a row names. Raises `ValueError` for a word that means nothing."""
        names = set(words.split())
        if names == {HOLDER}:
            return cls(everyone_holding=True)
        if names == {TOKEN}:
            return cls(roles=frozenset(Role))
        if not names:
            raise ValueError("an audience is somebody")
        roles = frozenset(Role(name) for name in names - {OWN})
        return cls(roles=roles, own=OWN in names)

    def admits(self, viewer: Viewer, *, owner: str | None) -> bool:
        """Whether the viewer belongs to it; `owner` is the member whose thing it is."""
        if self.everyone_holding or viewer.role in self.roles:
            return True
        return self.own and viewer.member_id is not None and viewer.member_id == owner


class Unclassified(Exception):
    """The table and the schema do not fit: fields without a row, rows without a field."""


def enforce(schema: GraphQLSchema, table: Mapping[str, Audience]) -> None:
    """Guard every field as the table says. Raises `Unclassified` where the two do not fit."""
    fields = fields_of(schema)
    without_row, without_field = fields.keys() - table.keys(), table.keys() - fields.keys()
    if without_row or without_field:
        raise Unclassified(
            f"fields without a row in api/classification.txt: {sorted(without_row)}; "
            f"rows without a field: {sorted(without_field)}"
        )
    for name, field in fields.items():
        if not table[name].everyone_holding:
            _guard(name, field, table[name])


def fields_of(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """Every field that can be asked for, as `Type.field`; those of introspection left out."""
    return {
        f"{kind.name}.{name}": field
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        and not kind.name.startswith("__")
        for name, field in kind.fields.items()
    }


def _guard(name: str, field: GraphQLField, audience: Audience) -> None:
    kind = name.partition(".")[0]
    refuse = _refusal(kind, name, field)
    if kind == "Subscription":
        assert field.subscribe is not None
        field.subscribe = _guarded_root(field.subscribe, audience, refuse, is_mutation=True)
        return
    assert field.resolve is not None, name
    if kind in ROOTS:
        guarded = _guarded_root(field.resolve, audience, refuse, is_mutation=kind == "Mutation")
    else:
        guarded = _guarded_inside(field.resolve, audience, refuse)
    field.resolve = guarded


def _guarded_inside(resolve: Resolver, audience: Audience, refuse: Refusal) -> Resolver:
    def guarded(source: Any, info: Any, **arguments: Any) -> Any:
        viewer: Viewer = info.context.viewer
        if audience.admits(viewer, owner=getattr(source, "member_id", None)):
            return resolve(source, info, **arguments)
        return refuse(viewer)

    return guarded


def _guarded_root(
    resolve: Resolver, audience: Audience, refuse: Refusal, *, is_mutation: bool
) -> Resolver:
    def guarded(source: Any, info: Any, **arguments: Any) -> Any:
        viewer: Viewer = info.context.viewer
        if viewer.role in audience.roles:
            return resolve(source, info, **arguments)
        if not audience.own or viewer.member_id is None:
            return refuse(viewer)
        answer = resolve(source, info, **arguments)
        # What a mutation is about stands in its input, and `acting_for` looks at that.
        return answer if is_mutation else _own(answer, viewer, refuse)

    return guarded


def _own(answer: Any, viewer: Viewer, refuse: Refusal) -> Any:
    if isawaitable(answer):
        return _own_later(answer, viewer, refuse)
    if answer is None or getattr(answer, "member_id", None) == viewer.member_id:
        return answer
    return refuse(viewer)


async def _own_later(answer: Awaitable[Any], viewer: Viewer, refuse: Refusal) -> Any:
    return _own(await answer, viewer, refuse)


def _refusal(kind: str, name: str, field: GraphQLField) -> Refusal:
    nullable = not isinstance(field.type, GraphQLNonNull)

    def refuse(viewer: Viewer) -> Any:
        if viewer.role is None:
            raise Unauthenticated
        denied = Denied(f"ask for {name}")
        if kind == "Mutation":
            return DeniedResult.of(denied)
        if kind == "Subscription" or not nullable:
            raise denied
        return None

    return refuse
