"""Donations, how each was resolved, its receipt, and what campaigns have raised."""

from kit.migrating import append_only

UP = [
    # A donation begins as a hold that lets go by itself at `release_at`. `at_once` ones were
    # confirmed in the same breath.
    """
    CREATE TABLE donation (
        id         TEXT PRIMARY KEY,
        member_id  TEXT NOT NULL REFERENCES member,
        campaign   TEXT NOT NULL CHECK (campaign <> ''),
        version    {bigint} NOT NULL CHECK (version > 0),
        charity    TEXT NOT NULL CHECK (charity <> ''),
        currency   TEXT NOT NULL CHECK (currency <> ''),
        points     {bigint} NOT NULL CHECK (points BETWEEN 1 AND 1000000000000),
        anonymous  {boolean} NOT NULL,
        at_once    {boolean} NOT NULL,
        source     TEXT NOT NULL UNIQUE CHECK (source <> ''),
        entry_id   TEXT NOT NULL UNIQUE REFERENCES journal_entry,
        donated_at {bigint} NOT NULL,
        release_at {bigint} NOT NULL CHECK (release_at > donated_at)
    ) {strict}
    """,
    "CREATE INDEX donation_by_member ON donation (member_id, donated_at, id)",
    "CREATE INDEX donation_by_donor ON donation (member_id, campaign)",
    append_only("donation"),
    # The primary key is what lets each donation be resolved once. No row: held, or timed out.
    """
    CREATE TABLE donation_resolution (
        donation_id TEXT PRIMARY KEY REFERENCES donation,
        outcome     TEXT NOT NULL CHECK (outcome IN ('CONFIRMED', 'CANCELLED')),
        source      TEXT NOT NULL UNIQUE CHECK (source <> ''),
        entry_id    TEXT NOT NULL UNIQUE REFERENCES journal_entry,
        resolved_at {bigint} NOT NULL
    ) {clustered}
    """,
    append_only("donation_resolution"),
    # The last receipt number of each charity: numbers are drawn where the receipt is written, so
    # none is ever skipped.
    """
    CREATE TABLE receipt_counter (
        charity TEXT PRIMARY KEY CHECK (charity <> ''),
        last    {bigint} NOT NULL CHECK (last > 0)
    ) {clustered}
    """,
    """
    CREATE TABLE receipt (
        charity     TEXT NOT NULL REFERENCES receipt_counter,
        number      {bigint} NOT NULL CHECK (number > 0),
        donation_id TEXT NOT NULL UNIQUE REFERENCES donation_resolution,
        issued_at   {bigint} NOT NULL,
        PRIMARY KEY (charity, number)
    ) {clustered}
    """,
    append_only("receipt"),
    """
    CREATE TABLE campaign_total (
        campaign  TEXT NOT NULL CHECK (campaign <> ''),
        currency  TEXT NOT NULL CHECK (currency <> ''),
        raised    {bigint} NOT NULL CHECK (raised >= donations),
        donations {bigint} NOT NULL CHECK (donations >= donors),
        donors    {bigint} NOT NULL CHECK (donors > 0),
        PRIMARY KEY (campaign, currency)
    ) {clustered}
    """,
]
