"""Each transaction lists what it settles, once, and becomes a link of one chain without gaps."""

import asyncio
import hashlib
import importlib
from itertools import pairwise

import msgspec
import pytest

from gamification import engine
from gamification.engine import chain, sealing
from gamification.engine.models import SEALS, TRANSACTIONS
from gamification.engine.sealing import seal, seal_all
from kit import database as db
from kit.database import IntegrityError
from tests.gamification import world
from tests.gamification.engine.tampering import unguarded

ZEROS = "0" * 64
ADOPTION = [
    step
    for step in importlib.import_module("gamification.migrations.0005_chain").UP
    if isinstance(step, str) and "INTO before_chain" in step
]
"""What the chain's migration says of the rows that it finds."""


async def transactions():
    """What each transaction lists, as the ids of entries, postings and honours."""
    rows = await db.fetch("SELECT entries, postings, honours FROM ledger_transaction ORDER BY id")
    return [
        tuple([chain.written_id(id) for id, _ in chain.pieces(one)] for one in row) for row in rows
    ]


async def seals():
    return [
        tuple(row)
        for row in await db.fetch(
            "SELECT number, transaction_id, hash, sealed_at FROM ledger_seal ORDER BY number"
        )
    ]


async def waiting():
    [row] = await db.fetch("SELECT count(*) FROM unsealed")
    return row[0]


async def ids_of(table):
    return sorted(row[0] for row in await db.fetch(f"SELECT id FROM {table}"))


# --- what a transaction lists ---------------------------------------------------------------------


async def test_a_transaction_lists_the_entry_and_what_it_brought(member):
    entry = await world.buy(member, 100)
    [(entries, postings, honours)] = await transactions()
    assert entries == [entry.id]
    assert postings == await ids_of("ledger_entry")
    assert honours == []


async def test_a_spend_is_a_transaction_of_its_own(member):
    await world.buy(member, 100)
    spent = await world.spend(member, 30)
    _, (entries, postings, _) = await transactions()
    assert entries == [spent.entry.id]
    assert len(postings) == 1


async def test_a_batch_is_one_transaction(ground):
    people = [await world.enrol() for _ in range(5)]
    await engine.record([world.bought(one, 10) for one in people])
    await engine.settle_pending()
    [(entries, postings, _)] = await transactions()
    assert (len(entries), len(postings)) == (5, 5)


async def test_a_late_entry_lists_only_what_is_new(member, clock):
    first = await world.buy(member, 100)
    clock.advance(days=3)
    late = await world.buy(member, 50, occurred_at=first.at - 1)
    _, (entries, postings, _) = await transactions()
    assert entries == [late.id]
    assert len(postings) == 1


async def test_time_alone_makes_a_transaction_where_it_posts_anything(member, clock):
    expiring = ("CURRENCY", {"key": "points", "name": "Points", "expires_after_days": 1})
    await world.publish(expiring)
    await engine.settle_pending()
    before = len(await transactions())
    await world.buy(member, 100)
    clock.advance(days=2)
    assert await engine.sweep() == 1
    *_, (entries, postings, _) = await transactions()
    assert (entries, len(postings)) == ([], 1)
    assert len(await transactions()) == before + 2


async def test_what_settles_nothing_is_no_transaction(member):
    assert await engine.settle([member]) == 0
    assert await engine.sweep() == 0
    assert await transactions() == []
    assert await waiting() == 0


async def test_an_entry_that_could_not_be_folded_is_in_none(member, monkeypatch):
    await world.buy(member, 1)

    def poison(*_args, **_how):
        raise ValueError("poison")

    monkeypatch.setattr("gamification.engine.settlement.fold", poison)
    await engine.record([world.bought(member, 2)])
    await engine.settle_pending()
    monkeypatch.undo()
    assert len(await transactions()) == 1
    report = await engine.audit(digest=False)
    assert [check.name for check in report.checks if not check.ok] == ["journal"]


