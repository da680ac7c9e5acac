"""Whatever is altered behind the house's back, an audit finds it and says where."""

import re

import msgspec
import pytest

from gamification import engine
from gamification.engine import checkpoints
from gamification.engine.sealing import seal_all
from gamification.ledger import Wallet
from kit import database as db
from kit.clock import DAY
from tests.gamification import world
from tests.gamification.engine import tampering
from tests.gamification.engine.tampering import altered, put, row_of, unguarded
from tests.gamification.test_publishing import BADGE

BOARD = {"key": "l", "title": "L", "metric": {"kind": "purchase"}}


@pytest.fixture
async def busy(member, clock, monkeypatch):
    """Two people with points, badges, scores, corrections and checkpoints; all of it sealed."""
    monkeypatch.setattr(checkpoints, "INTERVAL", 3)
    await world.publish(("BADGE", BADGE), ("LEADERBOARD", BOARD))
    other = await world.enrol("budi")
    await world.buy(other, 70, "budi:1")
    for number in range(8):
        clock.advance(days=1)
        await world.buy(member, 100 + number, f"ani:{number}")
    await world.spend(member, 30, "ani:spend")
    await engine.retract(target_source="ani:6", source="ani:refund", reason="broken")
    await engine.settle([member])
    await seal_all()
    await world.assert_sound()
    return member


async def failed():
    """The checks that fail, with what they say."""
    report = await engine.audit(digest=False)
    return {check.name: check.detail for check in report.checks if not check.ok}


# What a value becomes where the last byte alone would not get past the table's CHECKs.
INSTEAD = {
    ("journal_entry", "type"): "CHOICE",
    ("journal_entry", "source"): "elsewhere",
    ("journal_entry", "target"): "ani:1",
    ("ledger_entry", "kind"): "ADJUST",
    ("effect", "kind"): "tier",
    ("effect", "change"): 0,
    ("ledger_seal", "number"): 1_000,
}
WHICH = {
    ("journal_entry", "target"): "source = 'ani:spend'",
    "journal_entry": "source = 'ani:2'",
    "ledger_entry": "kind = 'EARN'",
    ("ledger_entry", "lots"): "kind = 'SPEND'",
    "ledger_seal": "number = 4",
    "standing": "revision > 0",
    ("checkpoint", "member_id"): "1 = 1",
}


async def alterations(table):
    """Every column of a row of the table, altered and put back, with what the audit says."""
    for column in await tampering.columns_of(table):
        where = WHICH.get((table, column), WHICH.get(table, "1 = 1"))
        row = await row_of(table, where)
        value = INSTEAD.get((table, column), altered(row[column]))
        assert value != row[column]
        changed = await put(table, row, column, value)
        yield column, row, await failed()
        await put(table, changed, column, row[column])


@pytest.mark.parametrize("table", ["journal_entry", "ledger_entry", "effect"])
async def test_a_row_that_was_altered_is_named_with_its_transaction(busy, table):
    seen = []
    async for column, row, problems in alterations(table):
        named = rf"first: {table} {row['id']} (was altered|is missing), transaction [1-9]"
        assert re.search(named, problems["rows"]), (column, problems)
        seen.append(column)
    assert len(seen) >= 10
    assert await failed() == {}


async def test_a_transaction_that_was_altered_is_named(busy):
    async for column, row, problems in alterations("ledger_transaction"):
        assert "chain" in problems, column
        says = "is missing" if column == "id" else "was altered"
        named = rf"first: ledger_transaction {row['id']} {says}, transaction [1-9]"
        assert re.search(named, problems["chain"]), (column, problems)
    assert await failed() == {}


async def test_a_seal_that_was_altered_is_named(busy):
    says = {
        "number": "ledger_seal 4 is missing",
        "transaction_id": "is missing, transaction 4",
        "hash": "ledger_seal 4 does not follow",
        "sealed_at": "ledger_seal 4 does not follow",
    }
    async for column, _, problems in alterations("ledger_seal"):
        assert says.pop(column) in problems["chain"].partition("; first: ")[2]
    assert not says
    assert await failed() == {}


