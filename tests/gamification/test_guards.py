"""Guards are real: what the code never does, the database refuses, on both databases."""

import pytest

from gamification.engine.models import (
    BUDGET_GRANTS,
    BUDGETS,
    CHECKPOINTS,
    EFFECTS,
    SEALS,
    TRANSACTIONS,
)
from gamification.journal.models import JOURNAL
from gamification.ledger import LEDGER, EntryKind
from kit import database as db
from kit.database import IntegrityError

HASH = "a" * 64
ID = "00000000-0000-0000-0000-00000000000"
PIECE = b"x" * 32

SOUND = {
    CHECKPOINTS: {"member_id": "m1", "at": 2, "entries": 6, "state": b"x"},
    TRANSACTIONS: {
        "id": f"{ID}2",
        "recorded_at": 1,
        "entries": PIECE,
        "postings": b"",
        "honours": b"",
        "digest": HASH,
    },
    SEALS: {"number": 2, "transaction_id": f"{ID}2", "hash": "b" * 64, "sealed_at": 1},
    BUDGETS: {"rule": "r2", "granted": 0},
    BUDGET_GRANTS: {
        "source": "s2",
        "rule": "r1",
        "member_id": "m1",
        "at": 1,
        "wished": 5,
        "points": 5,
        "recorded_at": 1,
    },
}
EFFECT = {
    "id": "f1",
    "member_id": "m1",
    "kind": "badge",
    "key": "k1",
    "revision": 0,
    "change": 1,
    "subject": "b",
    "value": "",
    "previous": "",
    "version": 1,
    "entry_id": "e1",
    "at": 1,
    "recorded_at": 1,
}
POSTING = {
    "id": "l1",
    "member_id": "m1",
    "currency": "points",
    "kind": "EARN",
    "amount": 5,
    "debit": "issuance",
    "credit": "member",
    "key": "k1",
    "revision": 0,
    "subject": "",
    "entry_id": None,
    "at": 1,
    "recorded_at": 1,
    "available_at": 1,
    "expires_at": 2,
    "lots": "[]",
}
ENTRY = {
    "id": "e1",
    "member_id": "m1",
    "type": "ACTIVITY",
    "kind": "purchase",
    "source": "s1",
    "target": "",
    "at": 1,
    "recorded_at": 1,
    "facts": "{}",
    "digest": "",
}


async def add(table, **row):
    row = SOUND.get(table, {}) | row
    assert row.keys() == table.columns.keys()
    await db.insert(table, [tuple(row[name] for name in table.columns)])


async def enrol(member_id):
    await db.execute(
        "INSERT INTO member (id, external_id, display_name, time_zone, locale, referral_code,"
        f" enrolled_at) VALUES ('{member_id}', '{member_id}', '', 'UTC', '', '{member_id}', 0)"
    )


@pytest.fixture
async def rows(database):
    """Two members, and one row in every table of these."""
    await enrol("m1")
    await enrol("m2")
    for number in (1, 2):
        await add(JOURNAL, **ENTRY | {"id": f"e{number}", "source": f"s{number}"})
    await add(CHECKPOINTS, at=1, entries=3)
    for number in (1, 2):
        await add(TRANSACTIONS, id=f"{ID}{number}")
    await add(SEALS, number=1, transaction_id=f"{ID}1", hash=HASH)
    await db.execute("UPDATE ledger_head SET number = 1, hash = ?", HASH)
    await add(BUDGETS, rule="r1", granted=5)
    await add(BUDGET_GRANTS, source="s1")
    await add(LEDGER, **POSTING)
    await add(EFFECTS, **EFFECT)


@pytest.mark.parametrize("table", SOUND, ids=lambda table: table.name)
async def test_a_sound_row_is_taken(rows, table):
    await add(table, **({"id": f"{ID}3"} if table is TRANSACTIONS else {}))


