"""A member, as a plain value."""

import msgspec

from kit.clock import Instant


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who takes part. Personal data lives here and nowhere else."""

    id: str
    external_id: str
    display_name: str
    avatar_url: str | None
    time_zone: str
    locale: str
    email: str | None
    card_number: str | None
    referral_code: str
    enrolled_at: Instant


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of somebody who joins. `referral_code` is that of the member who sent them."""

    external_id: str
    display_name: str = ""
    time_zone: str = "UTC"
    locale: str = ""
    avatar_url: str | None = None
    email: str | None = None
    card_number: str | None = None
    referral_code: str | None = None
