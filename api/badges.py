"""Badges: what there is to win, and what a member has won."""

import hashlib
from enum import Enum
from typing import Annotated, Final

import strawberry

from api import locales, paging
from api.context import Info, Reader
from api.paging import After, Connection, First
from api.progress import Progress
from api.scalars import BigInt, DateTime
from gamification import badges
from gamification.badges import BadgeState, CompiledBadge
from gamification.engine import Standing
from gamification.programme import DefinitionState

POPULATION_MIN: Final = 20
_SECRET: Final = {"en": "A secret badge", "id": "Lencana rahasia"}


@strawberry.enum(description="Which of the badges that there are to win.")
class BadgeFilter(Enum):
    EARNED = strawberry.enum_value("EARNED", description="Those that the member has won.")
    LOCKED = strawberry.enum_value("LOCKED", description="Those still to be won.")
    ALL = strawberry.enum_value("ALL", description="All of them.")


@strawberry.type(description="One step of a badge that is won step by step.")
class BadgeLevel:
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    goal: BigInt = strawberry.field(description="What it takes.")


@strawberry.type(description="An achievement. Hidden ones show nothing until they are won.")
class Badge:
    key: str = strawberry.field(description="Its key; of a badge still hidden, a stand-in.")
    name: str = strawberry.field(description="Its name, in the viewer's language.")
    description: str | None = strawberry.field(description="What it is for.")
    icon_url: str | None = strawberry.field(description="Its picture.")
    hidden: bool = strawberry.field(description="Whether it is a surprise to the viewer still.")
    levels: list[BadgeLevel] = strawberry.field(
        description="Its steps, lowest first; none where it is won at once."
    )
    version: int = strawberry.field(description="Which version of the definition this is.")
    state: DefinitionState = strawberry.field(description="Whether this version is in force.")
    first_level: strawberry.Private[str | None]

    @strawberry.field(
        description="Its holders as a share (0 to 1) of `rarityAmong`; null where those are few."
    )
    async def rarity(self, info: Info) -> float | None:
        among = await info.context.active_members()
        if self.first_level is None or among < POPULATION_MIN:
            return None
        holders = (await info.context.badge_holders()).get((self.key, self.first_level), 0)
        return round(min(1.0, holders / among), 4)

    @strawberry.field(
        description="How many members were active in the last 90 days: `rarity` is a share of them."
    )
    async def rarity_among(self, info: Info) -> BigInt:
        return BigInt(await info.context.active_members())

    @classmethod
    def of(
        cls, badge: badges.Badge, version: int, reader: Reader, state: DefinitionState | None = None
    ) -> "Badge":
        """The badge as the reader may see it."""
        if not reader.may_see(badge):
            return cls._hidden(badge, reader)
        return cls(
            key=badge.key,
            name=reader.say(badge.name),
            description=reader.say(badge.description) or None,
            icon_url=badge.icon_url or None,
            hidden=False,
            levels=[
                BadgeLevel(key=level.key, name=reader.say(level.name), goal=BigInt(level.goal))
                for level in badge.levels
            ],
            version=version,
            state=state or DefinitionState.PUBLISHED,
            first_level=badge.steps[0][0],
        )

    @classmethod
    def _hidden(cls, badge: badges.Badge, reader: Reader) -> "Badge":
        # The key would tell what it is, and lists need one: so it is given another.
        stand_in = hashlib.blake2b(badge.key.encode(), digest_size=6).hexdigest()
        language = locales.language(reader.locale)
        return cls(
            key=f"hidden-{stand_in}",
            name=_SECRET.get(language, _SECRET[locales.DEFAULT]),
            description=None,
            icon_url=None,
            hidden=True,
            levels=[],
            version=1,
            state=DefinitionState.PUBLISHED,
            first_level=None,
        )


@strawberry.type(description="A badge, and how far a member is with it.")
class MemberBadge:
    badge: Badge = strawberry.field(description="The badge.")
    level: str | None = strawberry.field(description="The key of the highest step won.")
    awarded_at: DateTime | None = strawberry.field(
        description="When that step was achieved; null while the badge is locked."
    )
    progress: Progress | None = strawberry.field(
        description="The way to the next step; null where nothing is counted, or all is secret."
    )

    @classmethod
    def of(cls, compiled: CompiledBadge, state: BadgeState, reader: Reader) -> "MemberBadge":
        """The badge with the member's state of it."""
        badge = compiled.badge
        won = [level for level, _ in badge.steps if level in state.achieved]
        counted = compiled.metric is not None and reader.may_see(badge)
        return cls(
            badge=Badge.of(badge, compiled.version, reader),
            level=won[-1] if won and won[-1] else None,
            awarded_at=DateTime(state.achieved[won[-1]]) if won else None,
            progress=Progress.of(state.counter.value, badges.next_goal(state, badge))
            if counted
            else None,
        )


def of_member(standing: Standing, reader: Reader, which: BadgeFilter) -> list[MemberBadge]:
    """The member's badges of that sort, by key."""
    chosen = (
        (compiled, standing.badges.get(key, BadgeState()))
        for key, compiled in reader.edition.badges.items()
    )
    told = [
        MemberBadge.of(compiled, state, reader)
        for compiled, state in chosen
        if which is BadgeFilter.ALL or bool(state.achieved) == (which is BadgeFilter.EARNED)
    ]
    return sorted(told, key=lambda one: one.badge.key)


def in_force(reader: Reader) -> list[Badge]:
    """All badges that there are to win, by key."""
    told = (
        Badge.of(compiled.badge, compiled.version, reader)
        for compiled in reader.edition.badges.values()
    )
    return sorted(told, key=lambda badge: badge.key)


@strawberry.type
class BadgeQueries:
    @strawberry.field(description="The badges that there are to win, by key.")
    async def badges(
        self, info: Info, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[Badge]:
        found = in_force(await info.context.reader())
        return Connection.of(
            paging.of_sorted(found, key=lambda badge: badge.key, first=first, after=after)
        )

    @strawberry.field(description="One badge; null where there is none that the viewer may see.")
    async def badge(
        self, info: Info, key: Annotated[str, strawberry.argument(description="Its key.")]
    ) -> Badge | None:
        reader = await info.context.reader()
        compiled = reader.edition.badges.get(key)
        if compiled is None or not reader.may_see(compiled.badge):
            return None
        return Badge.of(compiled.badge, compiled.version, reader)
