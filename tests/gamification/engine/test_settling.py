"""Settling: what is recorded meanwhile waits for its own turn."""

import asyncio

from gamification import engine, journal, ledger
from tests.gamification import world


async def test_what_is_recorded_while_a_journal_is_folded_again_waits_its_turn(
    member, clock, monkeypatch
):
    first = await world.buy(member, 1000, "first")
    clock.advance(hours=1)
    await engine.retract(target_id=first.id, source="refund", reason="cold", amount=100)

    claimed = asyncio.Event()

    async def record_late():
        await claimed.wait()
        await engine.record([world.bought(member, 50, "late")])

    late = asyncio.create_task(record_late())
    claim = journal.claim

    async def claim_and_be_overtaken(member_ids):
        found = await claim(member_ids)
        claimed.set()
        # On SQLite nobody else can write now; it comes behind.
        await asyncio.wait({late}, timeout=0.5)
        return found

    monkeypatch.setattr(journal, "claim", claim_and_be_overtaken)
    await engine.settle([member])
    monkeypatch.undo()
    await late

    assert await world.balance(member) == 900
    await world.assert_sound()
    await engine.settle([member])
    assert await world.balance(member) == 950
    await world.assert_sound()
    [newest, *_] = await ledger.statement(member, limit=9)
    entry = await journal.find_entry(source="late")
    assert (newest.amount, newest.entry_id) == (50, entry.id)
