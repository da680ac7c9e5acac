"""What comes into a wallet, on the terms of its currency. Pure."""

from gamification.engine.scene import Scene
from gamification.journal import Entry
from gamification.ledger import NEVER, SLIDING, Lot, Posting, Terms, awaited, slid, terms_of
from gamification.programme import Plan


def waken(scene: Scene, plan: Plan, entry: Entry) -> None:
    """The activity itself: what awaited it can be spent, and what slides lasts longer."""
    for currency, match in plan.unlocks:
        wallet = scene.standing.wallets.get(currency)
        if wallet is not None:
            wallet.unlock(entry.kind, scene.at)
            wallet.unlock(awaited(entry.kind, match, entry.facts.attributes), scene.at)
    for sliding in plan.slides:
        wallet = scene.standing.wallets.get(sliding.key)
        if wallet is not None and wallet.slides_until is not None:
            wallet.slide(slid(sliding, scene.at), scene.at)


def terms(scene: Scene, currency: str) -> Terms:
    """On what terms points of that currency come in now; what slides does so with the others."""
    definition = scene.edition.currencies.get(currency)
    if definition is None:
        return Terms(scene.at, NEVER)
    found = terms_of(definition, scene.at)
    if found.awaits and definition.pending is not None:
        match = definition.pending.match
        found = found._replace(awaits=awaited(found.awaits, match, scene.attributes))
    if found.slides:
        wallet = scene.standing.wallet(currency)
        found = found._replace(expires_at=wallet.begin_to_slide(found.expires_at, scene.at))
    return found


def deposit(scene: Scene, posting: Posting, on: Terms) -> None:
    """Put in what a posting brings."""
    expires_at = SLIDING if on.slides else on.expires_at
    lot = Lot(expires_at, posting.at, posting.key, posting.amount, on.available_at, on.awaits)
    scene.standing.wallet(posting.currency).deposit(lot)
    scene.effects.postings.append(posting)
