"""How far something is: one shape for badges, challenges and tiers."""

import strawberry

from api.scalars import BigInt


@strawberry.type(description="How far something is on the way to its goal.")
class Progress:
    value: BigInt = strawberry.field(description="What has been reached.")
    goal: BigInt = strawberry.field(description="What it takes.")
    needed: BigInt = strawberry.field(description="How much is still missing; never below 0.")
    percent: float = strawberry.field(description="The value in per cent of the goal, at most 100.")

    @classmethod
    def of(cls, value: int, goal: int) -> "Progress":
        """The progress of a value toward a goal."""
        reached = 100.0 if value >= goal else max(0.0, round(100 * value / goal, 2))
        return cls(
            value=BigInt(value),
            goal=BigInt(goal),
            needed=BigInt(max(0, goal - value)),
            percent=reached,
        )
