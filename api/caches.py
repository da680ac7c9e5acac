"""Each document is read and judged once, however often it is sent.

Parsing and validation are most of the cost of a small request. Strawberry's own two caches would
do, but that they look a document up by hashing its whole tree; here the text is the key, together
with all else that the answer depends on.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.schema import Schema
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from api import budget, inputs
from api.budget import Limits
from api.masking import INVALID_DOCUMENT, UNREADABLE_DOCUMENT, with_code

KEPT: Final = 128
# A client's documents are known and small; what is larger is read anew each time, so that a
# stranger cannot fill the memory with comments.
KEPT_CHARACTERS: Final = 16 * 1024
ERRORS_SHOWN: Final = 10

_STRAWBERRY_RULES: Final = (MaybeNullValidationRule, OneOfInputValidationRule)

_Rules = tuple[type[ASTValidationRule], ...]


class Documents(SchemaExtension):
    """Reads the document within its limits, and validates it, each through a cache."""

    def __init__(self, limits: Limits, *, introspection: bool) -> None:
        super().__init__()
        self._limits = limits
        self._introspection = introspection

    def on_parse(self) -> Iterator[None]:
        """Raises `GraphQLError` for a document that cannot be read, or is over a limit."""
        query = self.execution_context.query
        if query:
            self.execution_context.graphql_document = read(query, self._limits)
            self._hold_one_operation(self.execution_context.graphql_document)
        yield

    def on_validate(self) -> Iterator[None]:
        asked = self.execution_context
        judged = judge(
            asked.schema,
            asked.query or "",
            self._limits,
            asked.validation_rules,
            introspection=self._introspection,
        )
        if not judged:
            inputs.check_variables(asked.variables, self._limits)
        # A copy: what happens to the errors of one request is no business of the next.
        asked.pre_execution_errors = list(judged)
        yield

    def _hold_one_operation(self, document: DocumentNode) -> None:
        named = self.execution_context._provided_operation_name is not None
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        if len(operations) > 1 and not named:
            # Strawberry would run the first of them.
            error = GraphQLError(
                "Must provide operation name if query contains multiple operations."
            )
            raise with_code(error, INVALID_DOCUMENT)


def read(query: str, limits: Limits) -> DocumentNode:
    """The parsed document. Raises `GraphQLError` when it is malformed or over a limit."""
    return (_read_kept if len(query) <= KEPT_CHARACTERS else _read)(query, limits)


def judge(
    schema: Schema, query: str, limits: Limits, rules: _Rules, *, introspection: bool
) -> tuple[GraphQLError, ...]:
    """What validation has against the document; nothing, when it is valid.

    The rules are part of the key: made anew for each request, they would never be found again.
    """
    found = _judge_kept if len(query) <= KEPT_CHARACTERS else _judge
    return found(schema, query, limits, rules, introspection=introspection)


def _read(query: str, limits: Limits) -> DocumentNode:
    try:
        document = parse(query, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    except GraphQLSyntaxError as error:
        raise _too_long(error, limits) or with_code(error, UNREADABLE_DOCUMENT) from None
    budget.check(document, limits)
    inputs.check_literals(document, limits)
    return document


def _judge(
    schema: Schema, query: str, limits: Limits, rules: _Rules, *, introspection: bool
) -> tuple[GraphQLError, ...]:
    hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
    errors = validate(
        schema._schema,
        read(query, limits),
        (*rules, *hidden, *_STRAWBERRY_RULES),
        max_errors=ERRORS_SHOWN,
        # What was meant instead tells names, and looking for it costs more than all the rest.
        hide_suggestions=not introspection,
    )
    return tuple(with_code(error, INVALID_DOCUMENT) for error in errors)


def _too_long(error: GraphQLSyntaxError, limits: Limits) -> GraphQLError | None:
    if not error.message.endswith("Parsing aborted."):
        return None
    if "nested" in error.message:
        return budget.refusal("depth", limits.depth, "The document is nested too deeply.")
    what = "comments" if "comments" in error.message else "tokens"
    sentence = f"The document has too many {what}; the limit is {limits.tokens}."
    return budget.refusal("tokens", limits.tokens, sentence)


_read_kept = lru_cache(maxsize=KEPT)(_read)
_judge_kept = lru_cache(maxsize=KEPT)(_judge)
