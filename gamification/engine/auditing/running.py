"""The audit: fold every journal from nothing, follow the chain, and compare with what is stored."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gamification.engine import sealing
from gamification.engine.auditing.checks import AuditReport, Check, Progress, in_silence
from gamification.engine.auditing.choosing import Choice, chosen, count_of
from gamification.engine.auditing.comparing import Comparison
from gamification.engine.auditing.covering import Coverage
from gamification.engine.auditing.recounting import (
    adjustments_check,
    admissions_check,
    transfers_check,
)
from gamification.engine.auditing.totals import (
    accounts_check,
    budgets_check,
    journal_check,
    owners_check,
)
from gamification.engine.auditing.verifying import LAST, Links, Noted, Rows, sealed, waiting
from gamification.engine.digest import Digest
from kit import clock, database
from kit.clock import Instant

EVERYBODY: Final = Choice()
OF_EVERYBODY: Final = (
    owners_check,
    budgets_check,
    adjustments_check,
    admissions_check,
    transfers_check,
    accounts_check,
)
NEEDS_EVERYBODY: Final = (
    "owners",
    "budgets",
    "adjustments",
    "admissions",
    "transfers",
    "accounts",
    "rows",
    "settled once",
    "digest",
)


async def audit(
    *,
    as_of: Instant | None = None,
    digest: bool = True,
    choice: Choice = EVERYBODY,
    noted: Noted | None = None,
    progress: Progress = in_silence,
) -> AuditReport:
    """Compare what is stored with a fold from nothing, and verify the chain.

    What is recorded and not settled yet is left out, and told. The digest counts what had
    happened by `as_of` (default: now). Members are held one page at a time. `noted` is a head of
    the chain that was noted earlier. Raises `NotFound`.
    """
    moment = clock.now() if as_of is None else as_of
    total = Digest() if digest and choice.is_everybody else None
    await sealing.seal_all()
    comparison = await _compare(choice, total, moment, progress)
    checks = [await journal_check(), *comparison.checks()]
    if choice.is_everybody:
        checks += [await check() for check in OF_EVERYBODY]
    checks += await (_follow_all if choice.is_everybody else _follow)(noted, progress)
    return AuditReport(
        checks=checks,
        digest=total.hexdigest() if total is not None else "",
        head=await sealing.ledger_head(),
        members=comparison.members,
        left_out=() if choice.is_everybody else NEEDS_EVERYBODY,
    )


async def _compare(
    choice: Choice, total: Digest | None, moment: Instant, progress: Progress
) -> Comparison:
    comparison, count = Comparison(), await count_of(choice)
    async for page in chosen(choice):
        await comparison.look_at(page, total, moment)
        progress("members", comparison.members, count)
    return comparison


async def _follow(noted: Noted | None, progress: Progress) -> list[Check]:
    """The links alone, up to the head of this moment."""
    links = Links(noted)
    last = await links.begin()
    async for page in sealed(last):
        links.follow(page)
        progress("chain", page[-1].number, last)
    return [await links.end()]


async def _follow_all(noted: Noted | None, progress: Progress) -> list[Check]:
    """The links, every row that is listed, and every row that is there, as of one moment."""
    links, rows, coverage = Links(noted), Rows(), Coverage()
    async with _one_moment():
        last = await links.begin()
        async for page in sealed(LAST):
            links.follow(page)
            await rows.look_at(page)
            coverage.take(page)
            progress("chain", page[-1].number, last)
        async for page in waiting():
            await rows.look_at(page)
            coverage.take(page)
        once = await coverage.end(rows.tally)
        return [await links.end(), rows.tally.check("rows"), once]


@asynccontextmanager
async def _one_moment() -> AsyncIterator[None]:
    """Let every statement see the same rows, although others go on writing."""
    joins_another = database.in_transaction()
    async with database.transaction():
        if not joins_another and database.dialect() == "postgres":
            await database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield
