"""What staff decide: adjustments, and activities from outside the trust window; and transfers."""

from kit.migrating import append_only

UP = [
    # An adjustment as it was asked for. `by_two`: it waits for a second person.
    """
    CREATE TABLE adjustment_request (
        id           TEXT PRIMARY KEY,
        member_id    TEXT NOT NULL REFERENCES member,
        currency     TEXT NOT NULL CHECK (currency <> ''),
        points       {bigint} NOT NULL CHECK (
            points <> 0 AND points BETWEEN -1000000000000 AND 1000000000000),
        reason       TEXT NOT NULL CHECK (reason <> ''),
        expires_at   {bigint} CHECK (expires_at IS NULL OR points > 0),
        by_two       {boolean} NOT NULL,
        source       TEXT NOT NULL UNIQUE CHECK (source <> ''),
        digest       TEXT NOT NULL,
        requested_by TEXT NOT NULL CHECK (requested_by <> ''),
        requested_at {bigint} NOT NULL,
        UNIQUE (id, requested_by, by_two)
    ) {strict}
    """,
    "CREATE INDEX adjustment_request_by_member ON adjustment_request (member_id, requested_at)",
    append_only("adjustment_request"),
    # The primary key is what lets each be decided once. What needs two people is decided by
    # another than asked for it, and what needs none by whoever asked: the request's own words
    # stand here again, so that the database can compare them.
    """
    CREATE TABLE adjustment_decision (
        request_id   TEXT PRIMARY KEY,
        requested_by TEXT NOT NULL,
        by_two       {boolean} NOT NULL,
        outcome      TEXT NOT NULL CHECK (outcome IN ('APPROVED', 'REJECTED')),
        note         TEXT NOT NULL,
        decided_by   TEXT NOT NULL CHECK (decided_by <> ''),
        decided_at   {bigint} NOT NULL,
        source       TEXT NOT NULL UNIQUE CHECK (source <> ''),
        entry_id     TEXT UNIQUE REFERENCES journal_entry,
        FOREIGN KEY (request_id, requested_by, by_two)
            REFERENCES adjustment_request (id, requested_by, by_two),
        CHECK ((lower(decided_by) <> lower(requested_by)) = by_two),
        CHECK ((entry_id IS NOT NULL) = (outcome = 'APPROVED')),
        CHECK (outcome = 'APPROVED' OR by_two)
    ) {strict}
    """,
    append_only("adjustment_decision"),
    # Both sides of points that went from one member to another. The message is between the two:
    # it is kept here and not in the journal, and alone may be changed, that is: erased.
    """
    CREATE TABLE transfer (
        id           TEXT PRIMARY KEY,
        sender_id    TEXT NOT NULL REFERENCES member,
        recipient_id TEXT NOT NULL REFERENCES member,
        currency     TEXT NOT NULL CHECK (currency <> ''),
        points       {bigint} NOT NULL CHECK (points BETWEEN 1 AND 1000000000000),
        message      TEXT NOT NULL,
        source       TEXT NOT NULL UNIQUE CHECK (source <> ''),
        out_entry_id TEXT NOT NULL UNIQUE REFERENCES journal_entry,
        in_entry_id  TEXT NOT NULL UNIQUE REFERENCES journal_entry,
        at           {bigint} NOT NULL,
        CHECK (sender_id <> recipient_id),
        CHECK (out_entry_id <> in_entry_id)
    ) {strict}
    """,
    "CREATE INDEX transfer_by_sender ON transfer (sender_id, at)",
    "CREATE INDEX transfer_by_recipient ON transfer (recipient_id, at)",
    append_only(
        "transfer",
        frozen=[
            "id",
            "sender_id",
            "recipient_id",
            "currency",
            "points",
            "source",
            "out_entry_id",
            "in_entry_id",
            "at",
        ],
    ),
    # What the caller said of an activity that is set aside: once admitted, it is answered as a
    # repetition when it is sent again. Empty for those that were set aside before this was kept.
    "ALTER TABLE set_aside ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
    append_only("set_aside"),
    # The primary key is what lets each be decided once. No row: it still waits for staff.
    """
    CREATE TABLE set_aside_decision (
        set_aside_id TEXT PRIMARY KEY REFERENCES set_aside,
        outcome      TEXT NOT NULL CHECK (outcome IN ('ADMITTED', 'DISMISSED')),
        reason       TEXT NOT NULL CHECK (reason <> ''),
        decided_by   TEXT NOT NULL CHECK (decided_by <> ''),
        decided_at   {bigint} NOT NULL,
        source       TEXT NOT NULL UNIQUE CHECK (source <> ''),
        entry_id     TEXT UNIQUE REFERENCES journal_entry,
        CHECK ((entry_id IS NOT NULL) = (outcome = 'ADMITTED'))
    ) {strict}
    """,
    append_only("set_aside_decision"),
]
