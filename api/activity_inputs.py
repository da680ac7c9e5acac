"""What is said of an activity, and how the engine is told it."""

from enum import Enum

import strawberry
from strawberry.scalars import JSON

from api.acting import MemberRef, check_ref, source_of
from api.context import Info
from api.scalars import BigInt, DateTime
from gamification.engine import Recording
from gamification.journal import Channel
from kit.errors import InvalidInput


@strawberry.enum(description="What to wait for before the answer.")
class Wait(Enum):
    NONE = strawberry.enum_value("NONE", description="That it is written down, and never lost.")
    SETTLED = strawberry.enum_value("SETTLED", description="That its effects have happened too.")


@strawberry.input(description="An amount of money.")
class MoneyInput:
    minor: BigInt = strawberry.field(description="How much, in the currency's smallest unit.")
    currency: str | None = strawberry.field(
        default=None, description="The currency's ISO 4217 code. It is required."
    )


@strawberry.input(description="Something that a member did.")
class RecordActivityInput:
    member: MemberRef = strawberry.field(description="Who did it.")
    kind: str = strawberry.field(description="The key of its kind.")
    idempotency_key: str = strawberry.field(
        description="Names this activity among all of the caller's: 1 to 200 characters."
    )
    occurred_at: DateTime | None = strawberry.field(
        default=None, description="When it happened; now if left out."
    )
    amount: MoneyInput | None = strawberry.field(
        default=None, description="The money that it was about."
    )
    quantity: BigInt | None = strawberry.field(default=None, description="How many pieces.")
    channel: Channel | None = strawberry.field(default=None, description="At which touchpoint.")
    partner: str | None = strawberry.field(default=None, description="At which partner.")
    attributes: JSON | None = strawberry.field(
        default=None, description="An object with what its kind asks for."
    )
    wait: Wait = strawberry.field(default=Wait.NONE, description="What to wait for.")


@strawberry.input(description="Activities, each answered for by itself.")
class RecordActivitiesInput:
    activities: list[RecordActivityInput] = strawberry.field(
        description="The activities: 1 to 1,000."
    )


@strawberry.input(description="Names an activity in one of two ways.")
class ActivityRef:
    id: strawberry.ID | None = strawberry.field(default=None, description="By its id.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="By the key that the same caller recorded it with."
    )


@strawberry.input(description="Takes back an activity: all of it, or a part.")
class RetractActivityInput:
    activity: ActivityRef = strawberry.field(description="Which.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this retraction among all of the caller's: 1 to 200 characters."
    )
    fraction: float | None = strawberry.field(
        default=None, description="Which part of it, above 0 and at most 1."
    )
    amount: MoneyInput | None = strawberry.field(
        default=None, description="How much of its money, at most what is left of it."
    )


def recording_of(info: Info, said: RecordActivityInput) -> Recording:
    """What the engine is to record. Raises `InvalidInput`."""
    check_ref(said.member, "member")
    attributes: object = {} if said.attributes is None else said.attributes
    if not isinstance(attributes, dict):
        raise InvalidInput.at("attributes", "must be an object")
    return Recording(
        member_id=said.member.id or "",
        external_id=said.member.external_id or "",
        kind=said.kind,
        source=source_of(info, said.idempotency_key),
        occurred_at=said.occurred_at,
        amount=said.amount.minor if said.amount else None,
        currency=said.amount.currency if said.amount else None,
        quantity=said.quantity,
        channel=said.channel.value if said.channel else "",
        partner=said.partner or "",
        attributes=attributes,
    )
