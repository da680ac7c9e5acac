"""Enrolling: a member, and the standing that everything they do is folded onto."""

from collections.abc import Sequence

import msgspec

from gamification import members
from gamification.engine import storing
from gamification.members import Enrolment, Member
from kit import database
from kit.errors import InvalidInput


class Enrolled(msgspec.Struct, frozen=True, kw_only=True):
    """The member, and whether they had been enrolled before with the same words."""

    member: Member
    replayed: bool


async def enrol(enrolment: Enrolment) -> Enrolled:
    """Enrol somebody, once for each external id.

    Raises `InvalidInput`, `NotFound` (referral code) and `IdempotencyConflict` (other content).
    """
    return await database.unit_of_work(_enrol, enrolment)


async def enrol_all(external_ids: Sequence[str], *, time_zone: str = "UTC") -> int:
    """Enrol the external ids that are new, in the caller's transaction; how many were."""
    new = await members.insert_all(external_ids, time_zone=time_zone)
    await storing.open_standings(new)
    return len(new)


async def _enrol(enrolment: Enrolment) -> Enrolled:
    try:
        async with database.transaction():
            member, replayed = await members.insert(enrolment)
            if not replayed:
                await storing.open_standings([member.id])
            return Enrolled(member=member, replayed=replayed)
    except database.IntegrityError:
        raise InvalidInput.at("cardNumber", "belongs to another member") from None
