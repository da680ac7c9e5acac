"""Members, and the journal of all that changes them."""

from kit.migrating import append_only

UP = [
    """
    CREATE TABLE member (
        id            TEXT PRIMARY KEY,
        external_id   TEXT NOT NULL UNIQUE CHECK (external_id <> ''),
        display_name  TEXT NOT NULL,
        avatar_url    TEXT,
        time_zone     TEXT NOT NULL,
        locale        TEXT NOT NULL,
        email         TEXT,
        card_number   TEXT UNIQUE,
        referral_code TEXT NOT NULL UNIQUE,
        referred_by   TEXT REFERENCES member,
        enrolled_at   {bigint} NOT NULL
    ) {strict}
    """,
    """
    CREATE TABLE journal_entry (
        id          TEXT PRIMARY KEY,
        member_id   TEXT NOT NULL REFERENCES member,
        type        TEXT NOT NULL CHECK (type IN (
            'ACTIVITY', 'RETRACTION', 'SPEND', 'HOLD', 'CAPTURE', 'RELEASE', 'CHOICE')),
        kind        TEXT NOT NULL,
        source      TEXT NOT NULL UNIQUE CHECK (source <> ''),
        target      TEXT NOT NULL CHECK ((target <> '') = (type IN (
            'RETRACTION', 'CAPTURE', 'RELEASE'))),
        at          {bigint} NOT NULL,
        recorded_at {bigint} NOT NULL,
        facts       TEXT NOT NULL,
        digest      TEXT NOT NULL
    ) {strict}
    """,
    "CREATE INDEX journal_entry_by_member ON journal_entry (member_id, at, source)",
    "CREATE INDEX journal_entry_by_time ON journal_entry (at)",
    "CREATE INDEX journal_entry_by_target ON journal_entry (target) WHERE target <> ''",
    append_only("journal_entry"),
    # What is recorded and not settled yet; no entry_id asks for the member's whole journal again.
    """
    CREATE TABLE pending (
        position  {identity},
        member_id TEXT NOT NULL REFERENCES member,
        entry_id  TEXT REFERENCES journal_entry
    ) {strict}
    """,
    "CREATE INDEX pending_by_member ON pending (member_id)",
    # Entries that the fold could not take: out of the way of the rest, kept with their reason.
    """
    CREATE TABLE dead_letter (
        id          TEXT PRIMARY KEY,
        member_id   TEXT NOT NULL REFERENCES member,
        entry_id    TEXT REFERENCES journal_entry,
        reason      TEXT NOT NULL,
        recorded_at {bigint} NOT NULL
    ) {strict}
    """,
    # Activities outside the trust window: not in the journal, kept for staff to judge.
    """
    CREATE TABLE set_aside (
        id          TEXT PRIMARY KEY,
        member_id   TEXT NOT NULL REFERENCES member,
        kind        TEXT NOT NULL,
        source      TEXT NOT NULL UNIQUE,
        at          {bigint} NOT NULL,
        recorded_at {bigint} NOT NULL,
        facts       TEXT NOT NULL,
        reason      TEXT NOT NULL CHECK (reason IN ('TOO_LATE', 'IN_THE_FUTURE'))
    ) {strict}
    """,
]
