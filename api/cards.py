"""What everybody may know of a member: a name and a face."""

import strawberry

from gamification import members


@strawberry.type(description="A member as other members see them. Nothing leads on from here.")
class MemberCard:
    display_name: str = strawberry.field(description="The name that the member goes by.")
    avatar_url: str | None = strawberry.field(description="A picture of the member.")

    @classmethod
    def of(cls, member: members.Member) -> "MemberCard":
        """The card of a member."""
        return cls(display_name=member.display_name, avatar_url=member.avatar_url)
