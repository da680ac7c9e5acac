"""What staff say when they define an earning rule."""

from enum import StrEnum

import msgspec

from gamification.journal import Channel
from gamification.texts import Text
from kit.calendar import Period
from kit.clock import Instant


class Stacking(StrEnum):
    """How several multipliers become one: their product, 1 and all they add to it, the greatest."""

    MULTIPLICATIVE = "MULTIPLICATIVE"
    ADDITIVE = "ADDITIVE"
    HIGHEST = "HIGHEST"


class Rounding(StrEnum):
    """How a fraction of a point becomes whole points."""

    DOWN = "DOWN"
    UP = "UP"
    HALF_EVEN = "HALF_EVEN"


class CapMode(StrEnum):
    """What a cap or budget does with points that go over it: grant what still fits, or nothing."""

    REDUCE = "REDUCE"
    REJECT = "REJECT"


class Earn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many points: `points` once, `points` for each whole `per` of `of`, or a `percent` of it.

    `of` is `amount` (minor units), `quantity` or `attributes.<name>`; one point for each whole
    dollar is `{points: 1, per: 100, of: amount}`. A percentage is a decimal such as `"2.5"`; into
    a currency that is money it takes activities in just that money.
    """

    points: int = 0
    per: int = 0
    of: str = ""
    percent: str = ""


class Cap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many points from this rule, for a member and civil period (or an activity).

    With `balance` it is no limit on the rule, but on all that the member has of the currency once
    this is granted. Periods are civil, in the member's time zone.
    """

    points: int
    per: Period | None = None
    mode: CapMode = CapMode.REDUCE
    balance: bool = False


class Budget(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many points from this rule, for all members together and ever."""

    points: int
    mode: CapMode = CapMode.REDUCE


class Hours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Some hours of some days of every week (1 is Monday; empty is every day), as the clock shows.

    `from` belongs to them and `until` does not; hours that end no later than they begin end on the
    day after. The clock is the member's, or that of `zone`.
    """

    weekdays: tuple[int, ...] = ()
    from_: str = msgspec.field(default="00:00", name="from")
    until: str = "24:00"
    zone: str = ""


class EarningRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Activity kind → condition → points.

    A rule with `earn` grants points. A rule with `multiplier` (a decimal such as `"2"` or `"1.5"`)
    multiplies what the other rules of its currency grant for the same activity; how several go
    together, the granting rule's `stacking` says. `starts_at` and `ends_at` bound the event time,
    the end excluded. `hours`, `channels`, `partners` and `tiers` narrow it down; empty is any.
    `funded_by` is who pays: nobody but the programme, `partner` (the activity's own), or
    `partner:<key>`, `campaign:<key>`, `pool:<key>`.
    """

    key: str
    title: Text
    kind: str
    currency: str
    earn: Earn | None = None
    multiplier: str = ""
    condition: str = ""
    starts_at: Instant | None = None
    ends_at: Instant | None = None
    caps: tuple[Cap, ...] = ()
    stacking: Stacking = Stacking.MULTIPLICATIVE
    rounding: Rounding = Rounding.DOWN
    hours: tuple[Hours, ...] = ()
    channels: tuple[Channel, ...] = ()
    partners: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    budget: Budget | None = None
    funded_by: str = ""
