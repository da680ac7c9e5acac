"""Every constraint of our tables refuses what it is there to refuse, on both databases."""

import pytest

from kit import database as db
from kit.database import IntegrityError
from rewards.donations.models import DONATIONS, RECEIPTS, RESOLUTIONS
from rewards.redemptions.models import ATTEMPTS, ENDS, REDEMPTIONS

HASH = "a" * 64
TABLES = {
    "redemption": (
        REDEMPTIONS,
        {
            "id": "r2",
            "member_id": "m1",
            "reward": "latte",
            "version": 1,
            "currency": "points",
            "points": 100,
            "ordinal": 2,
            "source": "s2",
            "entry_id": "e2",
            "redeemed_at": 1_000,
            "voucher_hash": "b" * 64,
            "voucher_expires_at": 2_000,
            "activity": "",
        },
    ),
    "redemption_end": (
        ENDS,
        {
            "redemption_id": "r0",
            "outcome": "USED",
            "source": "u2",
            "entry_id": None,
            "reason": "",
            "actor": "",
            "ended_at": 1_500,
        },
    ),
    "voucher_attempt": (ATTEMPTS, {"caller": "till", "hour": 2, "failed": 0}),
    "donation": (
        DONATIONS,
        {
            "id": "d2",
            "member_id": "m1",
            "campaign": "wells",
            "version": 1,
            "charity": "water",
            "currency": "points",
            "points": 5,
            "anonymous": False,
            "at_once": True,
            "source": "s2",
            "entry_id": "e2",
            "donated_at": 1_000,
            "release_at": 2_000,
        },
    ),
    "donation_resolution": (
        RESOLUTIONS,
        {
            "donation_id": "d0",
            "outcome": "CONFIRMED",
            "source": "c2",
            "entry_id": "e2",
            "resolved_at": 1_500,
        },
    ),
    "receipt": (RECEIPTS, {"charity": "water", "number": 2, "donation_id": "d0", "issued_at": 1}),
    "reward_stock": (
        db.Table("reward_stock", {"reward": "text", "taken": "bigint"}),
        {"reward": "tea", "taken": 0},
    ),
    "receipt_counter": (
        db.Table("receipt_counter", {"charity": "text", "last": "bigint"}),
        {"charity": "trees", "last": 1},
    ),
    "campaign_total": (
        db.Table(
            "campaign_total",
            {
                "campaign": "text",
                "currency": "text",
                "raised": "bigint",
                "donations": "bigint",
                "donors": "bigint",
            },
        ),
        {"campaign": "trees", "currency": "points", "raised": 5, "donations": 2, "donors": 1},
    ),
}


@pytest.fixture
async def rows(database):
    """A member with three journal entries, and one row in every table of ours."""
    await db.execute(
        "INSERT INTO member (id, external_id, display_name, time_zone, locale, referral_code,"
        " enrolled_at) VALUES ('m1', '1', 'One', 'UTC', '', 'ref', 0)"
    )
    for entry in ("e0", "e1", "e2"):
        await db.execute(
            "INSERT INTO journal_entry (id, member_id, type, kind, source, target, at,"
            " recorded_at, facts, digest) VALUES (?, 'm1', 'SPEND', '', ?, '', 0, 0, '{}', '')",
            entry,
            f"source-{entry}",
        )
    await add("redemption", id="r1", ordinal=1, source="s1", entry_id="e1", voucher_hash=HASH)
    await add("redemption", id="r0", ordinal=9, source="s0", entry_id="e0", voucher_hash="c" * 64)
    await add("redemption_end", redemption_id="r1", source="u1")
    await add("voucher_attempt", hour=1)
    await add("donation", id="d0", source="s0", entry_id="e0")
    await add("donation", id="d1", source="s1", entry_id="e1")
    await add("donation_resolution", donation_id="d1", source="c1", entry_id="e1")
    await add("receipt_counter", charity="water")
    await add("receipt", number=1, donation_id="d1")
    await add("reward_stock", reward="latte")
    await add("campaign_total", campaign="wells")


async def add(table, **facts):
    """Insert the table's sound row with some columns changed."""
    shape, sound = TABLES[table]
    assert facts.keys() <= sound.keys()
    await db.insert(shape, [tuple((sound | facts).values())])


@pytest.mark.parametrize("table", [table for table in TABLES if table != "receipt"])
async def test_a_sound_row_is_taken(rows, table):
    await add(table)


async def test_a_sound_receipt_is_taken_once_its_donation_is_resolved(rows):
    await add("donation_resolution")
    await add("receipt")


