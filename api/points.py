"""Points: currencies, and what a member has of them."""

import strawberry

from api.context import Reader
from api.currencies import CurrencyControls, ExpiryTerms, PendingTerms, TransferLimits
from api.scalars import BigInt, DateTime
from gamification import ledger
from gamification.ledger import CurrencyKind, Wallet
from kit.clock import Instant


@strawberry.type(description="A sort of points.")
class Currency:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    kind: CurrencyKind = strawberry.field(description="What its points are for.")
    main: bool = strawberry.field(description="Whether screens show it first.")
    money: str | None = strawberry.field(
        description="The money whose minor units its points are (ISO 4217), if they are."
    )
    spendable: bool = strawberry.field(
        description="Whether its points can be spent at all: some only measure."
    )
    pending: PendingTerms | None = strawberry.field(
        description="Until when earned points cannot be spent; null where they can at once."
    )
    expiry: ExpiryTerms = strawberry.field(description="When its points expire.")
    transfers: TransferLimits | None = strawberry.field(
        description="How members may hand points over; null where they may not."
    )
    controls: CurrencyControls | None = strawberry.field(
        description="What staff who answer for it watch over."
    )

    @classmethod
    def of(cls, currency: ledger.Currency, reader: Reader) -> "Currency":
        """The currency in the reader's words."""
        transfers = currency.transfers
        return cls(
            key=currency.key,
            name=reader.say(currency.name),
            kind=currency.kind,
            main=currency.key == reader.edition.main_currency,
            money=currency.money or None,
            spendable=currency.kind.spendable,
            pending=PendingTerms.of(currency),
            expiry=ExpiryTerms.of(currency),
            transfers=None if transfers is None else TransferLimits.of(transfers),
            controls=CurrencyControls.of(currency),
        )

    @classmethod
    def named(cls, key: str, reader: Reader) -> "Currency":
        """The currency of that key. What is a draft still may name one that is a draft too."""
        found = reader.edition.currencies.get(key)
        return cls.of(found or ledger.Currency(key=key, name=key), reader)


@strawberry.type(description="Points that will expire together.")
class Expiring:
    amount: BigInt = strawberry.field(description="How many.")
    at: DateTime = strawberry.field(description="When; from then on they cannot be spent.")


@strawberry.type(description="Points that will become spendable together.")
class Ripening:
    amount: BigInt = strawberry.field(description="How many.")
    at: DateTime = strawberry.field(description="When; from then on they can be spent.")


@strawberry.type(description="A member's points of one currency, at this moment.")
class Points:
    currency: Currency = strawberry.field(description="Which points these are.")
    balance: BigInt = strawberry.field(
        description="What can be spent; below zero where a refund took back what was spent."
    )
    pending: BigInt = strawberry.field(description="What is earned and cannot be spent yet.")
    available_next: Ripening | None = strawberry.field(
        description="What of it can be spent next, and when; null where that takes an event."
    )
    held: BigInt = strawberry.field(description="What is set aside for something unconfirmed.")
    debt: BigInt = strawberry.field(
        description="What is owed since a refund took back what was spent; earnings pay it first."
    )
    lifetime: BigInt = strawberry.field(description="All that was ever earned.")
    expiring_next: Expiring | None = strawberry.field(description="What expires next, and when.")

    @classmethod
    def of(cls, currency: Currency, wallet: Wallet, at: Instant) -> "Points":
        """What is in a wallet at an instant."""
        expiring, ripening = wallet.expiring_next(at), ledger.ripening_next(wallet, at)
        return cls(
            currency=currency,
            balance=BigInt(wallet.balance(at)),
            pending=BigInt(wallet.pending(at)),
            available_next=ripening
            and Ripening(amount=BigInt(ripening[0]), at=DateTime(ripening[1])),
            held=BigInt(wallet.held),
            debt=BigInt(wallet.debt),
            lifetime=BigInt(wallet.lifetime),
            expiring_next=expiring
            and Expiring(amount=BigInt(expiring[0]), at=DateTime(expiring[1])),
        )
