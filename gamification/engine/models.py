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
