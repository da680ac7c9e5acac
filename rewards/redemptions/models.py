"""The tables of redemptions and of what became of them."""

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
        "activity": "text",
    },
)
ENDS = Table(
    "redemption_end",
    {
        "redemption_id": "text",
        "outcome": "text",
        "source": "text",
        "entry_id": "text",
        "reason": "text",
        "actor": "text",
        "ended_at": "bigint",
    },
)
ATTEMPTS = Table("voucher_attempt", {"caller": "text", "hour": "bigint", "failed": "bigint"})
