"""Constraints are real: for each of them a row that breaks it is refused, on both databases."""

import pytest

from gamification.engine.models import (
    ADJUSTMENT_DECISIONS,
    ADJUSTMENT_REQUESTS,
    EFFECTS,
    STANDINGS,
    TRANSFERS,
)
from gamification.journal.models import (
    DEAD_LETTERS,
    JOURNAL,
    PENDING,
    SET_ASIDE,
    SET_ASIDE_DECISIONS,
)
from gamification.leaderboards import SCORES
from gamification.ledger import LEDGER
from gamification.members.models import MEMBERS
from kit import database as db
from kit.database import IntegrityError, Table

DEFINITIONS = Table(
    "definition",
    {
        "id": "text",
        "kind": "text",
        "key": "text",
        "version": "bigint",
        "state": "text",
        "body": "text",
        "in_force_from": "bigint",
        "published_at": "bigint",
        "defined_at": "bigint",
        "defined_by": "text",
    },
)
REVISIONS = Table(
    "programme_revision", {"number": "bigint", "published_at": "bigint", "published_by": "text"}
)
HEAD = Table("programme_head", {"id": "bigint", "revision": "bigint", "token": "text"})

# Of each table a sound row that is not in the database yet, beside the one that is.
SOUND = {
    MEMBERS: {
        "id": "m2",
        "external_id": "two",
        "display_name": "Two",
        "avatar_url": None,
        "time_zone": "UTC",
        "locale": "",
        "email": None,
        "card_number": "card-2",
        "referral_code": "ref-2",
        "referred_by": "m1",
        "enrolled_at": 0,
    },
    JOURNAL: {
        "id": "e2",
        "member_id": "m1",
        "type": "ACTIVITY",
        "kind": "purchase",
        "source": "s2",
        "target": "",
        "at": 1,
        "recorded_at": 1,
        "facts": "{}",
        "digest": "",
    },
    PENDING: {"member_id": "m1", "entry_id": "e1"},
    SET_ASIDE: {
        "id": "a2",
        "member_id": "m1",
        "kind": "purchase",
        "source": "a2",
        "at": 1,
        "recorded_at": 1,
        "facts": "{}",
        "reason": "TOO_LATE",
        "digest": "",
    },
    SET_ASIDE_DECISIONS: {
        "set_aside_id": "a3",
        "outcome": "ADMITTED",
        "reason": "a till without a net",
        "decided_by": "rina",
        "decided_at": 1,
        "source": "ad2",
        "entry_id": "e4",
    },
    ADJUSTMENT_REQUESTS: {
        "id": "r2",
        "member_id": "m1",
        "currency": "points",
        "points": 5,
        "reason": "a mistake",
        "expires_at": None,
        "by_two": True,
        "source": "r2",
        "digest": "",
        "requested_by": "rina",
        "requested_at": 1,
    },
    ADJUSTMENT_DECISIONS: {
        "request_id": "r3",
        "requested_by": "rina",
        "by_two": True,
        "outcome": "APPROVED",
        "note": "",
        "decided_by": "budi",
        "decided_at": 1,
        "source": "rd2",
        "entry_id": "e4",
    },
    TRANSFERS: {
        "id": "t2",
        "sender_id": "m1",
        "recipient_id": "m3",
        "currency": "points",
        "points": 5,
        "message": "",
        "source": "t2",
        "out_entry_id": "e4",
        "in_entry_id": "e5",
        "at": 1,
    },
    DEAD_LETTERS: {
        "id": "d2",
        "member_id": "m1",
        "entry_id": "e1",
        "reason": "ValueError",
        "recorded_at": 1,
    },
    STANDINGS: {"member_id": "m3", "state": b"x", "next_due_at": None, "revision": 0},
    LEDGER: {
        "id": "l2",
        "member_id": "m1",
        "currency": "points",
        "kind": "EARN",
        "amount": 5,
        "debit": "issuance",
        "credit": "member",
        "key": "k2",
        "revision": 0,
        "subject": "rule:r@1",
        "entry_id": "e1",
        "at": 1,
        "recorded_at": 1,
        "available_at": 1,
        "expires_at": 2,
        "lots": "[]",
    },
    EFFECTS: {
        "id": "f2",
        "member_id": "m1",
        "kind": "badge",
        "key": "k2",
        "revision": 0,
        "change": 1,
        "subject": "b",
        "value": "",
        "previous": "",
        "version": 1,
        "entry_id": "e1",
        "at": 1,
        "recorded_at": 1,
    },
    SCORES: {
        "board": "b",
        "period": 2,
        "member_id": "m1",
        "score": 5,
        "reached_at": 1,
        "tiebreak": 1,
    },
    DEFINITIONS: {
        "id": "x2",
        "kind": "BADGE",
        "key": "b2",
        "version": 1,
        "state": "DRAFT",
        "body": "{}",
        "in_force_from": None,
        "published_at": None,
        "defined_at": 1,
        "defined_by": "test",
    },
    REVISIONS: {"number": 2, "published_at": 1, "published_by": "test"},
}
TABLES = {table.name: table for table in SOUND} | {"programme_head": HEAD}

