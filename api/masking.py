"""Which errors a caller may read. What we raise on purpose is shown; all else stays with us.

A client's mistake is worth an answer and no line in our logs; a fault of ours is worth one line,
with its traceback, under an id that the caller can quote.
"""

import re
from collections.abc import Iterable
from typing import Final

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types.execution import PreExecutionError

from kit import ids, log
from kit.errors import DatabaseInUse, DatabaseUnavailable, InvalidInput, PialaError

BAD_INPUT: Final = "BAD_USER_INPUT"
BAD_REQUEST: Final = "BAD_REQUEST"
UNREADABLE_DOCUMENT: Final = "GRAPHQL_PARSE_FAILED"
INVALID_DOCUMENT: Final = "GRAPHQL_VALIDATION_FAILED"
INTERNAL: Final = "INTERNAL"
UNAVAILABLE: Final = DatabaseUnavailable.code

# A message may repeat what was sent; nobody needs all of it back.
_LONGEST: Final = 500
_SUGGESTION: Final = re.compile(r" ?Did you mean .*", re.DOTALL)

_BAD_REQUESTS: Final = (
    MissingQueryError,
    CannotGetOperationTypeError,
    InvalidOperationTypeError,
)

_log = log.logger("api")


class Schema(strawberry.Schema):
    """A schema whose errors are masked, on every way out: HTTP, WebSocket, events."""

    def process_errors(
        self,
        errors: list[GraphQLError],
        execution_context: ExecutionContext | None = None,  # noqa: ARG002
    ) -> None:
        shown = shown_errors(errors)
        if self.config.disable_field_suggestions:
            for error in shown:
                error.message = _SUGGESTION.sub("", error.message)
        errors[:] = shown

    async def _prepare_operation_async(
        self, context: ExecutionContext, extensions_runner: SchemaExtensionsRunner
    ) -> PreExecutionError | None:
        # A hook that refuses a document refuses the request. Without this it would do so over
        # HTTP, but end a WebSocket's operation without an answer.
        try:
            return await super()._prepare_operation_async(context, extensions_runner)
        except GraphQLError as error:
            return PreExecutionError(data=None, errors=[error])


def shown_errors(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """The errors as the caller may read them. Faults of ours are logged, each kind once."""
    incident = ""
    logged: set[tuple[type[BaseException], str]] = set()
    shown = []
    for error in errors:
        expected = _expected(error)
        if expected is None:
            incident = incident or ids.new()
            fault = _cause(error) or error
            kind = type(fault), str(fault)
            if kind not in logged:
                logged.add(kind)
                report(fault, incident, path=error.path)
            expected = masked(incident, error)
        shown.append(expected)
    return shown


def masked(incident: str, error: GraphQLError | None = None) -> GraphQLError:
    """What a caller learns of a fault of ours: where it struck, and an id to quote."""
    return GraphQLError(
        "internal error",
        nodes=error.nodes if error else None,
        path=error.path if error else None,
        extensions={"code": INTERNAL, "id": incident},
    )


def report(fault: BaseException, incident: str, **where: object) -> None:
    """Log a fault of ours, once, with its traceback, under the id that the caller was given."""
    _log.error("internal error", id=incident, exc_info=fault, **where)


def of_piala(error: PialaError, at: GraphQLError | None = None) -> GraphQLError:
    """One of our own errors as a GraphQL error with its code."""
    extensions: dict[str, object] = {"code": error.code}
    message = error.message
    if isinstance(error, InvalidInput):
        problems = [{"path": p.path, "message": p.message} for p in error.problems]
        extensions["problems"] = problems
    elif isinstance(error, DatabaseUnavailable | DatabaseInUse):
        # Its sentence is for the operator: it names hosts and files.
        _log.warning("database unavailable", why=message)
        message, extensions["code"] = "The service is not available for the moment.", UNAVAILABLE
    return GraphQLError(
        message[:_LONGEST],
        nodes=at.nodes if at else None,
        path=at.path if at else None,
        extensions=extensions,
    )


def code_of(error: GraphQLError) -> object:
    """The `code` in the extensions of an error."""
    return (error.extensions or {}).get("code")


def with_code(error: GraphQLError, code: str) -> GraphQLError:
    """The same error, carrying a code, unless it has one already, and no longer than needed."""
    error.message = error.message[:_LONGEST]
    error.extensions = {"code": code, **(error.extensions or {})}
    return error


def _expected(error: GraphQLError) -> GraphQLError | None:
    cause = _cause(error)
    if code_of(error):
        return error
    if isinstance(cause, PialaError):
        return of_piala(cause, error)
    if isinstance(cause, _BAD_REQUESTS):
        return with_code(error, BAD_REQUEST)
    if error.path is None:
        # Before anything ran: a variable that does not fit, as GraphQL itself found. What else
        # broke there arrives as it was raised.
        fits = isinstance(error.original_error, GraphQLError | None)
        return with_code(error, BAD_INPUT) if fits else None
    # While it ran: only an argument without its variable is the caller's mistake. A value that
    # a scalar refuses to write out also arrives as a GraphQLError, and is ours.
    return with_code(error, BAD_INPUT) if error.message.startswith("Argument '") else None


def _cause(error: GraphQLError) -> BaseException | None:
    """The exception behind the error, or behind the errors that it wraps."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause
