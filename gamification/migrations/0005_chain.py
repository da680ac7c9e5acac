"""The chain: what each transaction settled, and the seals that link transactions to one another."""

from kit.migrating import PerDialect, append_only

_ZEROS = "0" * 64

UP = [
    # One row for each database transaction that settles anything. Each list is made of pieces of
    # 32 bytes: the id of a row, and the fingerprint of all that stands in it.
    """
    CREATE TABLE ledger_transaction (
        id          TEXT PRIMARY KEY CHECK (length(id) = 36),
        recorded_at {bigint} NOT NULL,
        entries     {bytes} NOT NULL CHECK (length(entries) % 32 = 0),
        postings    {bytes} NOT NULL CHECK (length(postings) % 32 = 0),
        honours     {bytes} NOT NULL CHECK (length(honours) % 32 = 0),
        digest      TEXT NOT NULL CHECK (length(digest) = 64),
        CHECK (length(entries) + length(postings) + length(honours) > 0)
    ) {strict}
    """,
    append_only("ledger_transaction"),
    # Fingerprints are noise: there is nothing to compress.
    PerDialect(
        sqlite=[],
        postgres=[
            f"ALTER TABLE ledger_transaction ALTER COLUMN {column} SET STORAGE EXTERNAL"
            for column in ("entries", "postings", "honours")
        ],
    ),
    """
    CREATE TABLE ledger_seal (
        number         {bigint} PRIMARY KEY CHECK (number > 0),
        transaction_id TEXT NOT NULL UNIQUE REFERENCES ledger_transaction,
        hash           TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
        sealed_at      {bigint} NOT NULL
    ) {strict}
    """,
    append_only("ledger_seal"),
    # One row: who seals holds it, so that only one does; it only moves on.
    """
    CREATE TABLE ledger_head (
        id     {bigint} PRIMARY KEY CHECK (id = 1),
        number {bigint} NOT NULL CHECK (number >= 0),
        hash   TEXT NOT NULL CHECK (length(hash) = 64)
    ) {strict}
    """,
    f"INSERT INTO ledger_head (id, number, hash) VALUES (1, 0, '{_ZEROS}')",
    # Which transactions wait for their seals. A queue: what is lost of it is found by an audit.
    "CREATE TABLE unsealed (transaction_id TEXT PRIMARY KEY) {strict}",
    # Rows older than the chain, which the first sealing adopts. What waits is settled as ever.
    """
    CREATE TABLE before_chain (
        relation TEXT NOT NULL,
        id       TEXT NOT NULL,
        PRIMARY KEY (relation, id)
    ) {clustered}
    """,
    """
    INSERT INTO before_chain (relation, id) SELECT 'journal_entry', id FROM journal_entry
    EXCEPT SELECT 'journal_entry', entry_id FROM pending
    EXCEPT SELECT 'journal_entry', entry_id FROM dead_letter
    """,
    "INSERT INTO before_chain (relation, id) SELECT 'ledger_entry', id FROM ledger_entry",
    "INSERT INTO before_chain (relation, id) SELECT 'effect', id FROM effect",
    PerDialect(
        sqlite=[
            """
            CREATE TRIGGER ledger_transaction_waits_for_its_seal
            AFTER INSERT ON ledger_transaction
            BEGIN INSERT INTO unsealed (transaction_id) VALUES (NEW.id); END
            """,
            """
            CREATE TRIGGER ledger_seal_is_the_next BEFORE INSERT ON ledger_seal
            WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger_seal)
            BEGIN SELECT RAISE(ABORT, 'ledger_seal leaves a gap'); END
            """,
            """
            CREATE TRIGGER ledger_head_moves_on BEFORE UPDATE ON ledger_head
            WHEN NEW.number <= OLD.number OR NEW.number <> (SELECT max(number) FROM ledger_seal)
                OR NEW.hash <> (SELECT hash FROM ledger_seal WHERE number = NEW.number)
            BEGIN SELECT RAISE(ABORT, 'ledger_head is the last seal'); END
            """,
            """
            CREATE TRIGGER ledger_head_is_never_deleted BEFORE DELETE ON ledger_head
            BEGIN SELECT RAISE(ABORT, 'ledger_head is the last seal'); END
            """,
            """
            CREATE TRIGGER before_chain_only_shrinks BEFORE INSERT ON before_chain
            BEGIN SELECT RAISE(ABORT, 'before_chain only shrinks'); END
            """,
        ],
        postgres=[
            """
            CREATE FUNCTION wait_for_seal() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO unsealed (transaction_id) VALUES (NEW.id);
                RETURN NULL;
            END $$
            """,
            "CREATE TRIGGER ledger_transaction_waits_for_its_seal AFTER INSERT"
            " ON ledger_transaction FOR EACH ROW EXECUTE FUNCTION wait_for_seal()",
            """
            CREATE FUNCTION refuse_gap() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM ledger_seal) THEN
                    RAISE EXCEPTION 'ledger_seal leaves a gap'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$
            """,
            "CREATE TRIGGER ledger_seal_is_the_next BEFORE INSERT ON ledger_seal"
            " FOR EACH ROW EXECUTE FUNCTION refuse_gap()",
            """
            CREATE FUNCTION refuse_other_head() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.number <= OLD.number
                    OR NEW.number <> (SELECT max(number) FROM ledger_seal)
                    OR NEW.hash <> (SELECT hash FROM ledger_seal WHERE number = NEW.number)
                THEN
                    RAISE EXCEPTION 'ledger_head is the last seal'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
            END $$
            """,
            "CREATE TRIGGER ledger_head_moves_on BEFORE UPDATE ON ledger_head"
            " FOR EACH ROW EXECUTE FUNCTION refuse_other_head()",
            "CREATE TRIGGER ledger_head_is_never_deleted BEFORE DELETE ON ledger_head"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "CREATE TRIGGER before_chain_only_shrinks BEFORE INSERT ON before_chain"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ],
    ),
]
