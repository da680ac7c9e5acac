"""Recording: each bad input its error and no trace; each repetition the first answer."""

import asyncio
from collections import Counter

import msgspec
import pytest

from gamification import engine, journal
from gamification.engine import Recorded, Recording
from gamification.journal import EntryType, Facts
from kit import database as db
from kit.clock import DAY, MINUTE
from kit.errors import (
    IdempotencyConflict,
    InTheFuture,
    InvalidInput,
    NotFound,
    TooLate,
)
from tests.gamification import world
from tests.gamification.factories import day, purchase

RICH = (
    "ACTIVITY_KIND",
    {
        "key": "purchase",
        "title": "Purchase",
        "amount": {"required": True, "currencies": ["IDR"]},
        "attributes": {
            "discs": {"type": "INTEGER", "min": 1, "max": 99},
            "store": {"type": "STRING", "choices": ["solo", "ubud"]},
            "weight": {"type": "DECIMAL"},
            "gift": {"type": "BOOLEAN"},
        },
    },
)


@pytest.fixture
async def ani(database, clock):
    await world.publish(world.POINTS, RICH, world.ONE_TO_ONE)
    return await world.enrol("ani")


async def answer(*recordings, **how):
    [first, *others] = await engine.record(recordings, **how)
    return [first, *others] if others else first


async def test_an_activity_becomes_an_entry(ani, clock):
    found = await answer(
        world.bought(
            ani,
            1200,
            "app:1",
            quantity=2,
            channel="APP",
            partner="kopi",
            attributes={"store": "solo", "weight": 1, "gift": None},
        )
    )
    assert isinstance(found, Recorded)
    assert found.replayed is False
    entry = found.entry
    assert (entry.member_id, entry.type, entry.kind) == (ani, EntryType.ACTIVITY, "purchase")
    assert (entry.source, entry.at, entry.target) == ("app:1", clock.now, "")
    assert entry.facts == Facts(
        amount=1200,
        currency="IDR",
        quantity=2,
        channel="APP",
        partner="kopi",
        attributes={"store": "solo", "weight": 1.0},
    )
    assert await journal.find_entry(id=entry.id) == entry
    assert await journal.find_entry(source="app:1") == entry
    assert await engine.pending() == 1


async def test_a_member_is_named_by_id_or_by_external_id(ani):
    found = await answer(world.bought("", 5, "a", external_id="ani"))
    assert found.entry.member_id == ani


BAD = [
    ({"kind": "flight"}, "kind"),
    ({"kind": ""}, "kind"),
    ({"source": ""}, "idempotencyKey"),
    ({"source": "x" * 301}, "idempotencyKey"),
    ({"source": "a\0b"}, "idempotencyKey"),
    ({"source": "a\ud800b"}, "idempotencyKey"),
    ({"amount": None}, "amount"),
    ({"amount": -1}, "amount.minor"),
    ({"amount": 10**30}, "amount.minor"),
    ({"currency": None}, "amount.currency"),
    ({"currency": "EUR"}, "amount.currency"),
    ({"currency": "\ud800"}, "amount.currency"),
    ({"quantity": -1}, "quantity"),
    ({"quantity": 10**30}, "quantity"),
    ({"channel": "PIGEON"}, "channel"),
    ({"partner": "x" * 201}, "partner"),
    ({"partner": "\ud800"}, "partner"),
    ({"member_id": "a\0b"}, "member"),
    ({"member_id": "", "external_id": "a\ud800b"}, "member"),
    ({"attributes": {"a\0b": 1}}, "attributes.a\0b"),
    ({"attributes": {"discs": {"deep": "\ud800"}}}, "attributes.discs"),
    ({"occurred_at": 1 << 58}, "occurredAt"),
    ({"occurred_at": -(1 << 58)}, "occurredAt"),
    ({"occurred_at": 10**40}, "occurredAt"),
    ({"attributes": {"discs": "two"}}, "attributes.discs"),
    ({"attributes": {"discs": 0}}, "attributes.discs"),
    ({"attributes": {"discs": 10**30}}, "attributes.discs"),
    ({"attributes": {"discs": 10**5_000}}, "attributes.discs"),
    ({"attributes": {"discs": [1]}}, "attributes.discs"),
    ({"attributes": {"discs": {"deep": {"er": 1}}}}, "attributes.discs"),
    ({"attributes": {"weight": float("nan")}}, "attributes.weight"),
    ({"attributes": {"weight": float("inf")}}, "attributes.weight"),
    ({"attributes": {"store": "x" * 501}}, "attributes.store"),
    ({"attributes": {"store": "\ud800"}}, "attributes.store"),
    ({"attributes": {"gift": "yes"}}, "attributes.gift"),
    ({"attributes": {"colour": "red"}}, "attributes.colour"),
]


