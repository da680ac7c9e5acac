"""Who of the staff does something, as the engine is told it."""

from api.auth import Role
from api.context import Info
from gamification.engine import Staff


def staff_of(info: Info) -> Staff:
    """The viewer by name; those of support ask, and an admin decides."""
    viewer = info.context.viewer
    return Staff(name=viewer.subject, decides=viewer.role is Role.ADMIN)
