"""Definitions in their versions, and the revisions that published them."""

from kit.migrating import append_only

UP = [
    """
    CREATE TABLE definition (
        id            TEXT PRIMARY KEY,
        kind          TEXT NOT NULL,
        key           TEXT NOT NULL,
        version       {bigint} NOT NULL CHECK (version > 0),
        state         TEXT NOT NULL CHECK (state IN ('DRAFT', 'PUBLISHED')),
        body          TEXT NOT NULL,
        in_force_from {bigint},
        published_at  {bigint},
        defined_at    {bigint} NOT NULL,
        defined_by    TEXT NOT NULL,
        UNIQUE (kind, key, version),
        CHECK ((state = 'PUBLISHED') = (in_force_from IS NOT NULL)),
        CHECK ((state = 'PUBLISHED') = (published_at IS NOT NULL))
    ) {strict}
    """,
    # At most one draft a definition.
    "CREATE UNIQUE INDEX definition_draft ON definition (kind, key) WHERE state = 'DRAFT'",
    """
    CREATE TABLE programme_revision (
        number       {bigint} PRIMARY KEY CHECK (number > 0),
        published_at {bigint} NOT NULL,
        published_by TEXT NOT NULL
    ) {strict}
    """,
    append_only("programme_revision"),
    # One row: settling holds it shared, publishing alone, so that nobody folds by an old programme.
    """
    CREATE TABLE programme_head (
        id       {bigint} PRIMARY KEY CHECK (id = 1),
        revision {bigint} NOT NULL,
        token    TEXT NOT NULL
    ) {strict}
    """,
    "INSERT INTO programme_head (id, revision, token) VALUES (1, 0, '')",
]
