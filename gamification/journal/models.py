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
        "digest": "text",
    },
)

SET_ASIDE_DECISIONS = Table(
    "set_aside_decision",
    {
        "set_aside_id": "text",
        "outcome": "text",
        "reason": "text",
        "decided_by": "text",
        "decided_at": "bigint",
        "source": "text",
        "entry_id": "text",
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