# What is there already.
THERE = {
    MEMBERS: {"id": "m1", "external_id": "one", "card_number": "card-1", "referral_code": "ref-1"},
    JOURNAL: {"id": "e1", "source": "s1"},
    SET_ASIDE: {"id": "a1", "source": "a1"},
    SET_ASIDE_DECISIONS: {"set_aside_id": "a1", "source": "ad1", "entry_id": "e1"},
    ADJUSTMENT_REQUESTS: {"id": "r1", "source": "r1"},
    ADJUSTMENT_DECISIONS: {"request_id": "r1", "source": "rd1", "entry_id": "e1"},
    TRANSFERS: {"id": "t1", "source": "t1", "out_entry_id": "e1", "in_entry_id": "e3"},
    DEAD_LETTERS: {"id": "d1"},
    STANDINGS: {"member_id": "m1"},
    LEDGER: {"id": "l1", "key": "k1"},
    EFFECTS: {"id": "f1", "key": "k1"},
    SCORES: {"period": 1},
    DEFINITIONS: {"id": "x1", "key": "b1"},
    REVISIONS: {"number": 1},
}


async def add(table, **facts):
    row = SOUND[table] | facts
    assert row.keys() == table.columns.keys()
    await db.insert(table, [tuple(row[name] for name in table.columns)])


@pytest.fixture
async def rows(database):
    """A member, and one row in every table."""
    await add(MEMBERS, referred_by=None, **THERE[MEMBERS])
    await add(MEMBERS, id="m3", external_id="three", card_number=None, referral_code="ref-3")
    for number in (3, 4, 5):
        await add(JOURNAL, id=f"e{number}", source=f"s{number}")
    for table, facts in list(THERE.items())[1:]:
        await add(table, **facts)
    await add(SET_ASIDE, id="a3", source="a3")
    await add(ADJUSTMENT_REQUESTS, id="r3", source="r3")
    await add(ADJUSTMENT_REQUESTS, id="r4", source="r4", by_two=False)


@pytest.mark.parametrize("table", SOUND, ids=lambda table: table.name)
async def test_a_sound_row_is_taken(rows, table):
    await add(table)


async def test_sound_variations_are_taken(rows):
    await add(MEMBERS, card_number=None, referred_by=None)
    await add(JOURNAL, id="r", source="r", type="RETRACTION", target="s1")
    await add(JOURNAL, id="sp", source="sp", type="SPEND", target="s1")
    await add(SET_ASIDE_DECISIONS, outcome="DISMISSED", entry_id=None)
    await add(ADJUSTMENT_REQUESTS, points=-5)
    await add(ADJUSTMENT_REQUESTS, id="r5", source="r5", expires_at=9)
    await add(ADJUSTMENT_DECISIONS, outcome="REJECTED", entry_id=None)
    alone = {"request_id": "r4", "by_two": False, "decided_by": "rina"}
    await add(ADJUSTMENT_DECISIONS, source="rd4", **alone)
    await add(TRANSFERS, message="For you")
    await add(PENDING, entry_id=None)
    await add(DEAD_LETTERS, entry_id=None)
    await add(LEDGER, revision=1, entry_id=None)
    await add(EFFECTS, key="k1", revision=1, change=-1, entry_id=None)
    await add(DEFINITIONS, state="PUBLISHED", in_force_from=1, published_at=1)
    await add(DEFINITIONS, id="x3", version=2)


