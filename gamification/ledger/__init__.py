"""The ledger: points as money, in double entry, by lots that expire."""

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
)
from gamification.ledger.posting import Posting, signed
from gamification.ledger.statement import Line, account_total, account_totals, statement
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
    "Cost",
    "Currency",
    "CurrencyKind",
    "EntryKind",
    "Expiry",
    "ExpiryMode",
    "Line",
    "Lot",
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
    "signed",
    "slid",
    "statement",
    "terms_of",
]