async def test_the_pieces_are_made_of_all_columns_as_stored(member):
    await world.buy(member, 100)
    [row] = await db.fetch(f"SELECT {', '.join(chain.RELATIONS[1].columns)} FROM ledger_entry")
    [listing] = await db.fetch("SELECT postings FROM ledger_transaction")
    plain = msgspec.msgpack.encode(tuple(row))
    digest = hashlib.blake2b(plain, digest_size=16).digest()
    assert listing[0] == bytes.fromhex(row[0].replace("-", "")) + digest


# --- the chain ------------------------------------------------------------------------------------


async def test_seals_link_transactions_in_the_order_of_their_ids(member, clock):
    for number in range(4):
        await world.buy(member, 10 + number)
    assert await engine.ledger_head() is None
    assert await seal() == 4
    assert await seal() == 0
    clock.advance(days=1)
    await world.buy(member, 20)
    assert await seal() == 1
    found = await seals()
    assert [number for number, *_ in found] == [1, 2, 3, 4, 5]
    assert [id for _, id, *_ in found] == await ids_of("ledger_transaction")
    digests = dict(await db.fetch("SELECT id, digest FROM ledger_transaction"))
    for (_, _, before, _), (number, id, after, at) in pairwise([(0, "", ZEROS, 0), *found]):
        link = msgspec.msgpack.encode((before, number, id, digests[id], at))
        assert after == hashlib.sha256(link).hexdigest()
    head = await engine.ledger_head()
    assert (head.number, head.hash, head.sealed_at) == (5, found[-1][2], clock.now)
    assert await waiting() == 0


