"""The ledger's table, and the words that its rows use."""

from enum import StrEnum

from kit.database import Table

LEDGER = Table(
    "ledger_entry",
    {
        "id": "text",
        "member_id": "text",
        "currency": "text",
        "kind": "text",
        "amount": "bigint",
        "debit": "text",
        "credit": "text",
        "key": "text",
        "revision": "bigint",
        "subject": "text",
        "entry_id": "text",
        "at": "bigint",
        "recorded_at": "bigint",
        "available_at": "bigint",
        "expires_at": "bigint",
        "lots": "text",
    },
)

MEMBER = "member"
HELD = "member:held"
ISSUANCE = "issuance"
BREAKAGE = "breakage"
REDEMPTION = "redemption"
ADJUSTMENT = "adjustment"
TRANSFER = "transfer"
WRITE_OFF = "write-off"
_NAMED = ("charity", "campaign", "pool", "partner")


def is_payee(account: str) -> bool:
    """Whether a member's points can be paid to an account: `redemption`, `charity:<key>`, …"""
    kind, colon, key = account.partition(":")
    return account == REDEMPTION or bool(colon and key and kind in _NAMED)


class EntryKind(StrEnum):
    """What a ledger entry does."""

    EARN = "EARN"
    SPEND = "SPEND"
    EXPIRE = "EXPIRE"
    ADJUST = "ADJUST"
    TRANSFER = "TRANSFER"
    HOLD = "HOLD"
    CAPTURE = "CAPTURE"
    RELEASE = "RELEASE"
    REVERSE = "REVERSE"
    CLAWBACK = "CLAWBACK"
    DONATE = "DONATE"
    MATCH = "MATCH"
    MERGE = "MERGE"
