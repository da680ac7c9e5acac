"""Keeping the house: forgetting what was told long ago, and checking the books."""

from typing import Final

import rewards
from gamification import engine
from kit import clock, log, outbox

FACTS_KEPT_DAYS: Final = 90
"""How long a screen that was away can catch up from its cursor."""
ROWS_AT_ONCE: Final = 5_000
ROUNDS_MAX: Final = 200
MEMBERS_AUDITED: Final = 500
"""How many members the nightly audit folds from nothing; `piala audit` folds everybody."""

_log = log.logger(__name__)


async def prune_outbox() -> None:
    """Forget facts that were relayed long ago; the journal and the ledger keep everything."""
    before = clock.now() - FACTS_KEPT_DAYS * clock.DAY
    for _ in range(ROUNDS_MAX):
        if not await outbox.prune(before, limit=ROWS_AT_ONCE):
            return


async def audit() -> None:
    """Audit some members, others every night, and the chain; complain in the log of what differs.

    Few enough that nobody who is at the till at night waits for it.
    """
    seed = clock.now() % 1_000_000
    choice = engine.Choice(sample=MEMBERS_AUDITED, seed=seed)
    report = await engine.audit(digest=False, choice=choice)
    for check in [*report.checks, *await rewards.audit()]:
        if not check.ok:
            _log.error("the audit failed", check=check.name, detail=check.detail, seed=seed)
