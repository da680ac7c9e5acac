"""When points that are earned but cannot be spent yet become spendable. Pure."""

from gamification.ledger.lot import NEVER
from gamification.ledger.wallet import Wallet
from kit.clock import Instant


def ripening_next(wallet: Wallet, at: Instant) -> tuple[int, Instant] | None:
    """How many points become spendable next, and when; None where nothing does by time alone."""
    if not wallet.pending(at):
        return None
    ahead = [lot.available_at for lot in wallet.lots if at < lot.available_at < NEVER]
    if not ahead:
        return None
    soonest = min(ahead)
    return sum(lot.points for lot in wallet.lots if lot.available_at == soonest), soonest
