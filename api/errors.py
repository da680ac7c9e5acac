"""The errors of the house as the schema tells them: the only place that translates.

Rooms raise; here each expected error becomes a member of that mutation's result union. One that
is no member of it, and whatever a query meets, is answered among GraphQL's own errors.
"""

from typing import Any, Final, Self

import strawberry

from api.auth import Role
from api.scalars import BigInt, DateTime
from kit import errors as house


@strawberry.interface(description="What every expected refusal says.")
class Error:
    code: str = strawberry.field(description="What sort of refusal it is; stable, for programs.")
    message: str = strawberry.field(description="One whole sentence, for people.")

    @classmethod
    def of(cls, error: Any) -> Self:
        """The error as the schema tells it."""
        return cls(code=error.code, message=error.message)


@strawberry.type(description="One bad field of an input.")
class Problem:
    path: str = strawberry.field(description="Where it is, such as `tasks.0.metric.where`.")
    message: str = strawberry.field(description="What is wrong with it.")


@strawberry.type(description="What was asked is malformed. Nothing was changed.")
class InvalidInput(Error):
    problems: list[Problem] = strawberry.field(description="What is wrong, one for each field.")

    @classmethod
    def of(cls, error: house.InvalidInput) -> Self:
        """The error with its problems."""
        problems = [
            Problem(path=_in_schema(one.path), message=one.message) for one in error.problems
        ]
        return cls(code=error.code, message=error.message, problems=problems)


def _in_schema(path: str) -> str:
    """A path by the names of the schema: `starts_at` is `startsAt`. Attributes keep theirs."""
    steps = path.split(".")
    named = [
        step if place and steps[place - 1] == "attributes" else _camel(step)
        for place, step in enumerate(steps)
    ]
    return ".".join(named)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@strawberry.type(description="There is no such thing, or none that this viewer may know of.")
class NotFound(Error):
    @classmethod
    def of(cls, error: house.NotFound) -> Self:
        """The error in the viewer's own words."""
        own = house.NotFound(error.what, _own_key(error.key))
        return cls(code=own.code, message=own.message)


@strawberry.type(description="The viewer may not do this.")
class Denied(Error):
    pass


@strawberry.type(description="The same idempotency key came before, with other content.")
class IdempotencyConflict(Error):
    @classmethod
    def of(cls, error: house.IdempotencyConflict) -> Self:
        """The error in the viewer's own words."""
        own = house.IdempotencyConflict(_own_key(error.key))
        return cls(code=own.code, message=own.message)


def _own_key(source: str) -> str:
    """The key as the viewer gave it: a source has the viewer in front, `service:till:0001`."""
    role, _, rest = source.partition(":")
    subject, colon, key = rest.partition(":")
    return key if colon and subject and role in set(Role) else source


@strawberry.type(description="It happened longer ago than activities are taken.")
class TooLate(Error):
    earliest: DateTime = strawberry.field(description="The earliest moment that is still taken.")

    @classmethod
    def of(cls, error: house.TooLate) -> Self:
        """The error with its limit."""
        earliest = DateTime(error.earliest)
        return cls(code=error.code, message=error.message, earliest=earliest)


@strawberry.type(description="It is said to happen later than now.")
class InTheFuture(Error):
    latest: DateTime = strawberry.field(description="The latest moment that is taken.")

    @classmethod
    def of(cls, error: house.InTheFuture) -> Self:
        """The error with its limit."""
        return cls(code=error.code, message=error.message, latest=DateTime(error.latest))


@strawberry.type(description="The member has too few points for this.")
class InsufficientPoints(Error):
    needed: BigInt = strawberry.field(description="How many points it takes.")
    available: BigInt = strawberry.field(description="How many the member can spend.")

    @classmethod
    def of(cls, error: house.InsufficientPoints) -> Self:
        """The error with its figures."""
        return cls(
            code=error.code,
            message=error.message,
            needed=BigInt(error.needed),
            available=BigInt(error.available),
        )


@strawberry.type(description="None is left.")
class SoldOut(Error):
    pass


@strawberry.type(description="It cannot be had now: closed, not yet open, or a limit is reached.")
class NotAvailable(Error):
    pass


@strawberry.type(description="It was confirmed, cancelled or has run out before.")
class AlreadyResolved(Error):
    pass


class _Answering:
    """Turns one sort of error into its type, on the fields whose result may be it."""

    def __init__(self, exception_type: type[house.PialaError], error_type: type[Error]) -> None:
        self.exception_type = exception_type
        self.error_type = error_type

    def handle(self, exception: Any, **_of_the_field: object) -> Error:
        """The error as the schema tells it."""
        return self.error_type.of(exception)


_TYPES: Final[dict[type[house.PialaError], type[Error]]] = {
    house.InvalidInput: InvalidInput,
    house.NotFound: NotFound,
    house.Denied: Denied,
    house.IdempotencyConflict: IdempotencyConflict,
    house.TooLate: TooLate,
    house.InTheFuture: InTheFuture,
    house.InsufficientPoints: InsufficientPoints,
    house.SoldOut: SoldOut,
    house.NotAvailable: NotAvailable,
    house.AlreadyResolved: AlreadyResolved,
}

HANDLERS: Final = tuple(_Answering(raised, told) for raised, told in _TYPES.items())


def told(error: house.PialaError) -> Any:
    """The error as one item of a batch answers it. Raises what has no type in the schema."""
    kind = _TYPES.get(type(error))
    if kind is None:
        raise error
    return kind.of(error)
