"""What became of redemptions: used, or returned. And how often wrong voucher codes were tried."""

from kit.migrating import append_only

UP = [
    # The activity (its source) in which the reward was used: its refund gives the points back.
    "ALTER TABLE redemption ADD COLUMN activity TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX redemption_by_activity ON redemption (activity) WHERE activity <> ''",
    # The primary key is what lets each voucher be used or returned, and only once.
    """
    CREATE TABLE redemption_end (
        redemption_id TEXT PRIMARY KEY REFERENCES redemption,
        outcome       TEXT NOT NULL CHECK (outcome IN ('USED', 'RETURNED')),
        source        TEXT NOT NULL UNIQUE CHECK (source <> ''),
        entry_id      TEXT REFERENCES journal_entry,
        reason        TEXT NOT NULL,
        actor         TEXT NOT NULL,
        ended_at      {bigint} NOT NULL,
        CHECK ((entry_id IS NOT NULL) = (outcome = 'RETURNED'))
    ) {clustered}
    """,
    append_only("redemption_end"),
    """
    CREATE TABLE voucher_attempt (
        caller TEXT NOT NULL CHECK (caller <> ''),
        hour   {bigint} NOT NULL,
        failed {bigint} NOT NULL CHECK (failed >= 0),
        PRIMARY KEY (caller, hour)
    ) {clustered}
    """,
]
