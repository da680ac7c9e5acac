"""The relay rings for every fact at least once, after it is there to be read."""

import asyncio
from contextlib import aclosing

import pytest
from structlog.testing import capture_logs

from gamification import engine
from kit import bells, database, outbox
from tests.workers.conftest import SOON, enrol, visit
from workers import keeping, reactions, relay


async def unrelayed():
    return await outbox.claim_unrelayed(1_000)


@pytest.fixture
async def member(shop):
    """A member about whom something is to be told."""
    member_id = await enrol()
    await visit(member_id)
    await engine.settle([member_id])
    assert await unrelayed()
    return member_id


async def test_a_member_hears_of_what_happened(member):
    async with aclosing(bells.listen(member, every=60)) as rings:
        await anext(rings)
        await relay.relay()
        await asyncio.wait_for(anext(rings), SOON)
    assert await unrelayed() == []


async def test_relaying_again_rings_for_nothing(member):
    await relay.relay()
    async with aclosing(bells.listen(member, every=60)) as rings:
        await anext(rings)
        await relay.relay()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rings), 0.05)


async def test_the_relay_does_not_wake_itself(member):
    async with aclosing(bells.listen(bells.WORK, every=60)) as rings:
        await anext(rings)
        await relay.relay()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(rings), 0.05)


async def test_reactions_hear_the_facts_that_they_are_for(member, monkeypatch):
    heard = []

    async def hear(member_id, fact):
        heard.append((member_id, fact["amount"]))

    monkeypatch.setattr(reactions, "REACTIONS", {"points.posted": [hear]})
    await relay.relay()
    assert heard == [(member, 10)]


async def test_what_fails_on_its_way_is_told_again(member, monkeypatch):
    async def fail(_member_id, _fact):
        raise RuntimeError("for a reason")

    monkeypatch.setattr(reactions, "REACTIONS", {"points.posted": [fail]})
    with pytest.raises(RuntimeError):
        await relay.relay()
    assert await unrelayed()
    monkeypatch.undo()
    await relay.relay()
    assert await unrelayed() == []


async def test_facts_that_were_told_long_ago_are_forgotten(member, clock):
    await relay.relay()
    clock.advance(days=keeping.FACTS_KEPT_DAYS - 1)
    await keeping.prune_outbox()
    assert await outbox.facts_after(member, 0)
    clock.advance(days=keeping.FACTS_KEPT_DAYS * 200)
    await keeping.prune_outbox()
    assert await outbox.facts_after(member, 0) == []


async def test_facts_that_nobody_has_told_yet_are_kept(member, clock):
    clock.advance(days=36_500)
    await keeping.prune_outbox()
    assert await outbox.facts_after(member, 0)


async def test_the_nightly_audit_complains_of_what_differs(member):
    with capture_logs() as logs:
        await keeping.audit()
    assert logs == []
    empty = await enrol()
    (row,) = await database.fetch("SELECT state FROM standing WHERE member_id = ?", empty)
    await database.execute("UPDATE standing SET state = ? WHERE member_id = ?", row[0], member)
    with capture_logs() as logs:
        await keeping.audit()
    assert [(line["event"], line["check"]) for line in logs][:1] == [
        ("the audit failed", "standings")
    ]
