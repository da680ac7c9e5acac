"""Payments with points: what a till is told of what it did."""

import strawberry

from api import reasons
from api.context import Reader
from api.points import Currency
from api.scalars import BigInt, DateTime
from gamification.journal import Entry
from gamification.ledger import EntryKind
from kit.clock import Instant


@strawberry.type(description="Points that a member paid with.")
class Payment:
    id: strawberry.ID = strawberry.field(description="Its id: what a refund names.")
    currency: Currency = strawberry.field(description="Which points.")
    points: BigInt = strawberry.field(description="How many.")
    why: str = strawberry.field(description="What for, as the member's statement says it.")
    occurred_at: DateTime = strawberry.field(description="When.")

    @classmethod
    def of(cls, entry: Entry, bill: Entry, points: int, reader: Reader) -> "Payment":
        """The entry that paid so many points; `bill` is the spend or hold that says what for."""
        return cls(
            id=strawberry.ID(entry.id),
            currency=Currency.named(bill.facts.currency, reader),
            points=BigInt(points),
            why=reasons.sentence(bill.facts.subject, EntryKind.SPEND, reader),
            occurred_at=DateTime(entry.at),
        )


@strawberry.type(description="Points that are set aside for a payment.")
class Hold:
    id: strawberry.ID = strawberry.field(description="Its id.")
    currency: Currency = strawberry.field(description="Which points.")
    points: BigInt = strawberry.field(description="How many.")
    why: str = strawberry.field(description="What for, as the member's statement says it.")
    occurred_at: DateTime = strawberry.field(description="When.")
    expires_at: DateTime = strawberry.field(
        description="When they come back by themselves, unless they are captured before."
    )

    @classmethod
    def of(cls, entry: Entry, reader: Reader) -> "Hold":
        """The hold as it was placed."""
        release_at: Instant | None = entry.facts.release_at
        assert release_at is not None
        return cls(
            id=strawberry.ID(entry.id),
            currency=Currency.named(entry.facts.currency, reader),
            points=BigInt(entry.facts.points),
            why=reasons.sentence(entry.facts.subject, EntryKind.HOLD, reader),
            occurred_at=DateTime(entry.at),
            expires_at=DateTime(release_at),
        )
