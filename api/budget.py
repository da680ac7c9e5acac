"""How large a GraphQL document may be: one memoised pass, after parsing and before validation.

Validation, and the limiters that run inside it, can be made to work for seconds by a few hundred
bytes (fragments that spread fragments). Here each fragment is measured once, so the time is
linear in the text, and a document is measured as large as it would be with all its fragments
written out.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from api.masking import INVALID_DOCUMENT
from kit.settings import Settings

LIMIT_EXCEEDED: Final = "LIMIT_EXCEEDED"
INTROSPECTION: Final = frozenset({"__schema", "__type"})
PAGE_MAX: Final = 100
# The arguments that say how long a list is, and how much of it each counts: a radius has two sides.
_PAGES: Final = {"first": 1, "last": 1, "radius": 2}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one request may ask for. All are counts, but for bytes and seconds where it says so."""

    body_bytes: int = 128 * 1024
    tokens: int = 1_000
    definitions: int = 25
    depth: int = 10
    fields: int = 250
    # Fields as often as lists repeat them: pages within pages are short to write.
    answers: int = 10_000
    aliases: int = 30
    fragments: int = 20
    directives: int = 50
    same_key: int = 10
    root_mutations: int = 4
    money_mutations: int = 1
    list_items: int = 250
    batch_items: int = 1_000
    input_depth: int = 32
    request_seconds: float = 10.0
    # Introspection nests deeper than any screen (a type inside lists inside lists), so it is
    # measured apart: the standard query of GraphiQL fits once, not twice.
    introspection_depth: int = 16
    introspection_fields: int = 400
    # Sockets: how long a client may take to introduce itself, what it may run at one time.
    init_seconds: float = 10.0
    subscriptions: int = 25
    # Which mutations move points, and which list inputs are the batches.
    money: frozenset[str] = frozenset()
    batches: frozenset[str] = frozenset({"activities"})

    @classmethod
    def of(cls, settings: Settings, *, money: frozenset[str] = frozenset()) -> "Limits":
        """The limits that the settings ask for; `money` names the mutations that move points."""
        return cls(
            body_bytes=settings.limit_body_bytes,
            tokens=settings.limit_tokens,
            depth=settings.limit_depth,
            fields=settings.limit_fields,
            answers=settings.limit_answers,
            aliases=settings.limit_aliases,
            fragments=settings.limit_fragments,
            directives=settings.limit_directives,
            same_key=settings.limit_same_key,
            root_mutations=settings.limit_root_mutations,
            money_mutations=settings.limit_money_mutations,
            list_items=settings.limit_list,
            batch_items=settings.limit_batch,
            request_seconds=settings.limit_request_seconds,
            money=money,
        )


def refusal(limit: str, figure: float, sentence: str) -> GraphQLError:
    """The error of a request over one limit: it names the limit and its figure."""
    extensions = {"code": LIMIT_EXCEEDED, "limit": limit, "allowed": figure}
    return GraphQLError(sentence, extensions=extensions)


