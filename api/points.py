"""Points: currencies, balances, and the statement that says of every line why."""

import strawberry

from api import reasons
from api.context import Reader
from api.scalars import BigInt, DateTime
from gamification import ledger
from gamification.ledger import CurrencyKind, EntryKind, Line, Wallet
from kit.clock import Instant


@strawberry.type(description="A sort of points.")
class Currency:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    kind: CurrencyKind = strawberry.field(description="What its points are for.")

    @classmethod
    def of(cls, currency: ledger.Currency, reader: Reader) -> "Currency":
        """The currency in the reader's words."""
        return cls(key=currency.key, name=reader.say(currency.name), kind=currency.kind)

    @classmethod
    def named(cls, key: str, reader: Reader) -> "Currency":
        """The currency of that key. What is a draft still may name one that is a draft too."""
        found = reader.edition.currencies.get(key)
        return cls.of(found or ledger.Currency(key=key, name=key), reader)


@strawberry.type(description="Points that will expire together.")
class Expiring:
    amount: BigInt = strawberry.field(description="How many.")
    at: DateTime = strawberry.field(description="When; from then on they cannot be spent.")


@strawberry.type(description="A member's points of one currency, at this moment.")
class Points:
    currency: Currency = strawberry.field(description="Which points these are.")
    balance: BigInt = strawberry.field(
        description="What can be spent; below zero where a refund took back what was spent."
    )
    pending: BigInt = strawberry.field(description="What is earned and cannot be spent yet.")
    held: BigInt = strawberry.field(description="What is set aside for something unconfirmed.")
    lifetime: BigInt = strawberry.field(description="All that was ever earned.")
    expiring_next: Expiring | None = strawberry.field(description="What expires next, and when.")

    @classmethod
    def of(cls, currency: Currency, wallet: Wallet, at: Instant) -> "Points":
        """What is in a wallet at an instant."""
        expiring = wallet.expiring_next(at)
        return cls(
            currency=currency,
            balance=BigInt(wallet.balance(at)),
            pending=BigInt(wallet.pending(at)),
            held=BigInt(wallet.held),
            lifetime=BigInt(wallet.lifetime),
            expiring_next=expiring
            and Expiring(amount=BigInt(expiring[0]), at=DateTime(expiring[1])),
        )


@strawberry.type(description="One line of a statement.")
class StatementLine:
    id: strawberry.ID = strawberry.field(description="Its id.")
    amount: BigInt = strawberry.field(description="Plus for what came in, minus for what went out.")
    kind: EntryKind = strawberry.field(description="What the line does.")
    why: str = strawberry.field(description="The reason, in the viewer's language.")
    occurred_at: DateTime = strawberry.field(description="When it happened.")
    recorded_at: DateTime = strawberry.field(description="When it was written down.")
    currency: Currency = strawberry.field(description="Which points these are.")
    activity_id: strawberry.ID | None = strawberry.field(
        description="What caused it, where something did and not the mere passing of time."
    )

    @classmethod
    def of(cls, line: Line, reader: Reader) -> "StatementLine":
        """The line in the reader's words."""
        return cls(
            id=strawberry.ID(line.id),
            amount=BigInt(line.amount),
            kind=line.kind,
            why=reasons.sentence(line.subject, line.kind, reader),
            occurred_at=DateTime(line.at),
            recorded_at=DateTime(line.recorded_at),
            currency=Currency.named(line.currency, reader),
            activity_id=strawberry.ID(line.entry_id) if line.entry_id else None,
        )