@pytest.mark.parametrize("column", ["number", "hash"])
async def test_a_head_that_was_altered_is_named(busy, column):
    row = await row_of("ledger_head")
    await put("ledger_head", row, column, altered(row[column]))
    assert "first: ledger_head is not the last seal" in (await failed())["chain"]
    # Nothing is built upon it, and nothing is lost meanwhile.
    await world.buy(busy, 5)
    assert await engine.seal() == 0
    assert "first: ledger_head is not the last seal" in (await failed())["chain"]
    await put("ledger_head", row | {column: altered(row[column])}, column, row[column])
    assert await engine.seal() == 1
    assert await failed() == {}


async def test_a_missing_head_is_told(busy):
    async with unguarded():
        await db.execute("DELETE FROM ledger_head")
    assert "first: ledger_head is missing" in (await failed())["chain"]


async def test_a_standing_that_was_altered_is_named(busy):
    async for column, _, problems in alterations("standing"):
        if column == "revision":
            # Higher than it need be leaves out numbers, and nothing else.
            assert problems == {}
            row = await row_of("standing", WHICH["standing"])
            await put("standing", row, "revision", 0)
            lower = await failed()
            await put("standing", row, "revision", row["revision"])
            assert "is behind that of a row" in lower["standings"]
        else:
            assert "first: member " in problems["standings"], column
    assert await failed() == {}


async def test_a_score_that_was_altered_is_named(busy):
    async for column, _, problems in alterations("score"):
        assert "first: member " in problems["scores"], column
        assert f": board {'l' if column != 'board' else ''}" in problems["scores"]
    assert await failed() == {}


async def test_a_checkpoint_that_was_altered_is_named(busy):
    seen = 0
    async for column, _, problems in alterations("checkpoint"):
        assert "first: " in problems["checkpoints" if column != "member_id" else "owners"], column
        seen += 1
    assert seen == 4
    assert await failed() == {}


@pytest.mark.parametrize("table", ["journal_entry", "ledger_entry", "effect"])
async def test_a_row_that_was_deleted_is_named(busy, table):
    row = await row_of(table, WHICH.get(table, "1 = 1"))
    async with unguarded():
        await db.execute(f"DELETE FROM {table} WHERE id = ?", row["id"])
    problems = await failed()
    named = rf"first: {table} {row['id']} is missing, transaction [1-9]"
    assert re.search(named, problems["rows"]), problems


@pytest.mark.parametrize(
    ("table", "unique", "check"),
    [
        ("journal_entry", "source", "settled once"),
        ("ledger_entry", "key", "rows"),
        ("effect", "key", "rows"),
    ],
)
@pytest.mark.parametrize("id", ["018f0000-0000-7000-8000-00000000abcd", "mine"])
async def test_a_row_that_was_slipped_in_is_named(busy, table, unique, check, id):
    row = await row_of(table, WHICH.get(table, "1 = 1")) | {"id": id, unique: "another"}
    async with unguarded():
        await db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            *row.values(),
        )
    assert f"first: {table} {id} belongs to no transaction" in (await failed())[check]


@pytest.mark.parametrize("table", ["journal_entry", "ledger_entry"])
async def test_two_rows_that_changed_places_are_named(busy, table):
    one, two = await db.fetch(f"SELECT id FROM {table} ORDER BY id DESC LIMIT 2")
    async with unguarded():
        for old, new in ((one[0], "aside"), (two[0], one[0]), ("aside", two[0])):
            await db.execute(f"UPDATE {table} SET id = ? WHERE id = ?", new, old)
    problems = await failed()
    assert re.search(rf"2 of \d+ rows differ; first: {table} ", problems["rows"])
    assert one[0] in problems["rows"] or two[0] in problems["rows"]


