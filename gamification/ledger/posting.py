"""A posting: an amount that moves from one account to another, as the fold asks for it."""

import msgspec

from gamification.ledger.lot import NEVER, Share
from gamification.ledger.models import MEMBER, EntryKind
from kit.clock import Instant


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """`amount` points from `debit` to `credit`; `key` names what it is about, once for ever.

    `subject` says why (`rule:per-dollar@1`). `cause` is the source of the entry behind it, empty
    where time alone was. `lots` are the lots that a debit used.
    """

    key: str
    currency: str
    kind: EntryKind
    amount: int
    debit: str
    credit: str
    subject: str
    at: Instant
    available_at: Instant = 0
    expires_at: Instant = NEVER
    lots: tuple[Share, ...] = ()
    cause: str = ""

    @property
    def signed(self) -> int:
        """The amount as the member's spendable account sees it."""
        return signed(self.amount, debit=self.debit, credit=self.credit)


def signed(amount: int, *, debit: str, credit: str) -> int:
    """Plus for what the member's spendable account receives, minus for what it pays."""
    if credit == MEMBER:
        return amount
    return -amount if debit == MEMBER else 0
