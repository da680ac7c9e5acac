"""The ledger: points as money, in double entry, by lots that expire."""

from gamification.ledger.definition import Currency, CurrencyKind, Shortage
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
from gamification.ledger.wallet import NEVER, Lot, Share, Wallet

__all__ = [
    "ADJUSTMENT",
    "BREAKAGE",
    "HELD",
    "ISSUANCE",
    "LEDGER",
    "MEMBER",
    "NEVER",
    "REDEMPTION",
    "TRANSFER",
    "WRITE_OFF",
    "Currency",
    "CurrencyKind",
    "EntryKind",
    "Line",
    "Lot",
    "Posting",
    "Share",
    "Shortage",
    "Wallet",
    "account_total",
    "account_totals",
    "signed",
    "statement",
]
