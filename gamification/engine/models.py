"""The engine's tables: what the fold has come to, and what it asked for."""

from kit.database import Table

STANDINGS = Table(
    "standing",
    {"member_id": "text", "state": "bytes", "next_due_at": "bigint", "revision": "bigint"},
)

EFFECTS = Table(
    "effect",
    {
        "id": "text",
        "member_id": "text",
        "kind": "text",
        "key": "text",
        "revision": "bigint",
        "change": "bigint",
        "subject": "text",
        "value": "text",
        "previous": "text",
        "version": "bigint",
        "entry_id": "text",
        "at": "bigint",
        "recorded_at": "bigint",
    },
)

TRANSACTIONS = Table(
    "ledger_transaction",
    {
        "id": "text",
        "recorded_at": "bigint",
        "entries": "bytes",
        "postings": "bytes",
        "honours": "bytes",
        "digest": "text",
    },
)

SEALS = Table(
    "ledger_seal",
    {"number": "bigint", "transaction_id": "text", "hash": "text", "sealed_at": "bigint"},
)

CHECKPOINTS = Table(
    "checkpoint",
    {"member_id": "text", "at": "bigint", "entries": "bigint", "state": "bytes"},
)

ADJUSTMENT_REQUESTS = Table(
    "adjustment_request",
    {
        "id": "text",
        "member_id": "text",
        "currency": "text",
        "points": "bigint",
        "reason": "text",
        "expires_at": "bigint",
        "by_two": "boolean",
        "source": "text",
        "digest": "text",
        "requested_by": "text",
        "requested_at": "bigint",
    },
)

ADJUSTMENT_DECISIONS = Table(
    "adjustment_decision",
    {
        "request_id": "text",
        "requested_by": "text",
        "by_two": "boolean",
        "outcome": "text",
        "note": "text",
        "decided_by": "text",
        "decided_at": "bigint",
        "source": "text",
        "entry_id": "text",
    },
)

TRANSFERS = Table(
    "transfer",
    {
        "id": "text",
        "sender_id": "text",
        "recipient_id": "text",
        "currency": "text",
        "points": "bigint",
        "message": "text",
        "source": "text",
        "out_entry_id": "text",
        "in_entry_id": "text",
        "at": "bigint",
    },
)

BUDGET_GRANTS = Table(
    "budget_grant",
    {
        "source": "text",
        "rule": "text",
        "member_id": "text",
        "at": "bigint",
        "wished": "bigint",
        "points": "bigint",
        "recorded_at": "bigint",
    },
)

BUDGETS = Table("rule_budget", {"rule": "text", "granted": "bigint"})
