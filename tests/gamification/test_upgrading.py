"""A database of the previous release, filled, takes the new migrations with nothing lost."""

import asyncpg
import msgspec
import pytest

from gamification import engine
from kit import clock, migrating
from kit import database as db
from kit.clock import HOUR
from kit.database import IntegrityError
from tests import servers
from tests.gamification import world

RELEASED = [
    "kit.0001_ground",
    "kit.0002_outbox",
    "gamification.0001_members_and_journal",
    "gamification.0002_programme",
    "gamification.0003_standings",
    "rewards.0001_redemptions",
    "rewards.0002_donations",
]
NEVER, START = 1 << 62, clock.parse("2026-03-01T09:00:00Z")
ID = "00000000-0000-7000-8000-0000000000"

# number: type, source, target, facts
ENTRIES = {
    1: ("ACTIVITY", "s1", "", {"amount": 100, "currency": "IDR"}),
    2: ("SPEND", "s2", "", {"points": 30, "currency": "points", "account": "redemption"}),
    3: (
        "HOLD",
        "s3",
        "",
        {
            "points": 20,
            "currency": "points",
            "account": "charity:w",
            "release_at": START + 99 * HOUR,
        },
    ),
    4: ("CAPTURE", "s4", "s3", {}),
    5: ("ACTIVITY", "s5", "", {"amount": 50, "currency": "IDR"}),
    6: ("RETRACTION", "s6", "s5", {"share": 1_000_000, "reason": "refund"}),
}
# kind, amount, debit, credit, key, revision, entry, lots
POSTINGS = [
    ("EARN", 100, "issuance", "member", "earn:s1:one-to-one", 0, 1, []),
    ("SPEND", 30, "member", "redemption", "spend:s2", 0, 2, [["earn:s1:one-to-one", 30]]),
    ("HOLD", 20, "member", "member:held", "hold:s3", 0, 3, [["earn:s1:one-to-one", 20]]),
    ("DONATE", 20, "member:held", "charity:w", "capture:s3", 0, 4, []),
    ("EARN", 50, "issuance", "member", "earn:s5:one-to-one", 0, 5, []),
    ("REVERSE", 50, "member", "issuance", "earn:s5:one-to-one", 1, 6, []),
]
KEPT = ("member", "journal_entry", "ledger_entry", "standing", "definition", "pending", "effect")


def at(number):
    return START + number * HOUR


@pytest.fixture
def server(dialect, request):
    """The administrator's URL of the PostgreSQL, and the name of a database on it."""
    if dialect == "sqlite":
        return None
    own_name = request.getfixturevalue("own_name")
    return request.getfixturevalue("postgres_admin"), f"{own_name}_released"


@pytest.fixture
async def released(server, tmp_path):
    """The URL of a database of its own; nothing is in it."""
    if server is None:
        yield f"sqlite://{tmp_path / 'released.db'}"
        return
    admin, name = server
    connection = await asyncpg.connect(admin)
    await connection.execute(f"CREATE DATABASE {name}")
    try:
        yield servers.database_url(admin, name)
    finally:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.close()


async def fill():
    """What the previous release has written of a member, a programme, and what they did."""
    await db.execute(
        "INSERT INTO member (id, external_id, display_name, time_zone, locale, referral_code,"
        " enrolled_at) VALUES ('m1', 'ani', 'Ani', 'UTC', '', 'ref', ?)",
        START,
    )
    for number, (kind, body) in enumerate(world.GROUND):
        await db.execute(
            "INSERT INTO definition (id, kind, key, version, state, body, in_force_from,"
            " published_at, defined_at, defined_by)"
            " VALUES (?, ?, ?, 1, 'PUBLISHED', ?, ?, ?, ?, 'x')",
            f"d{number}",
            kind,
            body["key"],
            msgspec.json.encode(body).decode(),
            -(1 << 62),
            START,
            START,
        )
    await db.execute("INSERT INTO programme_revision VALUES (1, ?, 'x')", START)
    await db.execute("UPDATE programme_head SET revision = 1, token = 't'")
    for number, (kind, source, target, facts) in ENTRIES.items():
        activity = "purchase" if kind in ("ACTIVITY", "RETRACTION") else ""
        await db.execute(
            "INSERT INTO journal_entry (id, member_id, type, kind, source, target, at, recorded_at,"
            " facts, digest) VALUES (?, 'm1', ?, ?, ?, ?, ?, ?, ?, '')",
            f"{ID}{number:02}",
            kind,
            activity,
            source,
            target,
            at(number),
            at(number),
            msgspec.json.encode(facts).decode(),
        )
    for number, posting in enumerate(POSTINGS):
        kind, amount, debit, credit, key, revision, entry, lots = posting
        earned = kind == "EARN" or key.startswith("earn:")
        await db.execute(
            "INSERT INTO ledger_entry (id, member_id, currency, kind, amount, debit, credit, key,"
            " revision, subject, entry_id, at, recorded_at, available_at, expires_at, lots)"
            " VALUES (?, 'm1', 'points', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            f"{ID}{10 + number}",
            kind,
            amount,
            debit,
            credit,
            key,
            revision,
            "rule:one-to-one@1" if earned else "",
            f"{ID}{entry:02}",
            at(entry),
            at(entry),
            at(5 if "s5" in key else 1) if earned else 0,
            NEVER,
            msgspec.json.encode(lots).decode(),
        )
    await db.execute(
        "INSERT INTO standing (member_id, state, next_due_at, revision) VALUES ('m1', ?, NULL, 2)",
        msgspec.msgpack.encode(
            [at(4), "s4", -(1 << 62), NEVER, 4]
            + [{"points": [[[NEVER, at(1), "earn:s1:one-to-one", 50, at(1)]], 0, 0, 100]}]
            + [{} for _ in range(7)]
        ),
    )


async def rows(table):
    return [tuple(row) for row in await db.fetch(f"SELECT * FROM {table} ORDER BY 1")]


async def test_a_filled_database_of_the_previous_release_migrates(released, clock, monkeypatch):
    clock.set(START + 50 * HOUR)
    async with db.connected(released):
        with monkeypatch.context() as then:
            then.setattr(migrating, "_known", lambda: RELEASED)
            assert await migrating.migrate() == RELEASED
        await fill()
        before = {table: await rows(table) for table in KEPT}
        await migrating.migrate()
        assert {table: await rows(table) for table in KEPT} == before
        await _assert_all_is_well()


async def _assert_all_is_well():
    # The first sealing takes in what is older than the chain.
    assert await engine.seal_all() > 0
    await world.assert_sound()
    assert await world.balance("m1") == 50
    for table in ("journal_entry", "ledger_entry"):
        for statement in (f"UPDATE {table} SET at = 0", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError, match="only grows"):
                await db.execute(statement)
    with pytest.raises(IntegrityError):
        await db.execute("UPDATE ledger_entry SET entry_id = 'nothing'")
    with pytest.raises(IntegrityError):
        await db.execute("INSERT INTO pending (member_id, entry_id) VALUES ('m1', 'nothing')")
    with pytest.raises(IntegrityError):
        await db.execute("DELETE FROM member")
    # Life goes on: what the new types need is there, and the past is folded again.
    await world.spend("m1", 50, "s7", account="partner:shop")
    await engine.retract(target_source="s1", source="s8", reason="refund", amount=40)
    await engine.settle(["m1"])
    assert await world.balance("m1") == -40
    await engine.seal_all()
    await world.assert_sound()
