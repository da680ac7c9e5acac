"""What definitions have in common: metrics, and translations of their texts."""

import strawberry

from gamification.metrics import Aggregate

CONDITION = (
    "CEL, as in `activity.amount >= 5000 && activity.attributes.size == 'L'`. It may name "
    "activity.kind, .amount (minor units), .currency, .quantity, .channel, .partner, .hour, "
    ".weekday (1 is Monday), .attributes.<name>, member.time_zone, standing.tier and "
    "standing.balance."
)


@strawberry.input(description="What is counted: activities of a kind, or points of a currency.")
class MetricInput:
    kind: str | None = strawberry.field(default=None, description="The activity kind's key.")
    currency: str | None = strawberry.field(
        default=None, description="Instead of a kind: the key of a currency whose earnings count."
    )
    where: str | None = strawberry.field(
        default=None,
        description=f"A condition on the activity. {CONDITION}",
    )
    aggregate: Aggregate | None = strawberry.field(
        default=None,
        description="How single activities become one number; if left out, activities are "
        "counted and points are added up.",
    )
    field: str | None = strawberry.field(
        default=None,
        description="What is summed, told apart or compared: `amount`, `quantity`, `day`, "
        "`channel`, `partner`, `currency` or `attributes.<name>`. SUM and MAX take whole numbers. "
        "Not needed for points.",
    )


@strawberry.input(description="A title and a description in another language.")
class TitleTranslation:
    locale: str = strawberry.field(description="The language (BCP 47).")
    title: str | None = strawberry.field(default=None, description="The title in it.")
    description: str | None = strawberry.field(default=None, description="The description in it.")


@strawberry.input(description="A name and a description in another language.")
class NameTranslation:
    locale: str = strawberry.field(description="The language (BCP 47).")
    name: str | None = strawberry.field(default=None, description="The name in it.")
    description: str | None = strawberry.field(default=None, description="The description in it.")


@strawberry.input(description="A title in another language.")
class OnlyTitleTranslation:
    locale: str = strawberry.field(description="The language (BCP 47).")
    title: str = strawberry.field(description="The title in it.")


@strawberry.input(description="A name in another language.")
class OnlyNameTranslation:
    locale: str = strawberry.field(description="The language (BCP 47).")
    name: str = strawberry.field(description="The name in it.")
