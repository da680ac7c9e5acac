"""Members: who takes part."""

from gamification.members.enrolling import insert, insert_all, is_zone
from gamification.members.finding import by_external_ids, count, existing, find, members_of, page
from gamification.members.member import Enrolment, Member

__all__ = [
    "Enrolment",
    "Member",
    "by_external_ids",
    "count",
    "existing",
    "find",
    "insert",
    "insert_all",
    "is_zone",
    "members_of",
    "page",
]
