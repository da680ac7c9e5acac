"""The journal's tables."""

from kit.database import Table

JOURNAL = Table(
    "journal_entry",
    {
        "id": "text",
        "member_id": "text",
        "type": "text",
        "kind": "text",
        "source": "text",
        "target": "text",
        "at": "bigint",
        "recorded_at": "bigint",
        "facts": "text",
        "digest": "text",
    },
)

PENDING = Table("pending", {"member_id": "text", "entry_id": "text"})

SET_ASIDE = Table(
    "set_aside",
    {
        "id": "text",
        "member_id": "text",
        "kind": "text",
        "source": "text",
        "at": "bigint",
        "recorded_at": "bigint",
        "facts": "text",
        "reason": "text",
    },
)

DEAD_LETTERS = Table(
    "dead_letter",
    {
        "id": "text",
        "member_id": "text",
        "entry_id": "text",
        "reason": "text",
        "recorded_at": "bigint",
    },
)
