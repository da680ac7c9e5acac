"""Who of the staff does something, and what nobody may do."""

import msgspec

from gamification import members
from kit.errors import Denied, InvalidInput

TEXT_MAX = 500


class Staff(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works for the programme, by name; whether they decide about adjustments."""

    name: str
    decides: bool = True

    def is_same(self, name: str) -> bool:
        """Whether that is the name of this very person."""
        return self.name.casefold() == name.casefold()


async def refuse_own(member_id: str, *, by: Staff) -> None:
    """Raise `Denied` where staff would decide about themselves: by any id that is the member's."""
    member = await members.find(id=member_id)
    if any(by.is_same(one) for one in (member.id, member.external_id, member.email) if one):
        raise Denied("decide about their own points")


def check_text(text: str, path: str, *, required: bool = True) -> None:
    """Raise `InvalidInput` for a reason that is none, or far too long a one."""
    if required and not text.strip():
        raise InvalidInput.at(path, "is required")
    if len(text) > TEXT_MAX:
        raise InvalidInput.at(path, f"must be at most {TEXT_MAX} characters")
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidInput.at(path, "must be without NUL characters and half surrogate pairs")
