"""What staff say when they define a currency."""

from enum import StrEnum

import msgspec

from gamification.texts import Text
from kit.calendar import Unit
from kit.clock import Instant


class CurrencyKind(StrEnum):
    """REDEEMABLE is spendable; QUALIFYING counts toward tiers; XP makes levels; MONEY is cash."""

    REDEEMABLE = "REDEEMABLE"
    QUALIFYING = "QUALIFYING"
    XP = "XP"
    MONEY = "MONEY"

    @property
    def spendable(self) -> bool:
        """Whether such points can be spent, held and handed over at all."""
        return self in (CurrencyKind.REDEEMABLE, CurrencyKind.MONEY)


class Shortage(StrEnum):
    """What happens where a refund takes back points that were spent already.

    ALLOW_NEGATIVE: a debt, which the next earnings pay. WRITE_OFF: the programme bears it.
    PREVENT: such a refund is refused.
    """

    ALLOW_NEGATIVE = "ALLOW_NEGATIVE"
    WRITE_OFF = "WRITE_OFF"
    PREVENT = "PREVENT"


class ExpiryMode(StrEnum):
    """NEVER; ROLLING: so long after the earning; CALENDAR: on a date; SLIDING: by inactivity."""

    NEVER = "NEVER"
    ROLLING = "ROLLING"
    CALENDAR = "CALENDAR"
    SLIDING = "SLIDING"


class Pending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when points cannot be spent: so many `days`, `until` an instant, or until an `event`.

    The event is an activity of that kind. With `match`, an attribute of it, only one that carries
    the same value there as the earning activity did.
    """

    days: int | None = None
    until: Instant | None = None
    event: str = ""
    match: str = ""


class Expiry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When points expire.

    ROLLING: `count` civil units after the earning, and then on to the end of the unit `round_to`.
    CALENDAR: at the end of the day `month_day` ("12-31") of the year that is `years` after that
    of the earning, or at the instant `at`. SLIDING: all of a member's points, once no activity of
    the `kinds` (empty: of any) has happened for `count` units.
    """

    mode: ExpiryMode
    count: int = 0
    unit: Unit = Unit.DAY
    round_to: Unit | None = None
    month_day: str = ""
    years: int = 0
    at: Instant | None = None
    kinds: tuple[str, ...] = ()


class Cost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What points cost the programme: `minor` units of an ISO 4217 `currency` for `points`."""

    minor: int
    currency: str
    points: int = 1


class Transfers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Members may hand points over: so many at once, and at most so many a day."""

    min: int = 1
    max: int | None = None
    max_per_day: int | None = None


class Currency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of points. `main` marks the redeemable currency that screens show first.

    `pending` and `expiry` say when points can be spent; in short `pending_days` after the
    earning's event time and until `expires_after_days` after it, both in periods of 24 hours.
    Civil units and dates are those of `zone`. `money` is the ISO 4217 currency of a MONEY one.
    Staff adjust by at most `adjustment_max` points; by more than `approval_above` two together.
    """

    key: str
    name: Text
    kind: CurrencyKind = CurrencyKind.REDEEMABLE
    main: bool = False
    pending_days: int = 0
    expires_after_days: int | None = None
    shortage: Shortage = Shortage.ALLOW_NEGATIVE
    pending: Pending | None = None
    expiry: Expiry | None = None
    zone: str = "UTC"
    money: str = ""
    cost: Cost | None = None
    transfers: Transfers | None = None
    approval_above: int | None = None
    adjustment_max: int | None = None
