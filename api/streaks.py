"""Streaks: civil periods in a row, and a member's run of them."""

import strawberry

from api.context import Reader
from api.scalars import BigInt, DateTime
from gamification import streaks
from gamification.engine import Standing
from gamification.programme import DefinitionState
from gamification.streaks import CompiledStreak, StreakState
from kit import calendar
from kit.calendar import Period


@strawberry.type(description="Periods in a row in each of which something is done.")
class Streak:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    period: Period = strawberry.field(description="What its length counts.")
    goal: BigInt = strawberry.field(description="What it takes for a period to count.")
    version: int = strawberry.field(description="Which version of the definition this is.")
    state: DefinitionState = strawberry.field(description="Whether this version is in force.")

    @classmethod
    def of(
        cls,
        streak: streaks.Streak,
        version: int,
        reader: Reader,
        state: DefinitionState = DefinitionState.PUBLISHED,
    ) -> "Streak":
        """The streak in the reader's words."""
        return cls(
            key=streak.key,
            name=reader.say(streak.name),
            period=streak.period,
            goal=BigInt(streak.goal),
            version=version,
            state=state,
        )


@strawberry.type(description="A member's run of a streak, in the member's own time zone.")
class StreakProgress:
    streak: Streak = strawberry.field(description="The streak.")
    length: int = strawberry.field(description="How many periods the run is long now.")
    longest: int = strawberry.field(description="How many the longest ever was.")
    started_at: DateTime | None = strawberry.field(description="When the run began.")
    at_risk_at: DateTime | None = strawberry.field(
        description="When the run is over unless another period counts (or a freeze is used)."
    )
    freezes_left: int = strawberry.field(description="How many missed periods it would survive.")
    counted_now: bool = strawberry.field(description="Whether the present period counts already.")

    @classmethod
    def of(
        cls, compiled: CompiledStreak, state: StreakState, zone: str, reader: Reader
    ) -> "StreakProgress":
        """The streak with the member's run; `zone` is the member's."""
        streak = compiled.streak
        present = calendar.index_of(
            reader.at, period=streak.period, zone=zone, day_starts_at=streak.day_starts_at
        )
        return cls(
            streak=Streak.of(streak, compiled.version, reader),
            length=state.length,
            longest=state.longest,
            started_at=None if state.started_at is None else DateTime(state.started_at),
            at_risk_at=None if state.breaks_at is None else DateTime(state.breaks_at),
            freezes_left=streaks.freezes_left(state, streak),
            counted_now=state.length > 0 and state.last is not None and state.last >= present,
        )


def of_member(standing: Standing, zone: str, reader: Reader) -> list[StreakProgress]:
    """The member's streaks, by key; there are as many as staff have defined."""
    return [
        StreakProgress.of(compiled, standing.streaks.get(key, StreakState()), zone, reader)
        for key, compiled in sorted(reader.edition.streaks.items())
    ]
