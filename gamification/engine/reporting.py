"""Reporting: what members' points come to for those who keep the programme's books."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final, TypeVar

from gamification import ledger, members, programme
from gamification.engine.folding import everybody, people
from gamification.engine.reading import standings_of
from gamification.engine.standing import Standing
from gamification.ledger import Aging, Breakage, Cohorts, Currency, Liability, Share, Wallet
from kit import clock, database
from kit.clock import Instant
from kit.errors import InvalidInput, NotAvailable, NotFound

Watch = Callable[[int], None]
"""Told after every so many members how many have been looked at."""

EVERY: Final = 50
T = TypeVar("T")


async def liability(
    currency: str, *, as_of: Instant | None = None, watch: Watch | None = None
) -> Liability:
    """What members have of a spendable currency, by the month in which it expires, as of a moment.

    From now on it is the members' standings, with time alone going on. For a moment in the past
    every journal is folded up to it: what was known later of earlier times counts. Raises
    `NotFound` and `InvalidInput` for a currency that cannot be spent.
    """
    now = clock.now()
    at = now if as_of is None else as_of
    aging = Aging(await _spendable(currency, at), at)
    async for standing in _counted(_standings(at) if at >= now else _past(at), watch):
        aging.add(standing.wallets.get(currency, Wallet()), _held(standing, currency))
    return aging.liability()


async def breakage(
    currency: str, *, as_of: Instant | None = None, watch: Watch | None = None
) -> Breakage:
    """What became of the points of each month, as of a moment: every journal is folded up to it.

    Raises `NotFound` and `InvalidInput` for a currency that cannot be spent.
    """
    at = clock.now() if as_of is None else as_of
    cohorts = Cohorts(currency, (await _spendable(currency, at)).zone, at)
    async for page in people():
        taken = await ledger.taken_back([one.id for one in page], currency=currency, until=at)
        for earned_at, points in taken:
            cohorts.add_taken_back(earned_at, points)
    async for member in _counted(everybody(at), watch):
        _, folded = member
        wallet = folded.standing.wallets.get(currency, Wallet())
        held = _held_shares(folded.standing, currency)
        cohorts.add(folded.effects.postings, wallet.lots, debt=wallet.debt, held=held)
    return cohorts.breakage()


async def check_report_size(*, members_max: int, entries_max: int | None = None) -> None:
    """Raise `NotAvailable` for a programme that is too large to be reported on within a request.

    `entries_max` is given where the report folds journals.
    """
    if await members.count() > members_max:
        raise NotAvailable("This report", f"there are more than {members_max:,} members")
    if entries_max is None:
        return
    row = await database.fetch_one(
        "SELECT count(*) FROM (SELECT 1 FROM journal_entry LIMIT ?) AS counted", entries_max + 1
    )
    assert row is not None
    if row[0] > entries_max:
        raise NotAvailable("This report", f"there are more than {entries_max:,} entries")


async def _spendable(currency: str, at: Instant) -> Currency:
    found = (await programme.current()).at(at).currencies.get(currency)
    if found is None:
        raise NotFound("currency", currency)
    if not found.kind.spendable:
        raise InvalidInput.at("currency", f"'{currency}' is {found.kind}, which is never owed")
    return found


async def _counted(every: AsyncIterator[T], watch: Watch | None) -> AsyncIterator[T]:
    """Each of them; now and then others get their turn, and the watcher hears how far it is."""
    done = 0
    async for one in every:
        yield one
        done += 1
        if not done % EVERY:
            await asyncio.sleep(0)
            if watch is not None:
                watch(done)
    if watch is not None:
        watch(done)


async def _standings(at: Instant) -> AsyncIterator[Standing]:
    async for page in people():
        views = await standings_of([one.id for one in page], at=at)
        for view in views.values():
            yield view.standing


async def _past(at: Instant) -> AsyncIterator[Standing]:
    async for _, folded in everybody(at):
        yield folded.standing


def _held(standing: Standing, currency: str) -> Iterator[tuple[int, Instant]]:
    for hold in standing.holds.values():
        if hold.currency == currency:
            for _, points, expires_at, *_ in hold.lots:
                yield points, expires_at


def _held_shares(standing: Standing, currency: str) -> dict[str, list[Share]]:
    return {
        source: [(key, points) for key, points, *_ in hold.lots]
        for source, hold in standing.holds.items()
        if hold.currency == currency
    }