@pytest.mark.parametrize("trusted", [False, True])
async def test_every_bad_input_is_named_and_changes_nothing(ani, trusted):
    before = await world.everything()
    for facts, path in BAD:
        said = {"member_id": ani, "source": "bad", "kind": "purchase"}
        said |= {"amount": 5, "currency": "IDR"} | facts
        found = await answer(Recording(**said), trusted=trusted)
        assert isinstance(found, InvalidInput), (facts, found)
        assert [one.path for one in found.problems] == [path], facts
        assert found.message
    assert await world.everything() == before


async def test_one_bad_apple_leaves_the_others(ani):
    good = world.bought(ani, 5, "good")
    bad = [
        Recording(**{"member_id": ani, "kind": "purchase", "source": "s"} | facts)
        for facts, _ in BAD
    ]
    found = await engine.record([*bad, good])
    assert [type(one) for one in found] == [InvalidInput] * len(BAD) + [Recorded]
    await engine.settle([ani])
    assert await world.balance(ani) == 5


@pytest.mark.parametrize(
    "who", [{"member_id": "nobody"}, {"external_id": "nobody"}, {}, {"external_id": "x" * 200}]
)
async def test_an_unknown_member_is_not_found_and_changes_nothing(ani, who):
    before = await world.everything()
    said = {"source": "s", "kind": "purchase", "amount": 5, "currency": "IDR"}
    found = await answer(Recording(**said, **who))
    assert isinstance(found, NotFound)
    assert await world.everything() == before


# --- the trust window -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "away, accepted",
    [
        (0, True),
        (-30 * DAY, True),
        (-30 * DAY - 1, False),
        (5 * MINUTE, True),
        (5 * MINUTE + 1, False),
    ],
)
async def test_the_window_is_thirty_days_back_and_five_minutes_ahead(ani, clock, away, accepted):
    found = await answer(world.bought(ani, 5, "s", occurred_at=clock.now + away))
    assert isinstance(found, Recorded) is accepted


async def test_what_lies_outside_is_kept_apart_and_not_in_the_journal(ani, clock):
    early, late = clock.now - 31 * DAY, clock.now + DAY
    found = await engine.record(
        [
            world.bought(ani, 5, "early", occurred_at=early, attributes={"discs": 3}),
            world.bought(ani, 6, "late", occurred_at=late),
        ]
    )
    assert [type(one) for one in found] == [TooLate, InTheFuture]
    assert (found[0].occurred_at, found[0].earliest) == (early, clock.now - 30 * DAY)
    assert (found[1].occurred_at, found[1].latest) == (late, clock.now + 5 * MINUTE)
    rows = await db.fetch(
        "SELECT source, member_id, kind, at, recorded_at, facts, reason FROM set_aside ORDER BY at"
    )
    assert [tuple(row) for row in rows] == [
        (
            "early",
            ani,
            "purchase",
            early,
            clock.now,
            '{"amount":5,"attributes":{"discs":3},"currency":"IDR"}',
            "TOO_LATE",
        ),
        (
            "late",
            ani,
            "purchase",
            late,
            clock.now,
            '{"amount":6,"currency":"IDR"}',
            "IN_THE_FUTURE",
        ),
    ]
    assert await db.fetch("SELECT id FROM journal_entry") == []
    assert await engine.pending() == 0


async def test_what_was_told_too_early_is_kept_apart_once_and_taken_when_its_time_comes(ani, clock):
    tomorrow = world.bought(ani, 5, "s", occurred_at=clock.now + DAY)
    for _ in range(2):
        assert isinstance(await answer(tomorrow), InTheFuture)
    assert len(await db.fetch("SELECT id FROM set_aside")) == 1
    clock.advance(days=1)
    assert isinstance(await answer(tomorrow), Recorded)


