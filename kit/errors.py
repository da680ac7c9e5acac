"""The errors of the house, as one small tree; each carries its facts and writes its sentence.

PialaError
├── InvalidInput          what was asked is malformed; one problem for each bad field
├── NotFound              no such thing, or not for this viewer
├── Unauthenticated       nobody is signed in
├── Denied                signed in, and not allowed
├── IdempotencyConflict   the same key with other content
├── TooLate               older than the trust window
├── InTheFuture           later than now
├── InsufficientPoints    not enough to spend
├── SoldOut               none left
├── NotAvailable          closed, not yet open, tier too low, limit reached
├── AlreadyResolved       the hold was captured or released before
├── DatabaseInUse         another process has the SQLite file
└── DatabaseUnavailable   the database does not answer
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from kit import clock
from kit.clock import Instant


class PialaError(Exception):
    """Whatever this house refuses on purpose. `code` is stable; `message` is for people."""

    code: ClassVar[str] = "ERROR"

    @property
    def message(self) -> str:
        """One whole sentence that says what was refused, and why."""
        return "Something went wrong."

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Problem:
    """One bad field: its path in the input (`items.3.amount`), and what is wrong with it."""

    path: str
    message: str


class InvalidInput(PialaError):
    code = "INVALID_INPUT"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    @classmethod
    def at(cls, path: str, message: str) -> "InvalidInput":
        """The error with a single problem."""
        return cls([Problem(path, message)])

    @property
    def message(self) -> str:
        return "; ".join(f"{problem.path}: {problem.message}" for problem in self.problems)


class NotFound(PialaError):
    code = "NOT_FOUND"

    def __init__(self, what: str, key: str) -> None:
        super().__init__(what, key)
        self.what, self.key = what, key

    @property
    def message(self) -> str:
        return f"There is no {self.what} {self.key!r}."


class Unauthenticated(PialaError):
    code = "UNAUTHENTICATED"

    @property
    def message(self) -> str:
        return "A valid token is needed."


class Denied(PialaError):
    code = "DENIED"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    @property
    def message(self) -> str:
        return f"This viewer may not {self.what}."


class IdempotencyConflict(PialaError):
    code = "IDEMPOTENCY_CONFLICT"

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    @property
    def message(self) -> str:
        return f"The key {self.key!r} was used before with other content."


class TooLate(PialaError):
    code = "TOO_LATE"

    def __init__(self, occurred_at: Instant, earliest: Instant) -> None:
        super().__init__(occurred_at, earliest)
        self.occurred_at, self.earliest = occurred_at, earliest

    @property
    def message(self) -> str:
        return (
            f"{clock.isoformat(self.occurred_at)} is too long ago; "
            f"the earliest that counts is {clock.isoformat(self.earliest)}."
        )


class InTheFuture(PialaError):
    code = "IN_THE_FUTURE"

    def __init__(self, occurred_at: Instant, latest: Instant) -> None:
        super().__init__(occurred_at, latest)
        self.occurred_at, self.latest = occurred_at, latest

    @property
    def message(self) -> str:
        return (
            f"{clock.isoformat(self.occurred_at)} is still to come; "
            f"the latest that counts is {clock.isoformat(self.latest)}."
        )


class InsufficientPoints(PialaError):
    code = "INSUFFICIENT_POINTS"

    def __init__(self, needed: int, available: int, currency: str) -> None:
        super().__init__(needed, available, currency)
        self.needed, self.available, self.currency = needed, available, currency

    @property
    def message(self) -> str:
        return f"This takes {self.needed} {self.currency}, and {self.available} are available."


class SoldOut(PialaError):
    code = "SOLD_OUT"

    def __init__(self, reward: str) -> None:
        super().__init__(reward)
        self.reward = reward

    @property
    def message(self) -> str:
        return f"Of {self.reward!r} none is left."


class NotAvailable(PialaError):
    code = "NOT_AVAILABLE"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what, why)
        self.what, self.why = what, why

    @property
    def message(self) -> str:
        return f"{self.what} is not available: {self.why}."


class AlreadyResolved(PialaError):
    code = "ALREADY_RESOLVED"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what

    @property
    def message(self) -> str:
        return f"{self.what} is already resolved."


class DatabaseInUse(PialaError):
    code = "DATABASE_IN_USE"

    def __init__(self, path: str, holder: str) -> None:
        super().__init__(path, holder)
        self.path, self.holder = path, holder

    @property
    def message(self) -> str:
        by = f"process {self.holder}" if self.holder else "another process"
        return (
            f"{self.path} is in use by {by}. A SQLite file serves one process at a time; "
            "stop the other one, or choose PostgreSQL with PIALA_DATABASE_URL."
        )


class DatabaseUnavailable(PialaError):
    code = "DATABASE_UNAVAILABLE"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def message(self) -> str:
        return f"The database does not answer: {self.why}."
