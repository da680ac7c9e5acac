"""The ledger: points as money, in double entry, by lots that expire."""

from gamification.ledger.breakage import Breakage, Cohort, Cohorts
from gamification.ledger.clawbacks import taken_back
from gamification.ledger.definition import (
    Cost,
    Currency,
    CurrencyKind,
    Expiry,
    ExpiryMode,
    Pending,
    Shortage,
    Transfers,
)
from gamification.ledger.liability import Aged, Aging, Liability
from gamification.ledger.lot import NEVER, SLIDING, Lot, Share
from gamification.ledger.models import (
    ADJUSTMENT,
    BREAKAGE,
    HELD,
    ISSUANCE,
    LEDGER,
    MEMBER,
    REDEMPTION,
    TRANSFER,
    WRITE_OFF,
    EntryKind,
    is_payee,
)
from gamification.ledger.posting import Posting, signed
from gamification.ledger.ripening import ripening_next
from gamification.ledger.statement import (
    Line,
    Origin,
    account_total,
    account_totals,
    origins_of,
    statement,
)
from gamification.ledger.terms import Terms, awaited, slid, terms_of
from gamification.ledger.wallet import Wallet

__all__ = [
    "ADJUSTMENT",
    "BREAKAGE",
    "HELD",
    "ISSUANCE",
    "LEDGER",
    "MEMBER",
    "NEVER",
    "REDEMPTION",
    "SLIDING",
    "TRANSFER",
    "WRITE_OFF",
    "Aged",
    "Aging",
    "Breakage",
    "Cohort",
    "Cohorts",
    "Cost",
    "Currency",
    "CurrencyKind",
    "EntryKind",
    "Expiry",
    "ExpiryMode",
    "Liability",
    "Line",
    "Lot",
    "Origin",
    "Pending",
    "Posting",
    "Share",
    "Shortage",
    "Terms",
    "Transfers",
    "Wallet",
    "account_total",
    "account_totals",
    "awaited",
    "is_payee",
    "origins_of",
    "ripening_next",
    "signed",
    "slid",
    "statement",
    "taken_back",
    "terms_of",
]