async def test_an_import_may_tell_of_any_time(ani, clock):
    for source, at in (("old", clock.now - 9_000 * DAY), ("new", clock.now + 90 * DAY)):
        found = await answer(world.bought(ani, 5, source, occurred_at=at), trusted=True)
        assert found.entry.at == at
    assert await db.fetch("SELECT id FROM set_aside") == []


# --- idempotency ----------------------------------------------------------------------------------


async def test_the_same_words_get_the_first_answer(ani, clock):
    first = await answer(world.bought(ani, 5, "s"))
    before = await world.everything()
    clock.advance(days=400)
    again = await answer(world.bought(ani, 5, "s"))
    assert (again.entry, again.replayed) == (first.entry, True)
    assert await world.everything() == before


async def test_a_repetition_is_answered_although_its_time_has_become_too_late(ani, clock):
    said = world.bought(ani, 5, "s", occurred_at=clock.now)
    first = await answer(said)
    clock.advance(days=31)
    again = await answer(said)
    assert (again.entry, again.replayed) == (first.entry, True)
    assert await db.fetch("SELECT id FROM set_aside") == []


async def test_a_repetition_is_answered_although_the_kind_has_changed(ani):
    said = world.bought(ani, 5, "s", attributes={"store": "solo"})
    first = await answer(said)
    await world.publish(world.PURCHASE)
    again = await answer(said)
    assert (again.entry, again.replayed) == (first.entry, True)


@pytest.mark.parametrize(
    "facts",
    [
        {"amount": 6},
        {"quantity": 1},
        {"occurred_at": 1},
        {"channel": "APP"},
        {"partner": "kopi"},
        {"attributes": {"store": "ubud"}},
        {"attributes": {}},
        {"kind": "visit"},
        {"member_id": "", "external_id": "budi"},
    ],
)
async def test_the_same_key_with_other_words_is_a_conflict_and_changes_nothing(ani, facts):
    await world.publish(("ACTIVITY_KIND", {"key": "visit", "title": "", "amount": {}}))
    await world.enrol("budi")
    said = {"member_id": ani, "kind": "purchase", "amount": 5, "currency": "IDR"}
    said |= {"source": "s", "attributes": {"store": "solo"}}
    await answer(Recording(**said))
    before = await world.everything()
    found = await answer(Recording(**said | facts))
    assert isinstance(found, IdempotencyConflict)
    assert found.key == "s"
    assert await world.everything() == before


async def test_the_order_of_attributes_and_the_name_of_the_member_are_no_other_words(ani):
    said = {"kind": "purchase", "amount": 5, "currency": "IDR", "source": "s"}
    attributes = {"store": "solo", "discs": 2}
    first = await answer(Recording(member_id=ani, attributes=attributes, **said))
    turned = dict(reversed(attributes.items()))
    again = await answer(Recording(external_id="ani", attributes=turned, **said))
    assert (again.entry, again.replayed) == (first.entry, True)


async def test_a_spends_key_is_no_key_for_an_activity(ani):
    await world.buy(ani, 50)
    await world.spend(ani, 5, "s")
    assert isinstance(await answer(world.bought(ani, 5, "s")), IdempotencyConflict)


async def test_of_equal_keys_in_one_batch_the_first_is_taken(ani):
    batch = [world.bought(ani, amount, "s") for amount in (5, 5, 6)]
    first, again, other = await engine.record(batch)
    assert (first.replayed, again.replayed) == (False, True)
    assert first.entry == again.entry
    assert isinstance(other, IdempotencyConflict)
    await engine.settle([ani])
    assert await world.balance(ani) == 5


async def test_a_hundred_at_once_have_one_effect(ani):
    answers = await asyncio.gather(*(answer(world.bought(ani, 5, "s")) for _ in range(100)))
    assert Counter(one.replayed for one in answers) == {False: 1, True: 99}
    assert len({one.entry.id for one in answers}) == 1
    await asyncio.gather(*(engine.settle([ani]) for _ in range(10)))
    assert await world.balance(ani) == 5
    await world.assert_sound()


async def test_two_batches_that_cross_leave_each_activity_once(ani):
    batch = [world.bought(ani, 1, f"s{number:02}") for number in range(50)]
    answers = await asyncio.gather(*(engine.record(one) for one in (batch, batch[::-1]) * 3))
    assert Counter(one.replayed for found in answers for one in found) == {False: 50, True: 250}
    await engine.settle([ani])
    assert await world.balance(ani) == 50
    await world.assert_sound()