async def test_an_entry_that_two_transactions_list_is_named(busy):
    # A second time, in a transaction that is sound by itself.
    entry = await row_of("journal_entry", "source = 'budi:1'")
    async with db.transaction():
        await engine.sealing.note([entry["id"]], [], [])
    problems = await failed()
    assert problems.keys() == {"settled once"}
    named = rf"first: journal_entry {entry['id']} belongs to transactions \d+ and \d+"
    assert re.search(named, problems["settled once"])


async def test_what_is_in_the_journal_and_was_never_settled_is_named(busy):
    await engine.record([world.bought(busy, 5, "lost")])
    assert await failed() == {}
    await db.execute("DELETE FROM pending")
    entry = await row_of("journal_entry", "source = 'lost'")
    problems = await failed()
    assert f"journal_entry {entry['id']} belongs to no transaction" in problems["settled once"]


# --- the end of the chain -------------------------------------------------------------------------


async def test_an_end_that_was_cut_off_is_told_against_a_head_that_was_noted(ground, clock):
    """Who deletes the last thing that happened with every trace of it leaves a sound house."""
    first = await world.enrol("first")
    await world.buy(first, 5)
    await seal_all()
    before = await row_of("ledger_seal", "number = 1")
    last = await world.enrol("last")
    await world.buy(last, 7)
    await seal_all()
    head = await engine.ledger_head()
    assert head.number == 2
    async with unguarded():
        for table in ("ledger_entry", "effect", "score", "journal_entry", "standing"):
            await db.execute(f"DELETE FROM {table} WHERE member_id = ?", last)
        await db.execute("DELETE FROM member WHERE id = ?", last)
        await db.execute("DELETE FROM ledger_transaction WHERE id <> ?", before["transaction_id"])
        await db.execute("DELETE FROM ledger_seal WHERE number = 2")
        await db.execute("UPDATE ledger_head SET number = 1, hash = ?", before["hash"])
    assert await failed() == {}
    report = await engine.audit(digest=False, noted=engine.Noted(head.number, head.hash))
    [problem] = [check for check in report.checks if not check.ok]
    assert problem.name == "chain"
    assert "first: ledger_seal 2, which was noted, is missing" in problem.detail


async def test_a_chain_goes_on_from_a_head_that_was_noted(busy, clock):
    head = await engine.ledger_head()
    clock.advance(days=1)
    await world.buy(busy, 5)
    report = await engine.audit(noted=engine.Noted(head.number, head.hash))
    assert report.ok
    assert report.head.number == head.number + 1
    report = await engine.audit(noted=engine.Noted(head.number, "0" * 64))
    [problem] = [check for check in report.checks if not check.ok]
    assert f"first: ledger_seal {head.number} is not the head that was noted" in problem.detail


async def test_a_chain_that_was_written_anew_is_another(busy, clock):
    """Who can write everything can make a sound chain, but not the one that was noted."""
    head = await engine.ledger_head()
    async with unguarded():
        for table in ("ledger_seal", "unsealed"):
            await db.execute(f"DELETE FROM {table}")
        await db.execute("INSERT INTO unsealed SELECT id FROM ledger_transaction")
        await db.execute("UPDATE ledger_head SET number = 0, hash = ?", "0" * 64)
    clock.advance(seconds=1)
    assert await failed() == {}
    report = await engine.audit(noted=engine.Noted(head.number, head.hash))
    assert not report.ok


async def test_a_seal_that_was_taken_away_is_told(busy):
    async with unguarded():
        await db.execute("DELETE FROM ledger_seal WHERE number = 3")
    problems = await failed()
    assert "first: ledger_seal 3 is missing" in problems["chain"]


async def test_a_transaction_that_waits_for_no_seal_is_told(busy):
    await world.buy(busy, 5)
    await db.execute("DELETE FROM unsealed")
    [row] = await db.fetch("SELECT max(id) FROM ledger_transaction")
    problems = await failed()
    assert problems.keys() == {"chain"}
    assert f"first: ledger_transaction {row[0]} has no seal" in problems["chain"]