REFUSED = {
    CHECKPOINTS: [{"member_id": "nobody"}, {"at": 1}, {"entries": 0}],
    TRANSACTIONS: [
        {"id": f"{ID}1"},
        {"id": "short"},
        {"id": f"{ID}3", "entries": b"x" * 31},
        {"id": f"{ID}3", "postings": b"x"},
        {"id": f"{ID}3", "honours": b"x"},
        {"id": f"{ID}3", "entries": b""},
        {"id": f"{ID}3", "digest": "short"},
    ],
    SEALS: [
        {"number": 1},
        {"number": 0},
        {"number": 3},
        {"transaction_id": f"{ID}1"},
        {"transaction_id": "nothing"},
        {"hash": HASH},
        {"hash": "short"},
    ],
    BUDGETS: [{"rule": "r1"}, {"rule": ""}, {"granted": -1}],
    BUDGET_GRANTS: [
        {"source": "s1"},
        {"source": "nothing"},
        {"rule": "nothing"},
        {"member_id": "nobody"},
        {"wished": 0},
        {"points": -1},
        {"points": 6},
    ],
}


@pytest.mark.parametrize("table", SOUND, ids=lambda table: table.name)
async def test_what_a_constraint_forbids_is_refused(rows, table):
    cases = [*REFUSED[table], *({column: None} for column in SOUND[table])]
    for facts in cases:
        with pytest.raises(IntegrityError):
            await add(table, **facts)
            pytest.fail(f"{table.name} took {facts}")


GROW_ONLY = ("ledger_transaction", "ledger_seal", "budget_grant")


@pytest.mark.parametrize("table", GROW_ONLY)
async def test_what_only_grows_never_changes_and_never_goes(rows, table, dialect):
    columns = next(one for one in SOUND if one.name == table).columns
    statements = [f"UPDATE {table} SET {one} = {one}" for one in columns]
    statements.append(f"DELETE FROM {table}")
    if dialect == "postgres":
        statements.append(f"TRUNCATE {table} CASCADE")
    for statement in statements:
        with pytest.raises(IntegrityError, match="only grows"):
            await db.execute(statement)
            pytest.fail(statement)


NEVER = [
    "UPDATE ledger_head SET number = 0",
    "UPDATE ledger_head SET hash = 'other'",
    "DELETE FROM ledger_head",
    "INSERT INTO before_chain (relation, id) VALUES ('effect', 'e1')",
    "UPDATE rule_budget SET granted = 4",
    "UPDATE rule_budget SET rule = 'other'",
    "DELETE FROM rule_budget",
    "UPDATE definition SET body = '{}' WHERE state = 'PUBLISHED'",
    "UPDATE definition SET in_force_from = 0 WHERE state = 'PUBLISHED'",
    "UPDATE definition SET state = 'DRAFT', in_force_from = NULL, published_at = NULL",
    "DELETE FROM definition",
    "UPDATE programme_head SET revision = 0",
    "DELETE FROM programme_head",
    "UPDATE standing SET member_id = 'm2'",
    "UPDATE standing SET revision = 6",
    "UPDATE dead_letter SET reason = 'none'",
    "UPDATE pending SET entry_id = 'e2'",
]


@pytest.fixture
async def settled(rows):
    """A published definition, a standing, a dead letter, and an entry that waits."""
    await db.execute(
        "INSERT INTO definition (id, kind, key, version, state, body, in_force_from, published_at,"
        " defined_at, defined_by) VALUES ('d', 'BADGE', 'b', 1, 'PUBLISHED', '[]', 1, 1, 1, 'x')"
    )
    await db.execute("UPDATE programme_head SET revision = 1")
    await db.execute("INSERT INTO standing (member_id, state, revision) VALUES ('m1', ?, 7)", b"x")
    await db.execute(
        "INSERT INTO dead_letter (id, member_id, entry_id, reason, recorded_at)"
        " VALUES ('dl', 'm1', 'e1', 'ValueError', 1)"
    )
    await db.execute("INSERT INTO pending (member_id, entry_id) VALUES ('m1', 'e1')")


@pytest.mark.parametrize("statement", NEVER)
async def test_what_is_never_done_is_refused(settled, statement):
    table = statement.split()[2 if statement.startswith(("DELETE", "INSERT")) else 1]
    before = await db.fetch(f"SELECT * FROM {table}")
    with pytest.raises(IntegrityError):
        await db.execute(statement)
    assert await db.fetch(f"SELECT * FROM {table}") == before


async def test_what_is_done_is_taken(settled):
    await db.execute("UPDATE standing SET revision = 7, next_due_at = NULL")
    await db.execute("UPDATE programme_head SET revision = 2, token = 't'")
    await db.execute("DELETE FROM dead_letter")
    await db.execute("DELETE FROM pending")
    await db.execute("DELETE FROM checkpoint")


