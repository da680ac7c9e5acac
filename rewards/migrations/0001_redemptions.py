"""How many of each reward are gone, and who had them."""

from kit.migrating import append_only

UP = [
    # The limit itself is in the reward's definition; the guarded update brings it along.
    """
    CREATE TABLE reward_stock (
        reward TEXT PRIMARY KEY CHECK (reward <> ''),
        taken  {bigint} NOT NULL CHECK (taken BETWEEN 0 AND 1000000000000)
    ) {clustered}
    """,
    # `ordinal` counts a member's redemptions of one reward: no two of them are the same one.
    """
    CREATE TABLE redemption (
        id                 TEXT PRIMARY KEY,
        member_id          TEXT NOT NULL REFERENCES member,
        reward             TEXT NOT NULL CHECK (reward <> ''),
        version            {bigint} NOT NULL CHECK (version > 0),
        currency           TEXT NOT NULL CHECK (currency <> ''),
        points             {bigint} NOT NULL CHECK (points BETWEEN 1 AND 1000000000000),
        ordinal            {bigint} NOT NULL CHECK (ordinal > 0),
        source             TEXT NOT NULL UNIQUE CHECK (source <> ''),
        entry_id           TEXT NOT NULL UNIQUE REFERENCES journal_entry,
        redeemed_at        {bigint} NOT NULL,
        voucher_hash       TEXT NOT NULL UNIQUE CHECK (length(voucher_hash) = 64),
        voucher_expires_at {bigint},
        UNIQUE (member_id, reward, ordinal),
        CHECK (voucher_expires_at > redeemed_at)
    ) {strict}
    """,
    "CREATE INDEX redemption_by_member ON redemption (member_id, redeemed_at, id)",
    append_only("redemption"),
]
