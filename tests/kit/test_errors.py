"""Each error carries its facts and writes its own sentence."""

import pytest

from kit import errors
from kit.clock import parse
from kit.errors import PialaError, Problem

ALL = [
    (
        errors.InvalidInput([Problem("items.0.amount", "is negative"), Problem("kind", "is new")]),
        "INVALID_INPUT",
        "items.0.amount: is negative; kind: is new",
    ),
    (errors.NotFound("member", "ani"), "NOT_FOUND", "There is no member 'ani'."),
    (errors.Unauthenticated(), "UNAUTHENTICATED", "A valid token is needed."),
    (errors.Denied("publish"), "DENIED", "This viewer may not publish."),
    (
        errors.IdempotencyConflict("k"),
        "IDEMPOTENCY_CONFLICT",
        "The key 'k' was used before with other content.",
    ),
    (
        errors.TooLate(parse("2026-01-01T00:00:00Z"), parse("2026-02-01T00:00:00Z")),
        "TOO_LATE",
        "2026-01-01T00:00:00Z is too long ago; the earliest that counts is 2026-02-01T00:00:00Z.",
    ),
    (
        errors.InTheFuture(parse("2026-03-01T00:00:00Z"), parse("2026-02-01T00:00:00Z")),
        "IN_THE_FUTURE",
        "2026-03-01T00:00:00Z is still to come; the latest that counts is 2026-02-01T00:00:00Z.",
    ),
    (
        errors.InsufficientPoints(needed=500, available=320, currency="BEANS"),
        "INSUFFICIENT_POINTS",
        "This takes 500 BEANS, and 320 are available.",
    ),
    (errors.SoldOut("mug"), "SOLD_OUT", "Of 'mug' none is left."),
    (
        errors.NotAvailable("mug", "it ended yesterday"),
        "NOT_AVAILABLE",
        "mug is not available: it ended yesterday.",
    ),
    (errors.AlreadyResolved("donation 1"), "ALREADY_RESOLVED", "donation 1 is already resolved."),
    (
        errors.DatabaseInUse("piala.db", "42"),
        "DATABASE_IN_USE",
        "piala.db is in use by process 42. A SQLite file serves one process at a time; "
        "stop the other one, or choose PostgreSQL with PIALA_DATABASE_URL.",
    ),
    (
        errors.DatabaseUnavailable("refused"),
        "DATABASE_UNAVAILABLE",
        "The database does not answer: refused.",
    ),
]


@pytest.mark.parametrize(("error", "code", "message"), ALL, ids=lambda value: str(value)[:20])
def test_an_error_has_a_code_and_a_sentence(error, code, message):
    assert (error.code, error.message, str(error)) == (code, message, message)


def test_no_error_is_forgotten_here():
    tree = {kind for kind in vars(errors).values() if isinstance(kind, type)}
    kinds = {kind for kind in tree if issubclass(kind, PialaError)} - {PialaError}
    assert {type(error) for error, _code, _message in ALL} == kinds
    assert all(kind.__name__ in errors.__doc__ for kind in kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)
