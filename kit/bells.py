"""Bells say that there is something new to look at, and never what it is.

What is new stands in the database, and whoever listens looks there every few seconds anyway; so a
bell that is lost (a Redis that went away, a process that was killed) loses nothing but a moment.

    await bells.ring([member.id])                          # after the commit
    async with aclosing(bells.listen(member.id)) as rings:
        async for _ in rings:
            ...                                            # read all that is new
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from typing import Final, Protocol, TypeAlias

WORK: Final = "work"
"""The bell that workers listen to in the embedded default."""
EVERY_SECONDS: Final = 3.0

Heard: TypeAlias = Callable[[Collection[str]], None]
Wake: TypeAlias = Callable[[Collection[str]], Awaitable[None]]


class Line(Protocol):
    """What carries rings to the bells of other processes. It never raises and never waits long."""

    async def carry(self, names: Collection[str]) -> None:
        """Ring these bells everywhere else."""

    async def open(self, heard: Heard) -> None:
        """Begin to call `heard` for what other processes ring."""

    async def close(self) -> None:
        """Stop listening."""


_events: dict[str, set[asyncio.Event]] = {}
_line: Line | None = None
_wake: Wake | None = None


async def connect(line: Line | None = None, *, wake: Wake | None = None) -> None:
    """Let rings reach other processes over `line`, and workers by `wake`; the default is neither.

    `wake` gets the rung names; without it the bell `WORK` is rung in this process.
    """
    global _line, _wake
    _line, _wake = line, wake
    if line is not None:
        await line.open(ring_here)


async def close() -> None:
    """Back to bells of this process alone."""
    global _line, _wake
    line, _line, _wake = _line, None, None
    if line is not None:
        await line.close()


async def ring(names: Iterable[str], *, work: bool = True) -> None:
    """Tell whoever listens to `names` (ids of members) that something is new about them.

    With `work` the workers hear it too. Call it after the commit, never inside a transaction.
    """
    rung = set(names)
    ring_here(rung)
    if _line is not None and rung:
        await _line.carry(rung)
    if not work:
        return
    if _wake is None:
        ring_here([WORK])
    else:
        await _wake(rung)


def ring_here(names: Iterable[str]) -> None:
    """Ring the bells of this process."""
    for name in names:
        for event in _events.get(name, ()):
            event.set()


def ring_all_here() -> None:
    """Ring every bell of this process: after a silence in which rings may have been lost."""
    ring_here(list(_events))


async def listen(name: str, *, every: float = EVERY_SECONDS) -> AsyncGenerator[None, None]:
    """Yield at once, then after each ring, and at the latest every `every` seconds.

    Rings that come while the listener is busy are heard as one. Close it with `aclosing`.
    """
    event = asyncio.Event()
    event.set()
    _events.setdefault(name, set()).add(event)
    try:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await event.wait()
            event.clear()
            yield
    finally:
        _events[name].discard(event)
        if not _events[name]:
            del _events[name]
