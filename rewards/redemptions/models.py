"""The table of redemptions."""

from kit.database import Table

REDEMPTIONS = Table(
    "redemption",
    {
        "id": "text",
        "member_id": "text",
        "reward": "text",
        "version": "bigint",
        "currency": "text",
        "points": "bigint",
        "ordinal": "bigint",
        "source": "text",
        "entry_id": "text",
        "redeemed_at": "bigint",
        "voucher_hash": "text",
        "voucher_expires_at": "bigint",
    },
)
