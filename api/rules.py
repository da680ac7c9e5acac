"""Earning rules, as they are defined."""

import strawberry

from api.context import Reader
from api.scalars import DateTime
from gamification import rules
from gamification.programme import DefinitionState


@strawberry.type(description="What an activity earns.")
class EarningRule:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title: what a statement says as the reason.")
    kind: str = strawberry.field(description="The key of the activity kind that it looks at.")
    currency: str = strawberry.field(description="The key of the currency that it grants.")
    condition: str = strawberry.field(description="When it applies (CEL); always where empty.")
    starts_at: DateTime | None = strawberry.field(description="From when on it applies.")
    ends_at: DateTime | None = strawberry.field(description="The first moment after it.")
    version: int = strawberry.field(description="Which version of the definition this is.")
    state: DefinitionState = strawberry.field(description="Whether this version is in force.")

    @classmethod
    def of(
        cls, rule: rules.EarningRule, version: int, state: DefinitionState, reader: Reader
    ) -> "EarningRule":
        """The rule in the reader's words."""
        return cls(
            key=rule.key,
            title=reader.say(rule.title),
            kind=rule.kind,
            currency=rule.currency,
            condition=rule.condition,
            starts_at=None if rule.starts_at is None else DateTime(rule.starts_at),
            ends_at=None if rule.ends_at is None else DateTime(rule.ends_at),
            version=version,
            state=state,
        )
