"""What time alone does to a standing. Pure."""

from gamification import streaks, tiers
from gamification.engine.scene import Scene, honour_tier
from gamification.engine.standing import Standing
from gamification.ledger import BREAKAGE, MEMBER, NEVER, EntryKind, Posting
from kit.clock import Instant


def expire(scene: Scene) -> None:
    """Lots whose expiry has come are gone."""
    for currency in sorted(scene.standing.wallets):
        wallet = scene.standing.wallets[currency]
        for lot in wallet.expire(scene.at):
            scene.effects.postings.append(
                Posting(
                    key=f"expire:{lot.key}",
                    currency=currency,
                    kind=EntryKind.EXPIRE,
                    amount=lot.points,
                    debit=MEMBER,
                    credit=BREAKAGE,
                    subject="expiry",
                    at=scene.at,
                    lots=((lot.key, lot.points),),
                )
            )


def lapse(scene: Scene) -> None:
    """Streaks whose next period ended without counting take a freeze or break."""
    for key, state in scene.standing.streaks.items():
        if state.breaks_at is None or state.breaks_at > scene.at:
            continue
        compiled = scene.edition.streaks.get(key)
        if compiled is None:
            state.breaks_at = None
        else:
            streaks.lapse(state, compiled.streak, scene.zone)


def slip(scene: Scene) -> None:
    """What is older than a rolling period no longer counts toward the tier."""
    compiled = scene.edition.tier_set
    for key, state in scene.standing.tiers.items():
        leaves_at = tiers.next_slip(state)
        if leaves_at is None or leaves_at > scene.at:
            continue
        if compiled is None or compiled.tier_set.key != key:
            state.parts = []
            continue
        before = state.level
        if tiers.slip(state, compiled, scene.at):
            honour_tier(scene, compiled, before, state.level)


def next_due(standing: Standing) -> Instant:
    """When something will happen by itself next; `NEVER` where nothing will."""
    due = NEVER
    for wallet in standing.wallets.values():
        if wallet.lots:
            due = min(due, wallet.next_due())
    for hold in standing.holds.values():
        due = min(due, hold.release_at)
    for streak in standing.streaks.values():
        if streak.breaks_at is not None:
            due = min(due, streak.breaks_at)
    for tier in standing.tiers.values():
        if tier.parts:
            due = min(due, tier.parts[0][0])
    return due
