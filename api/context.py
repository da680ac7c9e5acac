"""What one operation knows while it answers: who asks, in which language, and what was read."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Generic, TypeAlias, TypeVar

import strawberry

from api.auth import NOBODY, Viewer
from api.loaders import Loaders
from gamification import engine, programme, texts
from gamification.badges import Badge, Visibility
from gamification.engine import HonourKind, View
from gamification.programme import Edition, Programme
from gamification.texts import Text
from kit import clock
from kit.clock import Instant
from kit.errors import Unauthenticated
from kit.settings import Settings, settings

T = TypeVar("T")

ACTIVE_DAYS: Final = 90


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom definitions are put into words: the edition in force now, a language, a moment.

    `house` is what the programme is called. `won` are the badges that the reader has; None for
    staff, to whom no badge is hidden.
    """

    programme: Programme
    edition: Edition
    locale: str
    at: Instant
    house: str
    won: frozenset[str] | None

    def say(self, text: Text) -> str:
        """The text in the reader's language."""
        return texts.in_locale(text, self.locale)

    def may_see(self, badge: Badge) -> bool:
        """Whether the badge is not hidden from the reader."""
        return badge.visibility is Visibility.VISIBLE or self.won is None or badge.key in self.won

    def having_won(self, badge: str) -> "Reader":
        """The same reader, who has just won this badge."""
        return self if self.won is None else replace(self, won=self.won | {badge})


class Once(Generic[T]):
    """Something that is found out when it is first asked for, and only once."""

    def __init__(self, find: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._find = find
        self._found: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        # Fields of one answer ask at the same time. Waiting for one task they go on together too,
        # so that what they ask next of a loader still meets in one batch.
        if self._found is None:
            self._found = asyncio.ensure_future(self._find())
        return await self._found


class Context:
    """One operation's context. On a socket each operation gets its own by `renewed`."""

    def __init__(
        self, viewer: Viewer = NOBODY, language: str = "", house: Settings | None = None
    ) -> None:
        self.viewer = viewer
        self.language = language
        self.settings = house or settings()
        self.at = clock.now()
        self.loaders = Loaders()
        # The viewer as a reader of definitions.
        self.reader = Once(self._made_reader)
        # How many members were active lately, and how many hold each step of each badge.
        self.active_members = Once(partial(engine.active_members, ACTIVE_DAYS))
        self.badge_holders = Once(partial(engine.holders, HonourKind.BADGE))

    def renewed(self) -> "Context":
        """A context for the next operation of the same viewer: later, and having read nothing."""
        return Context(self.viewer, self.language, self.settings)

    async def standing(self, member_id: str) -> View:
        """The member's standing now; read once for each operation."""
        return await self.loaders.standing.load(member_id)

    def own_id(self) -> str:
        """The member who asks. Raises `Unauthenticated` for everybody else."""
        if self.viewer.member_id is None:
            raise Unauthenticated
        return self.viewer.member_id

    async def _made_reader(self) -> Reader:
        current = await programme.current()
        edition = current.at(self.at)
        return Reader(
            programme=current,
            edition=edition,
            locale=self.language or await self._spoken(),
            at=self.at,
            house=self.settings.programme_name,
            won=await self._won(edition),
        )

    async def _spoken(self) -> str:
        member_id = self.viewer.member_id
        member = await self.loaders.member.load(member_id) if member_id else None
        return member.locale if member else ""

    async def _won(self, edition: Edition) -> frozenset[str] | None:
        if self.viewer.is_staff:
            return None
        hides = any(one.badge.visibility is Visibility.HIDDEN for one in edition.badges.values())
        member_id = self.viewer.member_id
        if not hides or member_id is None:
            return frozenset()
        if await self.loaders.member.load(member_id) is None:
            return frozenset()
        standing = (await self.standing(member_id)).standing
        return frozenset(key for key, state in standing.badges.items() if state.achieved)


Info: TypeAlias = strawberry.Info[Context, Any]
