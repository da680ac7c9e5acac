"""Answers worth keeping for a while, because they cost much and may be a little old."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from kit import clock, database
from kit.clock import Instant

T = TypeVar("T")


class Remembered(Generic[T]):
    """Keeps an answer for each key, for so many seconds, of one database connection.

    At most `keys` answers are kept; then it begins anew.
    """

    def __init__(self, *, seconds: float, keys: int = 100) -> None:
        self._lifetime = int(seconds * clock.SECOND)
        self._keys = keys
        self._kept: dict[object, tuple[int, Instant, T]] = {}

    async def answer(self, key: object, ask: Callable[[], Awaitable[T]]) -> T:
        """The kept answer, or a fresh one."""
        connection, now = database.connection_number(), clock.now()
        kept = self._kept.get(key)
        if kept is not None and kept[0] == connection and kept[1] <= now < kept[1] + self._lifetime:
            return kept[2]
        answer = await ask()
        if len(self._kept) >= self._keys:
            self._kept.clear()
        self._kept[key] = connection, now, answer
        return answer