REFUSED = {
    MEMBERS: [
        {"id": "m1"},
        {"external_id": "one"},
        {"external_id": ""},
        {"card_number": "card-1"},
        {"referral_code": "ref-1"},
        {"referred_by": "nobody"},
    ],
    JOURNAL: [
        {"id": "e1"},
        {"source": "s1"},
        {"source": ""},
        {"member_id": "nobody"},
        {"type": "WISH"},
        {"target": "s1"},
        {"type": "RETRACTION"},
        {"type": "CAPTURE"},
        {"type": "RELEASE"},
        {"type": "ADJUSTMENT", "target": "s1"},
        {"type": "TRANSFER", "target": "s1"},
    ],
    PENDING: [{"member_id": "nobody"}, {"entry_id": "nothing"}],
    SET_ASIDE: [
        {"id": "a1"},
        {"source": "a1"},
        {"member_id": "nobody"},
        {"reason": "UGLY"},
    ],
    SET_ASIDE_DECISIONS: [
        {"set_aside_id": "a1"},
        {"set_aside_id": "nothing"},
        {"outcome": "MAYBE"},
        {"outcome": "DISMISSED"},
        {"reason": ""},
        {"decided_by": ""},
        {"source": "ad1"},
        {"source": ""},
        {"entry_id": "nothing"},
        {"entry_id": "e1"},
    ],
    ADJUSTMENT_REQUESTS: [
        {"id": "r1"},
        {"member_id": "nobody"},
        {"currency": ""},
        {"points": 0},
        {"points": 10**12 + 1},
        {"points": -(10**12) - 1},
        {"reason": ""},
        {"points": -5, "expires_at": 9},
        {"source": "r1"},
        {"source": ""},
        {"requested_by": ""},
    ],
    ADJUSTMENT_DECISIONS: [
        {"request_id": "r1"},
        {"request_id": "nothing"},
        {"requested_by": "cici"},
        {"by_two": False},
        {"by_two": False, "decided_by": "rina"},
        {"outcome": "MAYBE"},
        {"outcome": "REJECTED"},
        {"decided_by": "rina"},
        {"decided_by": "RINA"},
        {"decided_by": ""},
        {"source": "rd1"},
        {"source": ""},
        {"entry_id": "nothing"},
        {"entry_id": "e1"},
        {"request_id": "r4", "by_two": False},
        {"request_id": "r4", "by_two": True},
        {
            "request_id": "r4",
            "by_two": False,
            "decided_by": "rina",
            "outcome": "REJECTED",
            "entry_id": None,
        },
    ],
    TRANSFERS: [
        {"id": "t1"},
        {"sender_id": "nobody"},
        {"recipient_id": "nobody"},
        {"recipient_id": "m1"},
        {"currency": ""},
        {"points": 0},
        {"points": 10**12 + 1},
        {"source": "t1"},
        {"source": ""},
        {"out_entry_id": "nothing"},
        {"out_entry_id": "e1"},
        {"out_entry_id": "e5"},
        {"in_entry_id": "nothing"},
        {"in_entry_id": "e3"},
    ],
    DEAD_LETTERS: [{"id": "d1"}, {"member_id": "nobody"}, {"entry_id": "nothing"}],
    STANDINGS: [{"member_id": "m1"}, {"member_id": "nobody"}, {"revision": -1}],
    LEDGER: [
        {"id": "l1"},
        {"key": "k1"},
        {"member_id": "nobody"},
        {"kind": "GIFT"},
        {"amount": 0},
        {"amount": -5},
        {"debit": ""},
        {"credit": ""},
        {"credit": "issuance"},
        {"revision": -1},
        {"entry_id": "nothing"},
    ],
    EFFECTS: [
        {"id": "f1"},
        {"key": "k1"},
        {"member_id": "nobody"},
        {"kind": "medal"},
        {"change": 2},
        {"change": -2},
        {"revision": -1},
        {"entry_id": "nothing"},
    ],
    SCORES: [{"period": 1}, {"member_id": "nobody"}],
    DEFINITIONS: [
        {"id": "x1"},
        {"key": "b1"},
        {"key": "b1", "version": 2},
        {"version": 0},
        {"state": "RETIRED"},
        {"state": "PUBLISHED"},
        {"state": "PUBLISHED", "in_force_from": 1},
        {"state": "PUBLISHED", "published_at": 1},
        {"in_force_from": 1},
        {"published_at": 1},
    ],
    REVISIONS: [{"number": 1}, {"number": 0}],
}


