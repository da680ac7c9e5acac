"""What a till says of a payment with points."""

import strawberry

from api.acting import MemberRef, source_of
from api.activity_inputs import ActivityRef
from api.context import Info
from api.scalars import BigInt
from gamification import journal
from kit.errors import InvalidInput
from rewards.payments import Bill


@strawberry.input(description="Points that a member pays with.")
class SpendPointsInput:
    member: MemberRef = strawberry.field(description="Who pays.")
    currency: str = strawberry.field(description="The currency's key.")
    points: BigInt = strawberry.field(description="How many points.")
    subject: str = strawberry.field(
        description="What for, for the member's statement: 1 to 100 characters, without names."
    )
    idempotency_key: str = strawberry.field(
        description="Names this payment among all of the caller's: 1 to 200 characters."
    )
    activity: ActivityRef | None = strawberry.field(
        default=None,
        description="The member's activity that they pay for: its refund gives them back.",
    )
    partner: str | None = strawberry.field(
        default=None, description="The partner who gets them, as activities name it."
    )


@strawberry.input(description="Points to set aside until the bill is known.")
class HoldPointsInput:
    member: MemberRef = strawberry.field(description="Who pays.")
    currency: str = strawberry.field(description="The currency's key.")
    points: BigInt = strawberry.field(description="How many points.")
    subject: str = strawberry.field(
        description="What for, for the member's statement: 1 to 100 characters, without names."
    )
    idempotency_key: str = strawberry.field(
        description="Names this hold among all of the caller's: 1 to 200 characters."
    )
    expires_in_seconds: int = strawberry.field(
        default=900, description="When they come back by themselves: at most after 30 days."
    )
    activity: ActivityRef | None = strawberry.field(
        default=None,
        description="The member's activity that they pay for: its refund gives them back.",
    )
    partner: str | None = strawberry.field(
        default=None, description="The partner who gets them, as activities name it."
    )


@strawberry.input(description="Names a hold in one of two ways.")
class HoldRef:
    id: strawberry.ID | None = strawberry.field(default=None, description="By its id.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="By the key that the same caller placed it with."
    )


@strawberry.input(description="A hold to be paid out.")
class CaptureHoldInput:
    hold: HoldRef = strawberry.field(description="Which.")
    idempotency_key: str = strawberry.field(
        description="Names this capture among all of the caller's: 1 to 200 characters."
    )
    points: BigInt | None = strawberry.field(
        default=None, description="How many of its points: the rest comes back. All if left out."
    )


@strawberry.input(description="A hold to be given back.")
class ReleaseHoldInput:
    hold: HoldRef = strawberry.field(description="Which.")
    idempotency_key: str = strawberry.field(
        description="Names this release among all of the caller's: 1 to 200 characters."
    )


@strawberry.input(description="Names a payment in one of two ways.")
class PaymentRef:
    id: strawberry.ID | None = strawberry.field(default=None, description="By its id.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="By the key that the same caller spent or captured it with."
    )


@strawberry.input(description="A payment to be given back, wholly or in part.")
class RefundPaymentInput:
    payment: PaymentRef = strawberry.field(description="Which.")
    reason: str = strawberry.field(description="Why: 1 to 500 characters.")
    idempotency_key: str = strawberry.field(
        description="Names this refund among all of the caller's: 1 to 200 characters."
    )
    points: BigInt | None = strawberry.field(
        default=None, description="How many of its points; all that is left of it if left out."
    )


async def bill_of(info: Info, said: SpendPointsInput | HoldPointsInput) -> Bill:
    """The bill that a till presents. Raises `InvalidInput` and `NotFound` (activity)."""
    activity = ""
    if said.activity is not None:
        id, source = named(info, said.activity, "activity")
        activity = (await journal.find_entry(id=id, source=source)).source
    return Bill(
        points=said.points,
        currency=said.currency,
        what=said.subject,
        partner=said.partner or "",
        activity=activity,
    )


def named(
    info: Info, ref: ActivityRef | HoldRef | PaymentRef, path: str
) -> tuple[str | None, str | None]:
    """The id or the source that a reference gives. Raises `InvalidInput` unless it is one."""
    if bool(ref.id) == bool(ref.idempotency_key):
        raise InvalidInput.at(path, "give either id or idempotencyKey")
    if ref.id:
        return ref.id, None
    return None, source_of(info, ref.idempotency_key or "", f"{path}.idempotencyKey")
