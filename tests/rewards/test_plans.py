"""What is looked up by a key is found by an index, on either database."""

import sys
from types import SimpleNamespace

import pytest

from kit import database as db
from rewards import redemptions
from rewards.redemptions.reading import find_by_end, next_ordinal, used_in
from tests.plans import scans


@pytest.mark.parametrize(
    "ask",
    [
        lambda ani, code: redemptions.page_of(ani, limit=9),
        lambda ani, code: redemptions.counts_of(ani, ["latte"]),
        lambda ani, code: redemptions.use(code, source="use:1", caller="till"),
        lambda ani, code: used_in(["shop:1"]),
        lambda ani, code: find_by_end("use:1"),
        lambda ani, code: next_ordinal(ani, "latte"),
    ],
    ids=["page_of", "counts_of", "use", "used_in", "find_by_end", "next_ordinal"],
)
async def test_no_table_is_read_from_end_to_end(member, reward, monkeypatch, ask):
    ani = await member()
    await reward()
    redeemed = await redemptions.redeem(ani, reward="latte", source="app:1")
    asked = []

    async def fetch(sql, *arguments):
        asked.append((sql, arguments))
        return await db.fetch(sql, *arguments)

    async def fetch_one(sql, *arguments):
        asked.append((sql, arguments))
        return await db.fetch_one(sql, *arguments)

    reading = sys.modules["rewards.redemptions.reading"]
    monkeypatch.setattr(reading, "database", SimpleNamespace(fetch=fetch, fetch_one=fetch_one))
    await ask(ani, redemptions.voucher_of(redeemed.redemption).code)
    assert asked
    for sql, arguments in asked:
        assert await scans(sql, arguments) == []
