"""What staff say when they define a currency."""

from enum import StrEnum

import msgspec

from gamification.texts import Text


class CurrencyKind(StrEnum):
    """REDEEMABLE is spendable; QUALIFYING counts toward tiers; XP makes levels; MONEY is cash."""

    REDEEMABLE = "REDEEMABLE"
    QUALIFYING = "QUALIFYING"
    XP = "XP"
    MONEY = "MONEY"


class Shortage(StrEnum):
    """What happens where a refund takes back points that were spent already.

    ALLOW_NEGATIVE: a debt, which the next earnings pay. WRITE_OFF: the programme bears it.
    PREVENT: such a refund is refused.
    """

    ALLOW_NEGATIVE = "ALLOW_NEGATIVE"
    WRITE_OFF = "WRITE_OFF"
    PREVENT = "PREVENT"


class Currency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of points. `main` marks the redeemable currency that screens show first.

    Points become spendable `pending_days` after the earning's event time and expire
    `expires_after_days` after it (both in periods of 24 hours); None never expires.
    """

    key: str
    name: Text
    kind: CurrencyKind = CurrencyKind.REDEEMABLE
    main: bool = False
    pending_days: int = 0
    expires_after_days: int | None = None
    shortage: Shortage = Shortage.ALLOW_NEGATIVE
