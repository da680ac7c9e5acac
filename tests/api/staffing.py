"""What staff and tills do to members, so that the matrix finds it; fresh where it is used up."""

from collections.abc import Awaitable, Callable

from gamification import engine, journal
from gamification.engine import Adjusted, Recipient, Recording, Staff
from kit import clock, database, ids
from rewards import payments
from rewards.payments import Bill
from tests.api.shop import Shop

ASKS, DECIDES = Staff(name="somebody", decides=False), Staff(name="somebody else")
_SALE = {"kind": "purchase", "amount": 500, "currency": "USD"}
LUNCH = Bill(points=1, currency="points", what="Lunch")


async def live_through(shop: Shop) -> None:
    """Let all that staff, tills and other members do happen to ann."""
    ann = shop.members["ann"]
    asked = await _asked(ann, expires_at=clock.now() + clock.DAY)
    await engine.approve_adjustment(asked, by=DECIDES, source=ids.new(), note="Seen it")
    await engine.dismiss(await _parked(ann), by=DECIDES, reason="A test", source=ids.new())
    await _parked(ann)
    await _buried(ann, await shop.buys("ann", 100))
    for sender, recipient in (("ann", "bob"), ("bob", "ann")):
        await engine.transfer(
            shop.members[sender],
            to=Recipient(external_id=recipient),
            currency="points",
            points=5,
            message="For you",
            source=ids.new(),
        )


async def fresh(ann: str, request: str) -> dict[str, str]:
    """Whatever a request uses up, made for it."""
    return {name: await make(ann) for name, make in _MAKING.items() if f"<{name}>" in request}


async def _asked(ann: str, expires_at: int | None = None) -> str:
    return (await _adjusted(ann, ASKS, expires_at)).adjustment.id


async def _given(ann: str) -> str:
    return (await _adjusted(ann, DECIDES)).adjustment.id


async def _adjusted(ann: str, by: Staff, expires_at: int | None = None) -> Adjusted:
    return await engine.adjust(
        ann,
        currency="points",
        points=10,
        reason="kindness",
        by=by,
        source=ids.new(),
        expires_at=expires_at,
    )


async def _paid(ann: str) -> str:
    return (await payments.pay(ann, LUNCH, source=ids.new())).entry.id


async def _placed(ann: str) -> str:
    return (await payments.hold(ann, LUNCH, seconds=900, source=ids.new())).entry.id


async def _parked(ann: str) -> str:
    at = clock.now() - 90 * clock.DAY
    await engine.record([Recording(source=ids.new(), member_id=ann, occurred_at=at, **_SALE)])
    [newest] = await journal.apart_page(outcome=None, after=None, limit=1)
    return newest.entry.id


async def _letter(ann: str) -> str:
    return await _buried(ann, None)


async def _buried(ann: str, entry_id: str | None) -> str:
    async with database.transaction():
        await journal.bury(ann, [entry_id], reason="ValueError")
    [newest] = await journal.dead_letters_page(after=None, limit=1)
    return newest.id


_MAKING: dict[str, Callable[[str], Awaitable[str]]] = {
    "asked": _asked,
    "given": _given,
    "paid": _paid,
    "placed": _placed,
    "parked": _parked,
    "letter": _letter,
}
