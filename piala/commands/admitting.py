"""`piala token`."""

import sys
from typing import Final

from api.auth import STAFF, Role, issue_token
from gamification import members
from kit.errors import InvalidInput
from piala.running import ready

SECONDS_PER_HOUR: Final = 3600


async def run(
    *,
    member: str | None,
    service: str | None,
    role: str | None,
    hours: float,
    name: str | None = None,
) -> int:
    """Print a token, and nothing else. Raises `NotFound` for an unknown member."""
    if sum(one is not None for one in (member, service, role)) != 1:
        raise InvalidInput.at("token", "say one of --member, --service and --role")
    if name is not None and (role is None or not name.strip()):
        raise InvalidInput.at("--name", "is the name of staff, beside --role")
    if member is not None:
        async with ready(only_read=True):
            subject, of = (await members.find(external_id=member)).id, Role.MEMBER
    elif service is not None:
        subject, of = service, Role.SERVICE
    else:
        subject, of = (name or f"{role}").strip(), _staff(role)
    if not subject.strip():
        raise InvalidInput.at("--service", "needs a name")
    seconds = max(1, round(hours * SECONDS_PER_HOUR))
    sys.stdout.write(issue_token(subject, of, lifetime_seconds=seconds) + "\n")
    return 0


def _staff(name: str | None) -> Role:
    for role in STAFF:
        if role.value == name:
            return role
    raise InvalidInput.at("--role", f"must be one of {', '.join(sorted(STAFF))}")