# Between which accounts each kind of ledger entry moves points.
FUNDS = ("issuance", "campaign:c", "pool:p", "partner:p")
SHOPS = ("redemption", "campaign:c", "pool:p", "partner:p")
MOVES = {
    EntryKind.EARN: [(one, "member") for one in FUNDS],
    EntryKind.SPEND: [("member", one) for one in SHOPS],
    EntryKind.DONATE: [("member", "charity:c"), ("member:held", "charity:c")],
    EntryKind.EXPIRE: [("member", "breakage")],
    EntryKind.ADJUST: [
        ("adjustment", "member"),
        ("member", "adjustment"),
        ("write-off", "member"),
        ("member", "write-off"),
    ],
    EntryKind.TRANSFER: [("member", "transfer"), ("transfer", "member")],
    EntryKind.HOLD: [("member", "member:held")],
    EntryKind.CAPTURE: [("member:held", one) for one in SHOPS],
    EntryKind.RELEASE: [("member:held", "member")],
}
ACCOUNTS = {side for moves in MOVES.values() for move in moves for side in move}
ACCOUNTS |= {"elsewhere", "charity:", "pool:", "Charity:c", "member:m2", "held", "issuance:x"}


async def test_an_entry_moves_points_as_its_kind_says(rows):
    numbers = iter(range(10_000))
    for kind in EntryKind:
        if kind in (EntryKind.REVERSE, EntryKind.CLAWBACK):
            continue
        for debit in ACCOUNTS:
            for credit in ACCOUNTS - {debit}:
                number = next(numbers)
                row = POSTING | {"id": f"p{number}", "key": f"p{number}", "kind": kind.value}
                row |= {"debit": debit, "credit": credit}
                if (debit, credit) in MOVES.get(kind, []):
                    await add(LEDGER, **row)
                    continue
                with pytest.raises(IntegrityError):
                    await add(LEDGER, **row)
                    pytest.fail(f"{kind} from {debit} to {credit}")


async def reverse(key, amount, revision=1, kind="REVERSE", **more):
    row = {"id": f"{key}:{revision}:{amount}", "key": key, "kind": kind, "amount": amount}
    row |= {"revision": revision, "debit": "member", "credit": "issuance"}
    await add(LEDGER, **POSTING | row | more)


async def test_no_more_is_taken_back_than_there_is(rows):
    refused = [("k1", 6, {}), ("k9", 1, {}), ("k1", 5, {"credit": "partner:p"})]
    refused += [("k1", 5, {"currency": "miles"}), ("k1", 5, {"member_id": "m2"})]
    for key, amount, more in refused:
        for kind in ("REVERSE", "CLAWBACK"):
            with pytest.raises(IntegrityError):
                await reverse(key, amount, kind=kind, **more)
                pytest.fail(f"{kind} of {amount} of {key}")
    await reverse("k1", 2, kind="CLAWBACK")
    with pytest.raises(IntegrityError):
        await reverse("k1", 4, revision=2)
    await reverse("k1", 3, revision=2)


async def test_only_what_is_in_effect_is_taken_back_or_corrected(rows):
    for facts in ({"key": "k9"}, {"member_id": "m2", "revision": 1}):
        for change in (-1, 0):
            with pytest.raises(IntegrityError):
                await add(EFFECTS, **EFFECT | {"id": "f9", "change": change} | facts)
                pytest.fail(f"{change} of {facts}")
    for revision, change in ((1, 0), (2, -1)):
        await add(
            EFFECTS,
            **EFFECT | {"id": f"f{revision + 1}", "revision": revision} | {"change": change},
        )
    with pytest.raises(IntegrityError):
        await add(EFFECTS, **EFFECT | {"id": "f4", "revision": 3, "change": -1})


async def test_an_entry_is_about_one_of_the_same_member(rows):
    said = ENTRY | {"id": "e3", "source": "s3", "type": "RETRACTION"}
    for facts in ({"target": "nothing"}, {"target": "s1", "member_id": "m2"}):
        with pytest.raises(IntegrityError):
            await add(JOURNAL, **said | facts)
            pytest.fail(f"took {facts}")
    await add(JOURNAL, **said | {"target": "s1"})


async def test_an_amount_has_bounds(rows):
    await add(LEDGER, **POSTING | {"id": "l2", "key": "k2", "amount": 10**15})
    with pytest.raises(IntegrityError):
        await add(LEDGER, **POSTING | {"id": "l3", "key": "k3", "amount": 10**15 + 1})