async def test_what_a_constraint_forbids_is_refused(rows):
    for table, cases in REFUSED.items():
        for facts in cases:
            before = await db.fetch(f"SELECT count(*) FROM {table.name}")
            with pytest.raises(IntegrityError):
                await add(table, **facts)
                pytest.fail(f"{table.name} took {facts}")
            assert await db.fetch(f"SELECT count(*) FROM {table.name}") == before


async def test_no_column_may_be_left_empty_but_those_that_may(rows):
    for table, row in SOUND.items():
        for column in row:
            if (table.name, column) in MAY_BE_EMPTY:
                continue
            with pytest.raises(IntegrityError):
                await add(table, **{column: None})
                pytest.fail(f"{table.name} took no {column}")


MAY_BE_EMPTY = {
    ("member", "avatar_url"),
    ("member", "email"),
    ("member", "card_number"),
    ("member", "referred_by"),
    ("adjustment_request", "expires_at"),
    ("pending", "entry_id"),
    ("dead_letter", "entry_id"),
    ("standing", "next_due_at"),
    ("ledger_entry", "entry_id"),
    ("effect", "entry_id"),
    ("definition", "in_force_from"),
    ("definition", "published_at"),
    # SQLite numbers such a row by itself.
    ("programme_revision", "number"),
}


ONLY_GROWS = ["journal_entry", "ledger_entry", "effect", "programme_revision"]
ONLY_GROWS += ["set_aside", "set_aside_decision", "adjustment_request", "adjustment_decision"]
ONLY_GROWS += ["transfer"]
# What is between two people can be erased.
MAY_CHANGE = {("transfer", "message")}


@pytest.mark.parametrize("table", ONLY_GROWS)
async def test_what_only_grows_never_changes_and_never_goes(rows, table, dialect):
    before = await db.fetch(f"SELECT * FROM {table}")
    columns = [one for one in TABLES[table].columns if (table, one) not in MAY_CHANGE]
    statements = [f"UPDATE {table} SET {one} = {one}" for one in columns]
    statements.append(f"DELETE FROM {table}")
    if dialect == "postgres":
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(IntegrityError, match="only grows"):
            await db.execute(statement)
            pytest.fail(statement)
    assert await db.fetch(f"SELECT * FROM {table}") == before


async def test_the_message_of_a_transfer_can_be_erased(rows):
    await db.execute("UPDATE transfer SET message = ''")


async def test_the_way_round_by_replacing_is_closed(rows, dialect):
    replacing = "INSERT OR REPLACE" if dialect == "sqlite" else "INSERT"
    update = "" if dialect == "sqlite" else " ON CONFLICT (number) DO UPDATE SET published_at = 9"
    with pytest.raises(IntegrityError, match="only grows"):
        await db.execute(f"{replacing} INTO programme_revision VALUES (1, 9, 'thief'){update}")


async def test_who_is_in_the_journal_cannot_be_deleted(rows):
    for statement in ("DELETE FROM member", "DELETE FROM member WHERE id = 'm1'"):
        with pytest.raises(IntegrityError):
            await db.execute(statement)


async def test_the_programme_has_one_head(database):
    with pytest.raises(IntegrityError):
        await db.insert(HEAD, [(2, 0, "")])
    with pytest.raises(IntegrityError):
        await db.insert(HEAD, [(1, 0, "")])
    assert [tuple(row) for row in await db.fetch("SELECT * FROM programme_head")] == [(1, 0, "")]


async def test_every_table_of_ours_is_looked_at_here(database, dialect):
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%'",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }[dialect]
    others = {"outbox", "applied_migration", "donation", "donation_resolution", "receipt"}
    others |= {"receipt_counter", "campaign_total", "redemption", "reward_stock"}
    others |= {"redemption_end", "voucher_attempt"}
    # test_guards.py looks at these.
    others |= {"checkpoint", "rule_budget", "budget_grant", "ledger_transaction", "ledger_seal"}
    others |= {"ledger_head", "unsealed", "before_chain"}
    found = {row[0] for row in await db.fetch(catalogue)}
    assert found - others == set(TABLES)
