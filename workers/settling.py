"""Settling what was recorded, and letting time do its work."""

from typing import Final

from gamification import engine
from kit import bells

ENTRIES_AT_ONCE: Final = 1_000
MEMBERS_AT_ONCE: Final = 500
TRANSACTIONS_AT_ONCE: Final = 1_000
ROUNDS_MAX: Final = 100
"""After so many batches a run ends, so that other work gets its turn; the next one goes on."""


async def settle() -> None:
    """Settle what waits; what other workers hold is left to them."""
    for _ in range(ROUNDS_MAX):
        if not await engine.settle_pending(limit=ENTRIES_AT_ONCE):
            return
        await bells.ring(())  # There are new facts for the relay.


async def sweep() -> None:
    """Let what has fallen due happen: points expire, streaks break, tiers slip."""
    for _ in range(ROUNDS_MAX):
        if not await engine.sweep(limit=MEMBERS_AT_ONCE):
            return


async def seal() -> None:
    """Link to the chain what was settled since the last time."""
    for _ in range(ROUNDS_MAX):
        if not await engine.seal(limit=TRANSACTIONS_AT_ONCE):
            return