async def test_a_seal_takes_no_more_than_its_limit(member):
    for number in range(5):
        await world.buy(member, 10 + number)
    assert [await seal(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    await world.assert_sound()


async def test_all_at_once_make_one_chain(ground):
    people = [await world.enrol() for _ in range(12)]

    async def busy(number):
        await world.buy(people[number], 100)
        await world.spend(people[number], 10)
        return await seal()

    await asyncio.gather(*(busy(number) for number in range(12)))
    await seal_all()
    assert [number for number, *_ in await seals()] == list(range(1, 25))
    await world.assert_sound()


@pytest.mark.parametrize("dialect", ["postgres"])
async def test_who_finds_another_sealing_leaves_it_to_them(member):
    await world.buy(member, 10)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def hold():
        async with db.transaction():
            await db.fetch(f"SELECT number FROM ledger_head{db.locking()}")
            began.set()
            await go_on.wait()

    holding = asyncio.create_task(hold())
    await began.wait()
    assert await seal() == 0
    go_on.set()
    await holding
    assert await seal() == 1


# --- what is older than the chain -----------------------------------------------------------------


@pytest.fixture
async def before_the_chain(member, monkeypatch):
    """A house as it was before there was a chain, to which the chain's migration then comes."""

    async def nothing(*_):
        """No transaction is noted."""

    monkeypatch.setattr(sealing, "note", nothing)
    for number in range(7):
        await world.buy(member, 100 + number)
    monkeypatch.undo()
    await engine.record([world.bought(member, 1, "waits")])
    async with unguarded():
        for statement in ADOPTION:
            await db.execute(statement)
    return member


async def test_older_rows_are_adopted_as_they_are(before_the_chain, monkeypatch):
    assert len(ADOPTION) == 3
    monkeypatch.setattr(sealing, "ADOPTED_AT_ONCE", 4)
    await seal_all()
    found = await transactions()
    listed = [sorted(id for one in found for id in one[place]) for place in range(3)]
    assert listed[1] == await ids_of("ledger_entry")
    assert len(listed[0]) == 7
    assert [row[0] for row in await db.fetch("SELECT count(*) FROM before_chain")] == [0]
    await engine.settle_pending()
    await world.assert_sound()
    assert len(await ids_of("journal_entry")) == 8


async def test_nothing_is_adopted_later(database):
    with pytest.raises(IntegrityError):
        await db.execute("INSERT INTO before_chain (relation, id) VALUES ('effect', 'x')")


# --- what the database itself refuses -------------------------------------------------------------

ID = "018f0000-0000-7000-8000-00000000abcd"
OTHER = "018f0000-0000-7000-8000-00000000abce"
PIECE = b"x" * 32
SOUND = (ID, 1, PIECE, PIECE, PIECE, "d" * 64)


@pytest.mark.parametrize(
    "row",
    [
        ("short", *SOUND[1:]),
        (*SOUND[:2], b"x" * 31, PIECE, PIECE, SOUND[5]),
        (*SOUND[:2], PIECE, b"x" * 33, PIECE, SOUND[5]),
        (*SOUND[:2], PIECE, PIECE, b"x", SOUND[5]),
        (*SOUND[:2], b"", b"", b"", SOUND[5]),
        (*SOUND[:5], "d" * 63),
        *[(*SOUND[:place], None, *SOUND[place + 1 :]) for place in range(6)],
    ],
)
async def test_a_transaction_that_is_none_is_refused(database, row):
    with pytest.raises(IntegrityError):
        await db.insert(TRANSACTIONS, [row])
    assert await ids_of("ledger_transaction") == []


@pytest.fixture
async def sealed(database):
    """Two transactions, one of them sealed."""
    await db.insert(TRANSACTIONS, [SOUND, (OTHER, *SOUND[1:])])
    await db.insert(SEALS, [(1, ID, "a" * 64, 1)])


@pytest.mark.parametrize(
    "row",
    [
        (1, OTHER, "b" * 64, 1),
        (3, OTHER, "b" * 64, 1),
        (0, OTHER, "b" * 64, 1),
        (2, ID, "b" * 64, 1),
        (2, "nothing", "b" * 64, 1),
        (2, OTHER, "a" * 64, 1),
        (2, OTHER, "b" * 63, 1),
        (2, OTHER, "b" * 64, None),
    ],
)
async def test_a_seal_that_does_not_follow_is_refused(sealed, row):
    with pytest.raises(IntegrityError):
        await db.insert(SEALS, [row])
    assert len(await seals()) == 1
    await db.insert(SEALS, [(2, OTHER, "b" * 64, 1)])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_head SET number = 2, hash = '{a}'",
        "UPDATE ledger_head SET number = 1, hash = '{b}'",
        "UPDATE ledger_head SET number = 0",
        "UPDATE ledger_head SET number = -1",
        "UPDATE ledger_head SET id = 2, number = 1, hash = '{a}'",
        "UPDATE ledger_head SET number = 1, hash = 'short'",
        "INSERT INTO ledger_head (id, number, hash) VALUES (2, 0, '{a}')",
        "INSERT INTO ledger_head (id, number, hash) VALUES (1, 0, '{a}')",
        "DELETE FROM ledger_head",
    ],
)
async def test_a_head_that_is_not_the_last_seal_is_refused(sealed, statement):
    with pytest.raises(IntegrityError):
        await db.execute(statement.format(a="a" * 64, b="b" * 64))
    await db.execute("UPDATE ledger_head SET number = 1, hash = ?", "a" * 64)
    with pytest.raises(IntegrityError):
        await db.execute("UPDATE ledger_head SET number = 0, hash = ?", ZEROS)


@pytest.mark.parametrize("table", [TRANSACTIONS, SEALS], ids=lambda table: table.name)
async def test_the_chain_only_grows(sealed, table, dialect):
    before = await db.fetch(f"SELECT * FROM {table.name}")
    statements = [f"UPDATE {table.name} SET {one} = {one}" for one in table.columns]
    statements.append(f"DELETE FROM {table.name}")
    if dialect == "postgres":
        statements.append(f"TRUNCATE {table.name} CASCADE")
    for statement in statements:
        with pytest.raises(IntegrityError, match="only grows"):
            await db.execute(statement)
    assert await db.fetch(f"SELECT * FROM {table.name}") == before


async def test_each_transaction_waits_for_its_seal(sealed):
    assert sorted(row[0] for row in await db.fetch("SELECT transaction_id FROM unsealed")) == [
        ID,
        OTHER,
    ]
    with pytest.raises(IntegrityError):
        await db.execute("INSERT INTO unsealed (transaction_id) VALUES (?)", ID)
