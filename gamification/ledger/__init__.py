"""The ledger: points as money, in double entry, by lots that expire."""

from gamification.ledger.definition import Currency, CurrencyKind
from gamification.ledger.models import (
    BREAKAGE,
    HELD,
    ISSUANCE,
    LEDGER,
    MEMBER,
    REDEMPTION,
    EntryKind,
)
from gamification.ledger.posting import Posting, signed
from gamification.ledger.statement import Line, account_total, account_totals, statement
from gamification.ledger.wallet import NEVER, Lot, Share, Wallet

__all__ = [
    "BREAKAGE",
    "HELD",
    "ISSUANCE",
    "LEDGER",
    "MEMBER",
    "NEVER",
    "REDEMPTION",
    "Currency",
    "CurrencyKind",
    "EntryKind",
    "Line",
    "Lot",
    "Posting",
    "Share",
    "Wallet",
    "account_total",
    "account_totals",
    "signed",
    "statement",
]
