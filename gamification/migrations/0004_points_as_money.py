"""More kinds of journal entries, and checkpoints to fold from."""

from kit.migrating import PerDialect, append_only

_TYPES = """type IN (
            'ACTIVITY', 'RETRACTION', 'SPEND', 'HOLD', 'CAPTURE', 'RELEASE', 'CHOICE',
            'ADJUSTMENT', 'TRANSFER', 'GRANT')"""
# A spend and a hold may say which activity they pay for; the others must name what they are about.
_TARGETS = """(target <> '') = (type IN ('RETRACTION', 'CAPTURE', 'RELEASE'))
            OR type IN ('SPEND', 'HOLD')"""

_ONLY_GROWS = append_only("journal_entry")

UP = [
    PerDialect(
        sqlite=[
            f"""
            CREATE TABLE journal_entry_in_full (
                id          TEXT PRIMARY KEY,
                member_id   TEXT NOT NULL REFERENCES member,
                type        TEXT NOT NULL CHECK ({_TYPES}),
                kind        TEXT NOT NULL,
                source      TEXT NOT NULL UNIQUE CHECK (source <> ''),
                target      TEXT NOT NULL CHECK ({_TARGETS}),
                at          INTEGER NOT NULL,
                recorded_at INTEGER NOT NULL,
                facts       TEXT NOT NULL,
                digest      TEXT NOT NULL
            ) STRICT
            """,
            "INSERT INTO journal_entry_in_full SELECT id, member_id, type, kind, source, target,"
            " at, recorded_at, facts, digest FROM journal_entry",
            "DROP TABLE journal_entry",
            "ALTER TABLE journal_entry_in_full RENAME TO journal_entry",
            "CREATE INDEX journal_entry_by_member ON journal_entry (member_id, at, source)",
            "CREATE INDEX journal_entry_by_time ON journal_entry (at)",
            "CREATE INDEX journal_entry_by_target ON journal_entry (target) WHERE target <> ''",
            *_ONLY_GROWS.sqlite,
        ],
        postgres=[
            "ALTER TABLE journal_entry DROP CONSTRAINT journal_entry_type_check,"
            " DROP CONSTRAINT journal_entry_check",
            f"ALTER TABLE journal_entry ADD CONSTRAINT journal_entry_type_check CHECK ({_TYPES}),"
            f" ADD CONSTRAINT journal_entry_check CHECK ({_TARGETS})",
        ],
    ),
    # Standings as they were just after everything up to and at an instant, to fold on from: what
    # comes late, or is taken back, costs no more than what happened since. Derived, like standings.
    """
    CREATE TABLE checkpoint (
        member_id TEXT NOT NULL REFERENCES member,
        at        {bigint} NOT NULL,
        entries   {bigint} NOT NULL CHECK (entries > 0),
        state     {bytes} NOT NULL,
        PRIMARY KEY (member_id, at)
    ) {strict}
    """,
    # Packed values are small or dense: compressing them costs time and wins little.
    PerDialect(
        sqlite=[],
        postgres=[
            "ALTER TABLE standing ALTER COLUMN state SET STORAGE EXTERNAL",
            "ALTER TABLE checkpoint ALTER COLUMN state SET STORAGE EXTERNAL",
        ],
    ),
]