def check(document: DocumentNode, limits: Limits) -> None:
    """Measure the whole document. Raises `GraphQLError` naming the first limit that it breaks."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    _hold("definitions", len(document.definitions), limits.definitions)
    _hold("fragments", len(fragments), limits.fragments)
    measure = _Measure(fragments, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _check_size(measure.of(definition), limits)
            if definition.operation is OperationType.MUTATION:
                _check_roots(measure.roots(definition.selection_set), limits)
    for name, definition in fragments.items():
        # The unused ones too: they reach the validator like the others.
        size = measure.fragment(name)
        on = definition.type_condition.name.value
        _check_size(size._replace(fields=0, depth=0) if on.startswith("__") else size, limits)


class _Size(NamedTuple):
    """A selection as large as it is with its fragments written out."""

    depth: int
    fields: int
    aliases: int
    directives: int
    introspected: int
    answers: int


_NOTHING: Final = _Size(0, 0, 0, 0, 0, 0)


class _Measure:
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._sizes: dict[str, _Size] = {}
        self._roots: dict[str, Counter[str]] = {}
        self._open: set[str] = set()

    def of(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Size:
        size = self._selection(definition.selection_set)
        return size._replace(directives=size.directives + len(definition.directives or ()))

    def fragment(self, name: str) -> _Size:
        if name not in self._fragments:
            return _NOTHING  # Validation reports it.
        if name in self._open:
            raise GraphQLError(
                f"Cannot spread fragment '{name}' within itself.",
                extensions={"code": INVALID_DOCUMENT},
            )
        if name not in self._sizes:
            self._open.add(name)
            self._sizes[name] = self.of(self._fragments[name])
            self._open.discard(name)
        return self._sizes[name]

    def roots(self, selection_set: SelectionSetNode) -> Counter[str]:
        """How often each field stands at the root, in fragments too. Call after `of`."""
        total: Counter[str] = Counter()
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                total[node.name.value] += 1
            elif isinstance(node, InlineFragmentNode):
                total += self.roots(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
                total += self._roots_of_fragment(node.name.value)
        return total

    def _roots_of_fragment(self, name: str) -> Counter[str]:
        if name not in self._roots:
            self._roots[name] = self.roots(self._fragments[name].selection_set)
        return self._roots[name]

    def _selection(self, selection_set: SelectionSetNode | None) -> _Size:
        if selection_set is None:
            return _NOTHING
        keys: dict[str, int] = {}
        depth = fields = aliases = directives = introspected = answers = 0
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                key = (node.alias or node.name).value
                keys[key] = keys.get(key, 0) + 1
                size = self._field(node)
            elif isinstance(node, FragmentSpreadNode):
                size = self.fragment(node.name.value)
            else:
                size = self._selection(getattr(node, "selection_set", None))
            depth = max(depth, size.depth)
            fields += size.fields
            aliases += size.aliases
            directives += size.directives + len(node.directives or ())
            introspected += size.introspected
            answers += size.answers
        _hold("same_key", max(keys.values(), default=0), self._limits.same_key)
        return _Size(depth, fields, aliases, directives, introspected, answers)

    def _field(self, node: FieldNode) -> _Size:
        below = self._selection(node.selection_set)
        aliases = below.aliases + (node.alias is not None)
        if node.name.value in INTROSPECTION:
            _hold("introspection_depth", below.depth, self._limits.introspection_depth)
            return _Size(1, 1, aliases, below.directives, below.fields, 1)
        return _Size(
            depth=below.depth + 1,
            fields=below.fields + 1,
            aliases=aliases,
            directives=below.directives,
            introspected=below.introspected,
            answers=1 + below.answers * _repeated(node),
        )


def _repeated(node: FieldNode) -> int:
    """How many times a field's selection is answered, at most."""
    for argument in node.arguments or ():
        if argument.name.value in _PAGES:
            value = argument.value
            size = int(value.value) if isinstance(value, IntValueNode) else PAGE_MAX
            return max(1, min(size, PAGE_MAX)) * _PAGES[argument.name.value]
    return 1


def _check_roots(roots: Counter[str], limits: Limits) -> None:
    _hold("root_mutations", roots.total(), limits.root_mutations)
    money = sum(count for name, count in roots.items() if name in limits.money)
    _hold("money_mutations", money, limits.money_mutations)


def _check_size(size: _Size, limits: Limits) -> None:
    _hold("depth", size.depth, limits.depth)
    _hold("fields", size.fields, limits.fields)
    _hold("answers", size.answers, limits.answers)
    _hold("aliases", size.aliases, limits.aliases)
    _hold("directives", size.directives, limits.directives)
    _hold("introspection_fields", size.introspected, limits.introspection_fields)


def _hold(limit: str, count: int, allowed: int) -> None:
    if count > allowed:
        words = limit.replace("_", " ")
        # A doubling of fragments makes numbers that nobody wants to read in full.
        shown = str(count) if count < 1_000_000 else "more than a million"
        raise refusal(limit, allowed, f"The document's {words}: {shown}; the limit is {allowed}.")
