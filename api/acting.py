"""For whom a mutation acts, and under which key it happens once."""

from typing import Final

import strawberry

from api.context import Info
from gamification import members
from kit.errors import InvalidInput, NotFound

KEY_MAX: Final = 200


@strawberry.input(description="Names a member by one of two ids.")
class MemberRef:
    id: strawberry.ID | None = strawberry.field(default=None, description="The id here.")
    external_id: str | None = strawberry.field(
        default=None, description="The id in your own books."
    )


async def acting_for(info: Info, ref: MemberRef | None) -> str:
    """The id of the member that a mutation is about.

    A member acts for themselves, and meets nobody else: naming another is `NotFound`. Services
    and staff name the member. Raises `InvalidInput` where the reference is none.
    """
    own = info.context.viewer.member_id
    if ref is None:
        if own is None:
            raise InvalidInput.at("member", "is required: a service acts for a member")
        return own
    check_ref(ref, "member")
    if own is None or ref.external_id is not None:
        member = await members.find(id=ref.id, external_id=ref.external_id)
        if own in (None, member.id):
            return member.id
    elif ref.id == own:
        return own
    raise NotFound("member", str(ref.id or ref.external_id))


def check_ref(ref: MemberRef, path: str) -> None:
    """Raise `InvalidInput` unless the reference names exactly one id."""
    if bool(ref.id) == bool(ref.external_id):
        raise InvalidInput.at(path, "give either id or externalId")


def source_of(info: Info, idempotency_key: str, path: str = "idempotencyKey") -> str:
    """The key that makes it happen once: the viewer's own, whatever keys others use."""
    if not 1 <= len(idempotency_key) <= KEY_MAX:
        raise InvalidInput.at(path, f"must be from 1 to {KEY_MAX} characters")
    return f"{info.context.viewer.key}:{idempotency_key}"
