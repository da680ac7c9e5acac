"""Sealing: each transaction lists what it settles, and is linked to the chain a step later."""

from collections.abc import Sequence
from typing import Any

import msgspec
import structlog

from gamification.engine import chain
from gamification.engine.models import SEALS, TRANSACTIONS
from kit import clock, database, ids
from kit.clock import Instant
from kit.database import Table

ADOPTED_AT_ONCE = 5_000

log = structlog.get_logger(__name__)


class LedgerHead(msgspec.Struct, frozen=True, kw_only=True):
    """The last seal of the chain: its number, its hash over all before it, and its time."""

    number: int
    hash: str
    sealed_at: Instant


async def ledger_head() -> LedgerHead | None:
    """The head of the chain; None where nothing is sealed yet."""
    row = await database.fetch_one(
        "SELECT head.number, head.hash, seal.sealed_at FROM ledger_head AS head"
        " JOIN ledger_seal AS seal ON seal.number = head.number"
    )
    if row is None:
        return None
    return LedgerHead(number=row[0], hash=row[1], sealed_at=row[2])


async def note(
    entry_ids: Sequence[str], postings: Sequence[Sequence[Any]], honours: Sequence[Sequence[Any]]
) -> None:
    """List what this transaction settles: journal entries, and the rows that it writes for them."""
    entries = await _rows(chain.RELATIONS[0], entry_ids)
    assert len(entries) == len(entry_ids)
    await _list(entries, postings, honours)


async def seal(*, limit: int = 1_000, patient: bool = False) -> int:
    """Link at most `limit` transactions to the chain, by id; how many were.

    Only one seals at a time: somebody else's turn is left alone, or with `patient` waited for.
    """
    if not await _is_needed():
        return 0
    return await database.unit_of_work(_seal, limit, patient=patient)


async def seal_all() -> int:
    """Link everything that is settled; how many transactions that was."""
    total = 0
    while sealed := await seal(patient=True):
        total += sealed
    return total


async def _is_needed() -> bool:
    for queue in ("unsealed", "before_chain"):
        if await database.fetch_one(f"SELECT 1 FROM {queue} LIMIT 1") is not None:
            return True
    return False


async def _seal(limit: int, *, patient: bool) -> int:
    async with database.transaction():
        head = await database.fetch_one(
            f"SELECT number, hash FROM ledger_head{database.locking(skip_locked=not patient)}"
        )
        if head is None or not await _is_last(head):
            return 0
        await _adopt()
        waiting = await database.fetch(
            "SELECT id, digest FROM unsealed JOIN ledger_transaction ON id = transaction_id"
            " ORDER BY id LIMIT ?",
            limit,
        )
        if waiting:
            await _link(head[0], head[1], waiting)
        return len(waiting)


async def _is_last(head: database.Row) -> bool:
    """What is broken must not be built upon: it is for the audit to say where."""
    last = await database.fetch_one(
        "SELECT number, hash FROM ledger_seal ORDER BY number DESC LIMIT 1"
    )
    if tuple(head) == (tuple(last) if last is not None else (0, chain.NO_HASH)):
        return True
    log.error("nothing is sealed: the chain's head is not its last seal", number=head[0])
    return False


async def _link(number: int, previous: str, waiting: Sequence[database.Row]) -> None:
    now = clock.now()
    seals = []
    for transaction_id, digest in waiting:
        number += 1
        previous = chain.hash_of(
            previous, number=number, transaction_id=transaction_id, digest=digest, at=now
        )
        seals.append((number, transaction_id, previous, now))
    await database.insert(SEALS, seals)
    await database.execute("UPDATE ledger_head SET number = ?, hash = ?", number, previous)
    await database.execute(
        "DELETE FROM unsealed WHERE transaction_id IN ?", [row[0] for row in waiting]
    )


async def _adopt() -> None:
    """List rows that are older than the chain, so many at once, as one transaction."""
    adopted = await database.fetch(
        "DELETE FROM before_chain WHERE (relation, id) IN"
        " (SELECT relation, id FROM before_chain ORDER BY relation, id LIMIT ?)"
        " RETURNING relation, id",
        ADOPTED_AT_ONCE,
    )
    if adopted:
        await _list(
            *[
                await _rows(table, [row[1] for row in adopted if row[0] == table.name])
                for table in chain.RELATIONS
            ]
        )


async def _list(*relations: Sequence[Sequence[Any]]) -> None:
    lists = [chain.listed(rows) for rows in relations]
    if any(lists):
        id, now = ids.new(), clock.now()
        digest = chain.digest_of(id, now, lists)
        await database.insert(TRANSACTIONS, [(id, now, *lists, digest)])


async def _rows(table: Table, row_ids: Sequence[str]) -> list[database.Row]:
    if not row_ids:
        return []
    columns = ", ".join(table.columns)
    return await database.fetch(f"SELECT {columns} FROM {table.name} WHERE id IN ?", row_ids)