REFUSED = [
    ("redemption", {"id": "r1"}),
    ("redemption", {"member_id": "nobody"}),
    ("redemption", {"reward": ""}),
    ("redemption", {"version": 0}),
    ("redemption", {"currency": ""}),
    ("redemption", {"points": 0}),
    ("redemption", {"points": -1}),
    ("redemption", {"points": 10**12 + 1}),
    ("redemption", {"ordinal": 0}),
    ("redemption", {"ordinal": 1}),
    ("redemption", {"source": "s1"}),
    ("redemption", {"source": ""}),
    ("redemption", {"entry_id": "e1"}),
    ("redemption", {"entry_id": "nothing"}),
    ("redemption", {"voucher_hash": HASH}),
    ("redemption", {"voucher_hash": "ABCDE-FGHJK"}),
    ("redemption", {"voucher_expires_at": 1_000}),
    ("redemption_end", {"redemption_id": "r1"}),
    ("redemption_end", {"redemption_id": "r9"}),
    ("redemption_end", {"outcome": "LOST"}),
    ("redemption_end", {"source": "u1"}),
    ("redemption_end", {"source": ""}),
    ("redemption_end", {"outcome": "RETURNED"}),
    ("redemption_end", {"entry_id": "e2"}),
    ("redemption_end", {"outcome": "RETURNED", "entry_id": "nothing"}),
    ("voucher_attempt", {"hour": 1}),
    ("voucher_attempt", {"caller": ""}),
    ("voucher_attempt", {"failed": -1}),
    ("donation", {"id": "d1"}),
    ("donation", {"member_id": "nobody"}),
    ("donation", {"campaign": ""}),
    ("donation", {"version": 0}),
    ("donation", {"charity": ""}),
    ("donation", {"currency": ""}),
    ("donation", {"points": 0}),
    ("donation", {"points": 10**12 + 1}),
    ("donation", {"source": "s1"}),
    ("donation", {"source": ""}),
    ("donation", {"entry_id": "e1"}),
    ("donation", {"entry_id": "nothing"}),
    ("donation", {"release_at": 1_000}),
    ("donation_resolution", {"donation_id": "d1"}),
    ("donation_resolution", {"donation_id": "d9"}),
    ("donation_resolution", {"outcome": "EXPIRED"}),
    ("donation_resolution", {"source": "c1"}),
    ("donation_resolution", {"source": ""}),
    ("donation_resolution", {"entry_id": "e1"}),
    ("donation_resolution", {"entry_id": "nothing"}),
    ("receipt", {"number": 1, "donation_id": "d0"}),
    ("receipt", {"number": 0}),
    ("receipt", {"donation_id": "d1"}),
    ("receipt", {"donation_id": "d0"}),
    ("receipt", {"charity": "trees"}),
    ("reward_stock", {"reward": "latte"}),
    ("reward_stock", {"reward": ""}),
    ("reward_stock", {"taken": -1}),
    ("reward_stock", {"taken": 10**12 + 1}),
    ("receipt_counter", {"charity": "water"}),
    ("receipt_counter", {"charity": ""}),
    ("receipt_counter", {"last": 0}),
    ("campaign_total", {"campaign": "wells"}),
    ("campaign_total", {"campaign": ""}),
    ("campaign_total", {"currency": ""}),
    ("campaign_total", {"raised": 1}),
    ("campaign_total", {"donations": 0}),
    ("campaign_total", {"donors": 0}),
    ("campaign_total", {"donors": 3}),
]


async def test_what_a_constraint_forbids_is_refused(rows):
    for table, facts in REFUSED:
        before = await db.fetch(f"SELECT count(*) FROM {table}")
        with pytest.raises(IntegrityError):
            await add(table, **facts)
            pytest.fail(f"{table} took {facts}")
        assert await db.fetch(f"SELECT count(*) FROM {table}") == before


@pytest.mark.parametrize("table", TABLES)
async def test_no_column_may_be_left_empty(rows, table):
    may_be_empty = {"voucher_expires_at"} | ({"entry_id"} if table == "redemption_end" else set())
    for column in TABLES[table][1].keys() - may_be_empty:
        with pytest.raises(IntegrityError):
            await add(table, **{column: None})
            pytest.fail(f"{table} took no {column}")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("redemption", "points"),
        ("redemption_end", "ended_at"),
        ("donation", "points"),
        ("donation_resolution", "resolved_at"),
        ("receipt", "issued_at"),
    ],
)
async def test_a_fact_never_changes_and_never_goes(rows, table, column):
    before = await db.fetch(f"SELECT * FROM {table}")
    for statement in (f"UPDATE {table} SET {column} = {column} + 1", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError):
            await db.execute(statement)
    assert await db.fetch(f"SELECT * FROM {table}") == before
