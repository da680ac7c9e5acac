"""The relay: facts leave the outbox, ring their members' bells and wake their reactions."""

from collections.abc import Sequence
from typing import Final

from kit import bells, database, outbox
from kit.outbox import Told
from workers.reactions import react

ROWS_AT_ONCE: Final = 500
ROUNDS_MAX: Final = 100


async def relay() -> None:
    """Deliver what nobody has delivered yet. A relay that dies on the way delivers it again."""
    for _ in range(ROUNDS_MAX):
        told = await database.unit_of_work(_relay_batch)
        if not told:
            return
        # After the commit: whoever hears the bell must find what it rings for.
        await bells.ring({row.member_id for row in told if row.member_id}, work=False)


async def _relay_batch() -> Sequence[Told]:
    async with database.transaction():
        told = await outbox.claim_unrelayed(ROWS_AT_ONCE)
        for row in told:
            for fact in row.facts:
                await react(row.member_id, fact)
        await outbox.mark_relayed([row.position for row in told])
    return told
