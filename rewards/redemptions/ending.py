"""Ending redemptions: a voucher is used, or it is returned and its points go back; never both."""

from collections.abc import Mapping
from typing import Final

import msgspec

from gamification import engine
from kit import clock, database, outbox
from kit.errors import AlreadyResolved, IdempotencyConflict, InvalidInput, NotAvailable
from rewards import catalogue
from rewards.once import once
from rewards.redemptions.attempts import may_try, succeeded
from rewards.redemptions.models import ENDS
from rewards.redemptions.reading import find, find_by_code, find_by_end, used_in
from rewards.redemptions.redemption import End, Outcome, Redemption, RedemptionState

REASON_MAX: Final = 500


class Ended(msgspec.Struct, frozen=True):
    """The redemption as it is now, and whether an earlier request of the same source ended it."""

    redemption: Redemption
    replayed: bool


async def give_back(redemption_id: str, *, reason: str, source: str, actor: str = "") -> Ended:
    """Return a reward: its points go back to their lots, one goes back to the stock, once a source.

    Raises `NotFound`, `AlreadyResolved` (used, returned or expired) and `IdempotencyConflict`.
    """
    if not 1 <= len(reason) <= REASON_MAX or "\0" in reason:
        raise InvalidInput.at("reason", f"must be from 1 to {REASON_MAX} characters")
    return await database.unit_of_work(
        once,
        lambda: _known(source, redemption_id, Outcome.RETURNED),
        lambda: _give_back(redemption_id, reason, source, actor),
    )


async def use(code: str, *, source: str, caller: str) -> Ended:
    """Use the voucher of that code, once a source.

    Whatever is wrong with a code is answered alike, as `NotAvailable`, and counts among the wrong
    ones that a caller may try within an hour. Raises `IdempotencyConflict`.
    """
    return await database.unit_of_work(_use, code, source, caller)


async def note_refunds(refunds: Mapping[str, str]) -> None:
    """Put back into stock what was used in activities that are wholly taken back by now.

    `refunds` are the ids of the retractions by the sources of those activities. Belongs in the
    transaction that takes them back: their points have gone back in it.
    """
    for redemption in await used_in(sorted(refunds)):
        if redemption.state(clock.now()) is RedemptionState.RETURNED:
            source, entry_id = f"refund:{redemption.id}", refunds[redemption.activity]
            if await _end(redemption, Outcome.RETURNED, source=source, entry_id=entry_id):
                await _restock(redemption)


async def _give_back(redemption_id: str, reason: str, source: str, actor: str) -> Ended:
    redemption = await find(redemption_id)
    if redemption.state(clock.now()) is not RedemptionState.ISSUED:
        raise AlreadyResolved("redemption")
    async with database.transaction():
        # This takes the member's lock first.
        back = await engine.give_back(
            redemption.member_id, target_source=redemption.source, reason=reason, source=source
        )
        ended = await _end(
            redemption,
            Outcome.RETURNED,
            source=source,
            entry_id=back.entry.id,
            reason=reason,
            actor=actor,
        )
        if not ended:
            raise AlreadyResolved("redemption")
        await _restock(redemption)
    return Ended(await find(redemption_id), replayed=False)


async def _restock(redemption: Redemption) -> None:
    await catalogue.put_one_back(redemption.reward)
    fact = {
        "type": "reward.returned",
        "at": clock.now(),
        "reward": redemption.reward,
        "redemption": redemption.id,
    }
    await outbox.announce([outbox.Announcement(redemption.member_id, [fact])])


async def _use(code: str, source: str, caller: str) -> Ended:
    async with database.transaction():
        # A wrong code is counted before it is looked at, and the right one taken off again: so the
        # limit holds however many are tried at once.
        if not await may_try(caller):
            raise NotAvailable("The voucher", "too many wrong codes were tried; wait an hour")
        redemption = await find_by_code(code)
        if redemption is not None:
            ended = await _used(redemption, source)
            if ended is not None:
                await succeeded(caller)
                return ended
    raise NotAvailable("The voucher", "there is none of this code that is still good")


async def _used(redemption: Redemption, source: str) -> Ended | None:
    known = await _known(source, redemption.id, Outcome.USED)
    if known is not None:
        return known
    if redemption.state(clock.now()) is not RedemptionState.ISSUED:
        return None
    if not await _end(redemption, Outcome.USED, source=source):
        return None
    return Ended(await find(redemption.id), replayed=False)


async def _known(source: str, redemption_id: str, outcome: Outcome) -> Ended | None:
    redemption = await find_by_end(source)
    if redemption is None or redemption.end is None:
        return None
    if (redemption.id, redemption.end.outcome) != (redemption_id, outcome):
        raise IdempotencyConflict(source)
    return Ended(redemption, replayed=True)


async def _end(
    redemption: Redemption,
    outcome: Outcome,
    *,
    source: str,
    entry_id: str | None = None,
    reason: str = "",
    actor: str = "",
) -> bool:
    """End it, unless somebody else has. A source that has ended another one is a conflict."""
    end = End(
        redemption_id=redemption.id,
        outcome=outcome,
        source=source,
        entry_id=entry_id,
        reason=reason,
        actor=actor,
        ended_at=clock.now(),
    )
    inserted = await database.insert(ENDS, [msgspec.structs.astuple(end)], "ON CONFLICT DO NOTHING")
    if inserted:
        return True
    other = await find_by_end(source)
    if other is not None and other.id != redemption.id:
        raise IdempotencyConflict(source)
    return False
