"""Activities: what members did, and the kinds of it that are taken."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api.context import Reader
from api.scalars import BigInt, DateTime
from gamification import journal
from gamification.journal import AttributeType, Channel, Entry, EntryType
from kit.errors import NotFound


@strawberry.type(description="An amount of money.")
class Money:
    minor: BigInt = strawberry.field(description="How much, in the currency's smallest unit.")
    currency: str = strawberry.field(description="The currency's ISO 4217 code.")


@strawberry.type(description="Something that a member did.")
class Activity:
    id: strawberry.ID = strawberry.field(description="Its id.")
    kind: str = strawberry.field(description="The key of its kind.")
    occurred_at: DateTime = strawberry.field(description="When it happened.")
    amount: Money | None = strawberry.field(description="The money that it was about.")
    quantity: BigInt | None = strawberry.field(description="How many pieces it was about.")
    channel: Channel | None = strawberry.field(description="At which touchpoint it happened.")
    partner: str | None = strawberry.field(description="The partner at which it happened.")
    attributes: JSON = strawberry.field(description="What its kind asks for beyond that.")
    member_id: strawberry.Private[str]

    @classmethod
    def of(cls, entry: Entry) -> "Activity":
        """The activity that a journal entry records, as it was recorded."""
        facts = entry.facts
        money = facts.amount is not None
        return cls(
            id=strawberry.ID(entry.id),
            kind=entry.kind,
            occurred_at=DateTime(entry.at),
            amount=Money(minor=BigInt(facts.amount or 0), currency=facts.currency)
            if money
            else None,
            quantity=None if facts.quantity is None else BigInt(facts.quantity),
            channel=Channel(facts.channel) if facts.channel else None,
            partner=facts.partner or None,
            attributes=JSON(facts.attributes),
            member_id=entry.member_id,
        )


@strawberry.type(description="One attribute that activities of a kind carry.")
class AttributeRule:
    name: str = strawberry.field(description="Its name.")
    type: AttributeType = strawberry.field(description="What it holds.")
    required: bool = strawberry.field(description="Whether an activity must carry it.")
    minimum: float | None = strawberry.field(description="The least that a number may be.")
    maximum: float | None = strawberry.field(description="The most that a number may be.")
    choices: list[str] = strawberry.field(description="What a text may be; anything where empty.")
    additive: bool = strawberry.field(
        description="Whether it is a quantity, of which a partial refund takes its share."
    )


@strawberry.type(description="A kind of activity.")
class ActivityKind:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title, in the viewer's language.")
    carries_amount: bool = strawberry.field(description="Whether its activities may carry money.")
    amount_required: bool = strawberry.field(description="Whether they must.")
    currencies: list[str] = strawberry.field(
        description="In which currencies (ISO 4217); any where empty."
    )
    attributes: list[AttributeRule] = strawberry.field(description="What else they carry.")

    @classmethod
    def of(cls, kind: journal.ActivityKind, reader: Reader) -> "ActivityKind":
        """The kind in the reader's words."""
        return cls(
            key=kind.key,
            title=reader.say(kind.title),
            carries_amount=kind.amount is not None,
            amount_required=kind.amount is not None and kind.amount.required,
            currencies=list(kind.amount.currencies) if kind.amount else [],
            attributes=[_rule(name, rule) for name, rule in sorted(kind.attributes.items())],
        )


def _rule(name: str, rule: journal.Attribute) -> AttributeRule:
    return AttributeRule(
        name=name,
        type=rule.type,
        required=rule.required,
        minimum=rule.min,
        maximum=rule.max,
        choices=list(rule.choices),
        additive=rule.additive,
    )


@strawberry.type
class ActivityQueries:
    @strawberry.field(description="One activity; null where there is none for this viewer.")
    async def activity(
        self, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Activity | None:
        try:
            entry = await journal.find_entry(id=id)
        except NotFound:
            return None
        return Activity.of(entry) if entry.type is EntryType.ACTIVITY else None
