"""The tables of donations: what was given, how it was resolved, and its receipt."""

from kit.database import Table

DONATIONS = Table(
    "donation",
    {
        "id": "text",
        "member_id": "text",
        "campaign": "text",
        "version": "bigint",
        "charity": "text",
        "currency": "text",
        "points": "bigint",
        "anonymous": "boolean",
        "at_once": "boolean",
        "source": "text",
        "entry_id": "text",
        "donated_at": "bigint",
        "release_at": "bigint",
    },
)

RESOLUTIONS = Table(
    "donation_resolution",
    {
        "donation_id": "text",
        "outcome": "text",
        "source": "text",
        "entry_id": "text",
        "resolved_at": "bigint",
    },
)

RECEIPTS = Table(
    "receipt",
    {"charity": "text", "number": "bigint", "donation_id": "text", "issued_at": "bigint"},
)
