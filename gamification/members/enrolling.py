"""Enrolling members: validated, and once for each external id."""

import hashlib
import re
from collections.abc import Sequence
from zoneinfo import ZoneInfoNotFoundError

from gamification.members.finding import by_external_ids, find
from gamification.members.member import Enrolment, Member
from gamification.members.models import MEMBERS
from kit import clock, database, ids
from kit.calendar import zone_of
from kit.errors import IdempotencyConflict, InvalidInput, NotFound, Problem

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
# No vowels and no look-alikes: a code is read aloud, and must not spell anything.
_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


async def insert(enrolment: Enrolment) -> tuple[Member, bool]:
    """Add a member, in the caller's transaction; the member, and whether they were one before.

    Raises `InvalidInput`; `IdempotencyConflict` where the external id stands for somebody else.
    """
    problems = problems_of(enrolment)
    if problems:
        raise InvalidInput(problems)
    referrer = await _referrer(enrolment.referral_code)
    member = _member(enrolment)
    added = await database.insert(
        MEMBERS, [_row(member, referrer)], on_conflict="ON CONFLICT (external_id) DO NOTHING"
    )
    if added:
        return member, False
    known = await find(external_id=enrolment.external_id)
    if not _says_the_same(known, member):
        raise IdempotencyConflict(enrolment.external_id)
    return known, True


async def insert_all(external_ids: Sequence[str], *, time_zone: str = "UTC") -> list[str]:
    """Add those external ids that are no members yet; the ids of the new members."""
    known = await by_external_ids(external_ids)
    members = [
        _member(Enrolment(external_id=one, display_name=one, time_zone=time_zone))
        for one in sorted(set(external_ids) - known.keys())
    ]
    if not members:
        return []
    await database.insert(
        MEMBERS,
        [_row(member, None) for member in members],
        on_conflict="ON CONFLICT (external_id) DO NOTHING",
    )
    present = await by_external_ids([member.external_id for member in members])
    return [member.id for member in members if present[member.external_id] == member.id]


def problems_of(enrolment: Enrolment) -> list[Problem]:
    """All that is wrong with what is said of a new member."""
    problems = []
    if not 1 <= len(enrolment.external_id) <= 200:
        problems.append(Problem("externalId", "must be from 1 to 200 characters"))
    if not 1 <= len(enrolment.display_name.strip()) <= 200:
        problems.append(Problem("displayName", "must be from 1 to 200 characters"))
    if not is_zone(enrolment.time_zone):
        problems.append(Problem("timeZone", "must be an IANA time zone such as Asia/Jakarta"))
    if enrolment.locale and not _LOCALE.fullmatch(enrolment.locale):
        problems.append(Problem("locale", "must be a language tag such as id or en-GB"))
    if enrolment.email is not None and not _EMAIL.fullmatch(enrolment.email):
        problems.append(Problem("email", "must be an e-mail address"))
    if enrolment.card_number is not None and not 1 <= len(enrolment.card_number) <= 100:
        problems.append(Problem("cardNumber", "must be from 1 to 100 characters"))
    if enrolment.avatar_url is not None and len(enrolment.avatar_url) > 20_000:
        problems.append(Problem("avatarUrl", "must be at most 20,000 characters"))
    return problems


def is_zone(name: str) -> bool:
    """Whether there is an IANA time zone of that name."""
    try:
        zone_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


async def _referrer(code: str | None) -> str | None:
    if code is None:
        return None
    row = await database.fetch_one(
        "SELECT id FROM member WHERE referral_code = ?", code.strip().upper()
    )
    if row is None:
        raise NotFound("referral code", code)
    return str(row[0])


def _member(enrolment: Enrolment) -> Member:
    member_id = ids.new()
    return Member(
        id=member_id,
        external_id=enrolment.external_id,
        display_name=enrolment.display_name.strip(),
        avatar_url=enrolment.avatar_url,
        time_zone=enrolment.time_zone,
        locale=enrolment.locale,
        email=enrolment.email,
        card_number=enrolment.card_number,
        referral_code=_code(member_id),
        enrolled_at=clock.now(),
    )


def _code(member_id: str) -> str:
    """Ten characters (48 bits) drawn from the id."""
    number = int.from_bytes(hashlib.blake2b(member_id.encode(), digest_size=8).digest(), "big")
    letters = []
    for _ in range(10):
        number, letter = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[letter])
    return "".join(letters)


def _says_the_same(known: Member, said: Member) -> bool:
    return (
        known.display_name == said.display_name
        and known.time_zone == said.time_zone
        and known.email == said.email
        and known.card_number == said.card_number
        and known.locale == said.locale
    )


def _row(member: Member, referrer: str | None) -> tuple[object, ...]:
    return (
        member.id,
        member.external_id,
        member.display_name,
        member.avatar_url,
        member.time_zone,
        member.locale,
        member.email,
        member.card_number,
        member.referral_code,
        referrer,
        member.enrolled_at,
    )
