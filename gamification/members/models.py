"""The table of members."""

from kit.database import Table

MEMBERS = Table(
    "member",
    {
        "id": "text",
        "external_id": "text",
        "display_name": "text",
        "avatar_url": "text",
        "time_zone": "text",
        "locale": "text",
        "email": "text",
        "card_number": "text",
        "referral_code": "text",
        "referred_by": "text",
        "enrolled_at": "bigint",
    },
)
