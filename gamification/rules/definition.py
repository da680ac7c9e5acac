"""What staff say when they define an earning rule."""

import msgspec

from gamification.texts import Text
from kit.calendar import Period
from kit.clock import Instant


class Earn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many points: `points` once, or `points` for each whole `per` of the field `of`.

    `of` is `amount` (minor units), `quantity` or `attributes.<name>`; one point for each whole
    dollar is `{points: 1, per: 100, of: amount}`.
    """

    points: int
    per: int = 0
    of: str = ""


class Cap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At most so many points from this rule, a member and period (or an activity).

    What is over the cap is not granted; the rest is (`REDUCE`). Periods are civil, in the
    member's time zone.
    """

    points: int
    per: Period | None = None


class EarningRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Activity kind → condition → points.

    A rule with `earn` grants points. A rule with `multiplier` (a decimal such as `"2"` or `"1.5"`)
    multiplies what the other rules of its currency grant for the same activity; several multiply
    each other. `starts_at` and `ends_at` bound the event time, the end excluded.
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
