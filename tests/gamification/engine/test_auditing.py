"""The audit finds what is wrong, names it, and gives one digest for one state of affairs."""

import pytest

from gamification import engine
from kit import database as db
from kit.clock import DAY
from tests.gamification import world
from tests.gamification.engine.tampering import unguarded
from tests.gamification.test_publishing import BADGE

BOARD = {"key": "l", "title": "L", "metric": {"kind": "purchase"}}


@pytest.fixture
async def busy(member, clock):
    """Somebody with points, a badge and a score."""
    await world.publish(("BADGE", BADGE), ("LEADERBOARD", BOARD))
    await world.buy(member, 100, "p1")
    clock.advance(days=1)
    await world.buy(member, 50, "p2")
    await world.spend(member, 30, "s")
    await world.assert_sound()
    return member


async def failed():
    report = await engine.audit(digest=False)
    assert report.ok == all(check.ok for check in report.checks)
    return {check.name: check.detail for check in report.checks if not check.ok}


async def test_a_sound_house_passes_and_says_what_was_looked_at(busy):
    report = await engine.audit()
    assert report.ok
    assert {check.name: check.detail for check in report.checks} == {
        "journal": "3 entries, 0 waiting, 0 could not be folded",
        "standings": "1 members",
        "checkpoints": "0 checkpoints",
        "ledger": "1 members",
        "effects": "1 members",
        "scores": "1 members",
        "balances": "2 wallets",
        "debits": "1 members",
        "decisions": "1 members",
        "owners": "1 members",
        "budgets": "0 budgets, 0 points granted",
        "adjustments": "0 adjustments",
        "admissions": "0 admissions",
        "transfers": "0 transfers",
        "accounts": "points sum to 0: issuance -150, member 120, redemption 30",
        "chain": "3 transactions",
        "rows": "7 rows",
        "settled once": "3 entries",
    }


async def test_an_empty_house_passes(database):
    report = await engine.audit()
    assert report.ok
    assert len(report.digest) == 64


@pytest.mark.parametrize(
    "statement, found",
    [
        ("UPDATE ledger_entry SET amount = amount + 1 WHERE kind = 'EARN'", {"ledger", "balances"}),
        ("DELETE FROM ledger_entry WHERE kind = 'SPEND'", {"ledger", "balances"}),
        ("UPDATE ledger_entry SET credit = 'mine' WHERE kind = 'SPEND'", {"ledger"}),
        ("UPDATE ledger_entry SET key = 'other' WHERE kind = 'SPEND'", {"ledger"}),
        ("DELETE FROM effect", {"effects"}),
        ("UPDATE effect SET change = -1", {"effects"}),
        ("UPDATE effect SET at = at + 1", {"effects"}),
        ("DELETE FROM score", {"scores"}),
        ("UPDATE score SET score = score + 1", {"scores"}),
        ("UPDATE score SET reached_at = reached_at - 1", {"scores"}),
        ("UPDATE score SET period = 7", {"scores"}),
        (
            "UPDATE journal_entry SET facts = replace(facts, '100', '101')",
            {"standings", "ledger"},
        ),
        ("UPDATE journal_entry SET at = at + 1 WHERE source = 'p1'", None),
        ("DELETE FROM pending", set()),
    ],
)
async def test_what_was_tampered_with_is_found(busy, statement, found):
    async with unguarded():
        await db.execute(statement)
    names = (await failed()).keys()
    if found is None:
        assert names
    else:
        # What was settled is under the chain's protection beside.
        assert names - {"rows"} == found


async def test_a_standing_that_was_tampered_with_is_named_with_its_first_difference(busy):
    other = await world.enrol()
    row = await db.fetch_one("SELECT state FROM standing WHERE member_id = ?", other)
    await db.execute("UPDATE standing SET state = ? WHERE member_id = ?", row[0], busy)
    problems = await failed()
    assert problems.keys() == {"standings", "balances"}
    assert problems["standings"].startswith(
        f"1 of 2 members differ; first: member {busy}: last_at should be "
    )


async def test_what_waits_is_left_out_and_told(busy):
    await engine.record([world.bought(busy, 5)])
    report = await engine.audit(digest=False)
    assert report.ok
    assert report.checks[0].detail == "4 entries, 1 waiting, 0 could not be folded"


async def test_who_waits_for_a_new_programme_is_left_out(busy):
    double = {"key": "double", "title": "", "kind": "purchase", "currency": "points"}
    await world.publish(("EARNING_RULE", double | {"multiplier": "2"}), effective_from=-(10**15))
    assert (await engine.audit(digest=False)).ok
    await engine.settle_pending()
    assert (await engine.audit(digest=False)).ok
    assert await world.balance(busy) == 270


# --- digests --------------------------------------------------------------------------------------


async def digest(as_of=None):
    return (await engine.audit(as_of=as_of)).digest


async def test_the_digest_of_a_moment_stays_and_moves_with_what_happened(busy, clock):
    moment = clock.now + 5
    first = await digest(moment)
    assert await digest(moment) == first
    clock.advance(days=1)
    assert await digest(moment) == first
    await world.buy(busy, 1, "p3")
    assert await digest(moment) == first
    assert await digest() != first
    await world.buy(busy, 1, "p4", occurred_at=moment - DAY)
    assert await digest(moment) != first


async def test_the_digest_of_a_moment_is_that_of_whoever_stopped_there(busy, clock):
    past = clock.now - DAY
    before = await digest(past)
    await engine.retract(target_source="p2", source="r", reason="refund")
    await engine.settle([busy])
    assert await digest(past) == before


async def test_a_member_without_a_journal_leaves_no_mark(busy):
    first = await digest()
    await world.enrol()
    assert await digest() == first


async def test_the_digest_names_members_by_their_external_ids(database, clock):
    await world.publish(*world.GROUND)
    await world.buy(await world.enrol("ani"), 10, "p")
    ani = await digest()
    await world.buy(await world.enrol("budi"), 10, "q")
    assert await digest() != ani
