"""Earning rules, as they are defined."""

import strawberry

from api.context import Reader
from api.scalars import BigInt, DateTime
from gamification import rules
from gamification.journal import Channel
from gamification.programme import DefinitionState
from gamification.rules import CapMode, Rounding, Stacking
from kit.calendar import Period


@strawberry.type(description="How many points a rule grants: points, or a percentage.")
class RuleEarn:
    points: BigInt = strawberry.field(description="How many; 0 where it is a percentage.")
    per: BigInt | None = strawberry.field(
        description="For each whole so much of the field `of`; null where once an activity."
    )
    of: str | None = strawberry.field(
        description="`amount` (minor units), `quantity` or `attributes.<name>`."
    )
    percent: str | None = strawberry.field(description="How much of the field `of`, in percent.")


@strawberry.type(description="Some hours of some days of every week.")
class RuleHours:
    weekdays: list[int] = strawberry.field(
        description="The days on which they begin, 1 is Monday; every day where empty."
    )
    from_: str = strawberry.field(name="from", description="When they begin, as in `14:00`.")
    until: str = strawberry.field(
        description="The first minute after them; on the next day where that is not later."
    )
    zone: str | None = strawberry.field(
        description="Whose clock tells (IANA); that of the member where null."
    )


@strawberry.type(description="At most so many points from a rule, or on a balance.")
class RuleCap:
    points: BigInt = strawberry.field(description="How many.")
    per: Period | None = strawberry.field(
        description="In each of a member's periods; for each activity where null."
    )
    mode: CapMode = strawberry.field(description="What happens to points that go over it.")
    balance: bool = strawberry.field(
        description="Whether it limits all that the member has of the currency instead."
    )


@strawberry.type(description="At most so many points from a rule, for all members together.")
class RuleBudget:
    points: BigInt = strawberry.field(description="How many, ever.")
    mode: CapMode = strawberry.field(description="What happens to points that go over it.")


@strawberry.type(description="What an activity earns.")
class EarningRule:
    key: str = strawberry.field(description="Its key.")
    title: str = strawberry.field(description="Its title: what a statement says as the reason.")
    kind: str = strawberry.field(description="The key of the activity kind that it looks at.")
    currency: str = strawberry.field(description="The key of the currency that it grants.")
    earn: RuleEarn | None = strawberry.field(
        description="The points that it grants; null where it multiplies those of others."
    )
    multiplier: str | None = strawberry.field(
        description="The decimal by which it multiplies what others grant; null where it does not."
    )
    stacking: Stacking = strawberry.field(description="How the multipliers of it go together.")
    rounding: Rounding = strawberry.field(description="How a fraction of a point is rounded.")
    condition: str = strawberry.field(description="When it applies (CEL); always where empty.")
    starts_at: DateTime | None = strawberry.field(description="From when on it applies.")
    ends_at: DateTime | None = strawberry.field(description="The first moment after it.")
    hours: list[RuleHours] = strawberry.field(
        description="The hours in which it applies; at any where empty."
    )
    channels: list[Channel] = strawberry.field(
        description="The touchpoints at which it applies; any where empty."
    )
    partners: list[str] = strawberry.field(
        description="The partners at which it applies; any, or none, where empty."
    )
    tiers: list[str] = strawberry.field(
        description="The keys of the tiers to whose members it applies; to all where empty."
    )
    caps: list[RuleCap] = strawberry.field(description="Its limits.")
    budget: RuleBudget | None = strawberry.field(
        description="What all members together can have of it; null where that has no limit."
    )
    funded_by: str | None = strawberry.field(
        description="Who pays: `partner` (the activity's own), or the account of one partner, "
        "campaign or pool; the programme where null."
    )
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
            earn=None if rule.earn is None else _earn(rule.earn),
            multiplier=rule.multiplier or None,
            stacking=rule.stacking,
            rounding=rule.rounding,
            condition=rule.condition,
            starts_at=None if rule.starts_at is None else DateTime(rule.starts_at),
            ends_at=None if rule.ends_at is None else DateTime(rule.ends_at),
            hours=[_hours(one) for one in rule.hours],
            channels=list(rule.channels),
            partners=list(rule.partners),
            tiers=list(rule.tiers),
            caps=[_cap(one) for one in rule.caps],
            budget=None if rule.budget is None else _budget(rule.budget),
            funded_by=rule.funded_by or None,
            version=version,
            state=state,
        )


def _earn(earn: rules.Earn) -> RuleEarn:
    return RuleEarn(
        points=BigInt(earn.points),
        per=BigInt(earn.per) if earn.per else None,
        of=earn.of or None,
        percent=earn.percent or None,
    )


def _hours(hours: rules.Hours) -> RuleHours:
    return RuleHours(
        weekdays=list(hours.weekdays),
        from_=hours.from_,
        until=hours.until,
        zone=hours.zone or None,
    )


def _cap(cap: rules.Cap) -> RuleCap:
    return RuleCap(points=BigInt(cap.points), per=cap.per, mode=cap.mode, balance=cap.balance)


def _budget(budget: rules.Budget) -> RuleBudget:
    return RuleBudget(points=BigInt(budget.points), mode=budget.mode)
