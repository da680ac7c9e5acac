"""Defining leaderboards."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import MetricInput, OnlyTitleTranslation
from api.errors import Denied, InvalidInput
from api.leaderboards import Leaderboard
from api.programme import Definition
from gamification.leaderboards import BoardPeriod, RankStyle
from gamification.programme import DefinitionKind


@strawberry.input(description="Members by score.")
class DefineLeaderboardInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    title: str = strawberry.field(description="Its title.")
    metric: MetricInput = strawberry.field(description="The score: a count, a sum or a maximum.")
    period: BoardPeriod = strawberry.field(
        default=BoardPeriod.ALL_TIME, description="How long a score counts."
    )
    zone: str = strawberry.field(default="UTC", description="The IANA zone of its periods.")
    rank_style: RankStyle = strawberry.field(
        default=RankStyle.ORDINAL, description="How equal scores are ranked."
    )
    translations: list[OnlyTitleTranslation] = strawberry.field(
        default_factory=list, description="Its title in other languages."
    )


@strawberry.type(description="The leaderboard is drafted.")
class DefineLeaderboardPayload:
    leaderboard: Leaderboard = strawberry.field(description="The leaderboard.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineLeaderboardResult: TypeAlias = Annotated[
    DefineLeaderboardPayload | InvalidInput | Denied,
    strawberry.union("DefineLeaderboardResult", description="A leaderboard drafted, or why not."),
]


@strawberry.type
class LeaderboardMutations:
    @strawberry.mutation(description="Draft a leaderboard.")
    async def define_leaderboard(
        self,
        info: Info,
        input: Annotated[
            DefineLeaderboardInput, strawberry.argument(description="The leaderboard.")
        ],
    ) -> DefineLeaderboardResult:
        made = await draft(info, DefinitionKind.LEADERBOARD, input)
        board = Leaderboard.of(
            made.body, made.version, await info.context.reader(), state=made.state
        )
        return DefineLeaderboardPayload(leaderboard=board, definition=Definition.of(made))
