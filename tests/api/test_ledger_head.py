"""The head of the chain, as those who write it down ask for it."""

from api.auth import Role
from gamification import engine

HEAD = "{ ledgerHead { number hash sealedAt } }"


async def test_the_head_is_that_of_the_chain(shop, clock):
    analyst = shop.staff(Role.ANALYST)
    assert await analyst.ask(HEAD) == {"ledgerHead": None}
    await shop.buys("ann", 1_000)
    assert await analyst.ask(HEAD) == {"ledgerHead": None}
    await engine.seal()
    first = (await analyst.ask(HEAD))["ledgerHead"]
    assert (first["number"], first["sealedAt"]) == (1, "2026-03-02T09:00:00Z")
    await shop.buys("ann", 1_000)
    clock.advance(hours=1)
    await engine.seal()
    second = (await analyst.ask(HEAD))["ledgerHead"]
    assert (second["number"], second["sealedAt"]) == (2, "2026-03-02T10:00:00Z")
    head = await engine.ledger_head()
    assert second["hash"] == head.hash != first["hash"]
