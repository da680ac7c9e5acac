"""Who of the staff does something, as the engine is told it."""

from api.acting import MemberRef
from api.auth import Role
from api.context import Info
from gamification import engine, members
from gamification.engine import Staff
from kit.errors import NotFound


def staff_of(info: Info) -> Staff:
    """The viewer by name; those of support ask, and an admin decides."""
    viewer = info.context.viewer
    return Staff(name=viewer.subject, decides=viewer.role is Role.ADMIN)


async def refuse_own(info: Info, ref: MemberRef) -> None:
    """Staff act for others, and never for themselves. Raises `Denied`."""
    try:
        member = await members.find(id=ref.id, external_id=ref.external_id)
    except NotFound:
        return  # Whoever acts says so.
    await engine.refuse_own(member.id, by=staff_of(info))