async def test_large_batches_that_cross_do_not_wait_for_each_other_in_a_ring(ani, dialect):
    """Each transaction is open before the first row is written, as among several processes."""
    clients = 4 if dialect == "postgres" else 1
    gate = asyncio.Barrier(clients)

    async def append(entries):
        async with db.transaction():
            await db.fetch("SELECT 1")
            await gate.wait()
            return await journal.append([(one, "") for one in entries])

    def batch(number):
        entries = [purchase(day(0), f"s{n:05}") for n in range(2_000)]
        told = [
            msgspec.structs.replace(one, member_id=ani, id=f"{one.id}-{number}") for one in entries
        ]
        return told[:: -1 if number % 2 else 1]

    answers = await asyncio.gather(*(append(batch(number)) for number in range(clients)))
    assert [len(one) for one in answers] == [2_000] * clients
    assert await engine.pending() == 2_000


# --- enrolling on the way -------------------------------------------------------------------------


async def test_an_import_enrols_whom_it_does_not_know(ani):
    said = {"kind": "purchase", "amount": 5, "currency": "IDR"}
    new = [Recording(external_id="budi", source=f"s{n}", **said) for n in range(2)]
    found = await engine.record(new, enrol=True, time_zone="Asia/Jakarta")
    assert len({one.entry.member_id for one in found}) == 1
    assert found[0].entry.member_id != ani
    rows = await db.fetch("SELECT time_zone FROM member WHERE external_id = 'budi'")
    assert [tuple(row) for row in rows] == [("Asia/Jakarta",)]
    await engine.settle([found[0].entry.member_id])
    assert await world.balance(found[0].entry.member_id) == 10


async def test_who_is_refused_is_not_enrolled(ani):
    before = await world.everything()
    said = {"kind": "purchase", "amount": -5, "currency": "IDR"}
    found = await answer(Recording(external_id="budi", source="s", **said), enrol=True)
    assert isinstance(found, InvalidInput)
    assert await world.everything() == before


async def test_the_same_stranger_in_many_batches_at_once_is_one_member(ani):
    said = {"kind": "purchase", "amount": 5, "currency": "IDR", "external_id": "budi"}
    answers = await asyncio.gather(
        *(answer(Recording(source=f"s{n}", **said), enrol=True) for n in range(20))
    )
    assert len({one.entry.member_id for one in answers}) == 1


# --- reading the journal --------------------------------------------------------------------------


async def test_activities_are_read_newest_first_page_by_page(ani, clock):
    for number in range(5):
        await world.buy(ani, 10, f"s{number}")
        clock.advance(hours=number % 2)
    await world.spend(ani, 5, "x")
    found, after = [], None
    while page := await journal.entries_of(ani, after=after, limit=2):
        found += page
        after = (page[-1].at, page[-1].id)
    assert [one.source for one in found] == ["s4", "s3", "s2", "s1", "s0"]


async def test_everybodys_activities_are_read_by_source(ani):
    budi = await world.enrol("budi")
    for number in range(4):
        await world.buy((ani, budi)[number % 2], 10, f"s{number}")
    await world.spend(ani, 5, "s-spend")
    first = await journal.entries_after("", type=EntryType.ACTIVITY, limit=3)
    assert [one.source for one in first] == ["s0", "s1", "s2"]
    rest = await journal.entries_after("s2", type=EntryType.ACTIVITY, limit=3)
    assert [one.source for one in rest] == ["s3"]


async def test_an_unknown_entry_is_not_found(ani):
    with pytest.raises(NotFound):
        await journal.find_entry(id="nothing")
    with pytest.raises(NotFound):
        await journal.find_entry(source="nothing")
    assert await journal.entries_by_id([]) == []


async def test_a_batch_costs_as_many_statements_as_a_single_one(ani, statements):
    await answer(world.bought(ani, 5, "one"))
    statements.clear()
    await answer(world.bought(ani, 5, "two"))
    single = len(statements)
    statements.clear()
    await engine.record([world.bought(ani, 5, f"s{n}") for n in range(50)])
    assert len(statements) == single
