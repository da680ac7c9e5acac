"""A metric says which happenings count, and for how much."""

from enum import StrEnum

import msgspec

from gamification.conditions import Activation, Condition
from gamification.journal import AttributeValue
from kit.clock import Instant


class Aggregate(StrEnum):
    """How the values of single happenings become one number."""

    COUNT = "COUNT"
    SUM = "SUM"
    DISTINCT = "DISTINCT"
    MAX = "MAX"


class Metric(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is counted: activities of a `kind`, or points earned in a `currency`.

    `field` is what SUM, DISTINCT and MAX look at: `amount` (minor units), `quantity`, `day` (the
    member's local day), `channel`, `partner`, `currency` or `attributes.<name>`. `where` is a CEL
    condition on the activity.
    """

    kind: str = ""
    currency: str = ""
    where: str = ""
    aggregate: Aggregate = Aggregate.COUNT
    field: str = ""

    @property
    def identity(self) -> str:
        """Two metrics of one identity count the same."""
        return "|".join((self.kind, self.currency, self.aggregate, self.looks_at, self.where))

    @property
    def looks_at(self) -> str:
        """The field; of points earned there is nothing but the amount to look at."""
        if self.currency and self.aggregate is not Aggregate.COUNT:
            return self.field or "amount"
        return self.field


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that metrics can count: an activity of a `kind`, or points `earned` in a currency.

    `amount` is then in minor units of `currency`, or in points.
    """

    at: Instant
    kind: str = ""
    earned: str = ""
    day: str = ""
    amount: int = 0
    quantity: int = 0
    currency: str = ""
    channel: str = ""
    partner: str = ""
    attributes: dict[str, AttributeValue] = {}
    activation: Activation = {}


class CompiledMetric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric with its condition ready to run."""

    metric: Metric
    condition: Condition | None
    identity: str

    def value(self, happening: Happening) -> AttributeValue | None:
        """What the happening adds to the metric; None where it does not count at all."""
        metric = self.metric
        if metric.kind != happening.kind or metric.currency != happening.earned:
            return None
        if self.condition is not None and not self.condition.matches(happening.activation):
            return None
        if metric.aggregate is Aggregate.COUNT:
            return 1
        value = _field(happening, metric.looks_at)
        if metric.aggregate is Aggregate.DISTINCT:
            # What an activity is silent about is no value of its own.
            return None if value == "" else value
        # An attribute may have been of another type when the activity was recorded.
        return value if isinstance(value, int) else None


def _field(happening: Happening, field: str) -> AttributeValue | None:
    if field.startswith("attributes."):
        return happening.attributes.get(field.removeprefix("attributes."))
    value: AttributeValue = getattr(happening, field)
    return value
