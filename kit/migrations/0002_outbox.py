"""The outbox: what happened in the house, to be told at least once to whoever listens."""

UP = [
    """
    CREATE TABLE outbox (
        position    {identity},
        member_id   TEXT,
        facts       TEXT NOT NULL,
        entry_id    TEXT,
        recorded_at {bigint} NOT NULL,
        relayed_at  {bigint}
    ) {strict}
    """,
    "CREATE INDEX outbox_by_member ON outbox (member_id, position)",
    "CREATE INDEX outbox_unrelayed ON outbox (position) WHERE relayed_at IS NULL",
]
