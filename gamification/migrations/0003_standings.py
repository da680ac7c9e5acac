"""What the fold asks for: standings, the ledger, effects and scores."""

from kit.migrating import append_only

UP = [
    """
    CREATE TABLE standing (
        member_id   TEXT PRIMARY KEY REFERENCES member,
        state       {bytes} NOT NULL,
        next_due_at {bigint},
        revision    {bigint} NOT NULL CHECK (revision >= 0)
    ) {strict}
    """,
    "CREATE INDEX standing_due ON standing (next_due_at) WHERE next_due_at IS NOT NULL",
    # One row moves an amount from one account to another, so the accounts always sum to zero.
    """
    CREATE TABLE ledger_entry (
        id           TEXT PRIMARY KEY,
        member_id    TEXT NOT NULL REFERENCES member,
        currency     TEXT NOT NULL,
        kind         TEXT NOT NULL CHECK (kind IN (
            'EARN', 'SPEND', 'EXPIRE', 'ADJUST', 'TRANSFER', 'HOLD', 'CAPTURE', 'RELEASE',
            'REVERSE', 'CLAWBACK', 'DONATE', 'MATCH', 'MERGE')),
        amount       {bigint} NOT NULL CHECK (amount > 0),
        debit        TEXT NOT NULL CHECK (debit <> ''),
        credit       TEXT NOT NULL CHECK (credit <> '' AND credit <> debit),
        key          TEXT NOT NULL,
        revision     {bigint} NOT NULL CHECK (revision >= 0),
        subject      TEXT NOT NULL,
        entry_id     TEXT REFERENCES journal_entry,
        at           {bigint} NOT NULL,
        recorded_at  {bigint} NOT NULL,
        available_at {bigint} NOT NULL,
        expires_at   {bigint} NOT NULL,
        lots         TEXT NOT NULL,
        UNIQUE (member_id, key, revision)
    ) {strict}
    """,
    "CREATE INDEX ledger_entry_by_member ON ledger_entry (member_id, at, id)",
    "CREATE INDEX ledger_entry_by_cause ON ledger_entry (entry_id) WHERE entry_id IS NOT NULL",
    append_only("ledger_entry"),
    # Badges awarded, tiers changed, challenges completed. `change` sums up to what is in effect.
    """
    CREATE TABLE effect (
        id          TEXT PRIMARY KEY,
        member_id   TEXT NOT NULL REFERENCES member,
        kind        TEXT NOT NULL CHECK (kind IN ('badge', 'tier', 'challenge')),
        key         TEXT NOT NULL,
        revision    {bigint} NOT NULL CHECK (revision >= 0),
        change      {bigint} NOT NULL CHECK (change IN (-1, 0, 1)),
        subject     TEXT NOT NULL,
        value       TEXT NOT NULL,
        previous    TEXT NOT NULL,
        version     {bigint} NOT NULL,
        entry_id    TEXT REFERENCES journal_entry,
        at          {bigint} NOT NULL,
        recorded_at {bigint} NOT NULL,
        UNIQUE (member_id, key, revision)
    ) {strict}
    """,
    "CREATE INDEX effect_by_subject ON effect (kind, subject, value, change)",
    "CREATE INDEX effect_by_cause ON effect (entry_id) WHERE entry_id IS NOT NULL",
    append_only("effect"),
    """
    CREATE TABLE score (
        board      TEXT NOT NULL,
        period     {bigint} NOT NULL,
        member_id  TEXT NOT NULL REFERENCES member,
        score      {bigint} NOT NULL,
        reached_at {bigint} NOT NULL,
        tiebreak   {bigint} NOT NULL,
        PRIMARY KEY (board, period, member_id)
    ) {clustered}
    """,
    "CREATE INDEX score_by_rank ON score (board, period, score DESC, reached_at, tiebreak)",
    "CREATE INDEX score_by_member ON score (member_id)",
]
