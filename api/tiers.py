"""Tiers: the ladder, and where on it a member stands."""

from typing import Final

import strawberry

from api.context import Reader
from api.progress import Progress
from api.scalars import BigInt, DateTime
from gamification import tiers
from gamification.programme import DefinitionState
from gamification.tiers import CompiledTierSet, TierState
from kit import clock

AT_RISK_DAYS: Final = 30


@strawberry.type(description="What a tier brings.")
class Benefit:
    name: str = strawberry.field(description="The benefit in words.")


@strawberry.type(description="One level of a ladder.")
class Tier:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    rank: int = strawberry.field(description="Its place on the ladder; the lowest is 1.")
    threshold: BigInt = strawberry.field(description="The value that it takes to be here.")
    benefits: list[Benefit] = strawberry.field(description="What it brings.")

    @classmethod
    def of(cls, tier_set: tiers.TierSet, index: int, reader: Reader) -> "Tier":
        """The level of that index."""
        level = tier_set.levels[index]
        return cls(
            key=level.key,
            name=reader.say(level.name),
            rank=index + 1,
            threshold=BigInt(level.threshold),
            benefits=[Benefit(name=reader.say(benefit.name)) for benefit in level.benefits],
        )


@strawberry.type(description="A ladder of tiers, as it is defined.")
class TierSet:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    levels: list[Tier] = strawberry.field(description="Its tiers, lowest first.")
    rolling_days: int | None = strawberry.field(
        description="Over how many days its value is counted; a lifetime where null."
    )
    version: int = strawberry.field(description="Which version of the definition this is.")
    state: DefinitionState = strawberry.field(description="Whether this version is in force.")

    @classmethod
    def of(
        cls, tier_set: tiers.TierSet, version: int, state: DefinitionState, reader: Reader
    ) -> "TierSet":
        """The ladder in the reader's words."""
        return cls(
            key=tier_set.key,
            name=reader.say(tier_set.name),
            levels=[Tier.of(tier_set, index, reader) for index in range(len(tier_set.levels))],
            rolling_days=tier_set.rolling_days,
            version=version,
            state=state,
        )


@strawberry.type(description="Where a member stands on the ladder.")
class TierProgress:
    current: Tier = strawberry.field(description="The member's tier.")
    next: Tier | None = strawberry.field(description="The tier above it; null at the top.")
    progress: Progress = strawberry.field(
        description="The way to the next tier; at the top, what it takes to be there."
    )
    qualified_until: DateTime | None = strawberry.field(
        description="When the tier is lost if nothing more happens; null where it never is."
    )
    at_risk: bool = strawberry.field(description="Whether that is within 30 days.")

    @classmethod
    def of(cls, compiled: CompiledTierSet, state: TierState, reader: Reader) -> "TierProgress":
        """Where a state stands."""
        ladder = compiled.tier_set
        top = len(ladder.levels) - 1
        level = min(state.level, top)
        above = min(level + 1, top)
        until = tiers.qualified_until(state, ladder)
        return cls(
            current=Tier.of(ladder, level, reader),
            next=Tier.of(ladder, above, reader) if above > level else None,
            progress=Progress.of(state.value, ladder.levels[above].threshold),
            qualified_until=None if until is None else DateTime(until),
            at_risk=until is not None and until - reader.at <= AT_RISK_DAYS * clock.DAY,
        )