# --- some members ---------------------------------------------------------------------------------


async def test_of_some_members_the_links_alone_are_followed(busy):
    row = await row_of("ledger_entry", "kind = 'EARN'")
    await put("ledger_entry", row, "subject", "a story")
    choice = engine.Choice(sample=10)
    report = await engine.audit(choice=choice, digest=False)
    assert report.ok
    assert (report.members, report.digest) == (2, "")
    assert {"rows", "settled once"} <= set(report.left_out)
    assert not {check.name for check in report.checks} & set(report.left_out)
    whole = {check.name for check in (await engine.audit()).checks}
    assert whole == {check.name for check in report.checks} | {*report.left_out} - {"digest"}
    row = await row_of("ledger_seal", "number = 3")
    await put("ledger_seal", row, "sealed_at", row["sealed_at"] + DAY)
    report = await engine.audit(choice=choice, digest=False)
    assert [check.name for check in report.checks if not check.ok] == ["chain"]


async def test_a_sample_is_chosen_by_its_seed(ground):
    for number in range(20):
        await world.enrol(f"m{number}")
    everybody = await db.fetch("SELECT id FROM member")
    samples = set()
    for seed in range(5):
        chosen = engine.Choice(sample=3, seed=seed)
        pages = [page async for page in engine.auditing.choosing.chosen(chosen)]
        again = [page async for page in engine.auditing.choosing.chosen(chosen)]
        assert pages == again
        samples.add(tuple(sorted(person.id for page in pages for person in page)))
        assert all(len(one) == 3 for one in samples)
    assert len(samples) > 1
    report = await engine.audit(choice=engine.Choice(sample=100), digest=False)
    assert report.members == len(everybody)


# --- laws that no single row can break ------------------------------------------------------------


async def copied(table, row, **changes):
    """Slip in a row like another one."""
    row |= changes
    async with unguarded():
        await db.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            *row.values(),
        )


async def test_a_hold_that_is_resolved_twice_is_told(member, clock):
    await world.buy(member, 100)
    await engine.hold(
        member,
        points=10,
        currency="points",
        account="redemption",
        subject="reward:tea",
        source="hold",
        release_at=clock.now + DAY,
    )
    await engine.capture(member, hold_source="hold", source="capture")
    await seal_all()
    assert await failed() == {}
    row = await row_of("journal_entry", "source = 'capture'")
    await copied("journal_entry", row, id=row["id"][:-1] + "x", source="again")
    problems = await failed()
    assert "hold hold is resolved by again and by capture" in problems["decisions"]


async def test_a_transfer_of_which_one_side_is_gone_is_told(member):
    await world.buy(member, 100)
    row = await row_of("ledger_entry", "kind = 'EARN'")
    away = {"kind": "TRANSFER", "debit": "member", "credit": "transfer", "amount": 40}
    await copied("ledger_entry", row, id=row["id"][:-1] + "x", key="transfer:x", **away)
    problems = await failed()
    assert problems["transfers"] == "points: 40 handed over, 0 received"
    assert {"ledger", "balances", "rows"} <= problems.keys()
    back = {"kind": "TRANSFER", "debit": "transfer", "credit": "member", "amount": 40}
    await copied("ledger_entry", row, id=row["id"][:-1] + "y", key="grant:x", **back)
    assert "transfers" not in await failed()


async def test_a_fold_that_takes_from_what_never_was_is_caught(member, monkeypatch):
    """The standing agrees with the replay, since both are wrong; the second book does not."""
    drawn = Wallet.draw

    def wrong(wallet, points, at):
        return [msgspec.structs.replace(part, key="thin-air") for part in drawn(wallet, points, at)]

    monkeypatch.setattr(Wallet, "draw", wrong)
    await world.buy(member, 100)
    await world.spend(member, 30, "greedy")
    problems = await failed()
    assert problems.keys() == {"debits"}
    assert problems["debits"].endswith("spend:greedy takes from thin-air, which never was")
