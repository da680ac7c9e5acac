"""Taking a file's activities in: batches into the journal, then settling until nothing waits."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from gamification import engine
from gamification.engine import Recorded
from kit import database
from piala.importing.activities import Read, activities_of
from piala.importing.lines import Lines, opened
from piala.importing.mapping import Compiled
from piala.importing.rows import Bad, Blank, Line

BATCH: Final = 2_000
SETTLED_AT_ONCE: Final = 2_000
OTHERS_SECONDS: Final = 0.1
ANALYSED_AFTER: Final = frozenset({1, 4, 16, 64, 256})
"""After so many batches the database looks at how its tables have grown."""


class Counts(msgspec.Struct):
    """How the lines of a file fared so far. A replayed activity was in the journal before."""

    accepted: int = 0
    replayed: int = 0
    rejected: int = 0
    blank: int = 0
    settled: int = 0


class Watcher(msgspec.Struct, frozen=True):
    """Who wants to know how it goes: bytes read, entries left to settle, and refused lines."""

    read: Callable[[int], None]
    waiting: Callable[[int], None]
    rejected: Callable[[Line, str], None]


async def import_file(path: Path, mapping: Compiled | None, watcher: Watcher) -> Counts:
    """Record a file's activities and settle them; refused lines are reported, the rest proceeds.

    What was imported before is found by its source and changes nothing, so an import that was
    broken off is simply run again. Raises `OSError`, and `InvalidInput` where the file as a whole
    cannot be read.
    """
    counts = Counts()
    try:
        with opened(path) as lines:
            for number, batch in enumerate(_batches(lines, mapping, counts, watcher), start=1):
                await _record(batch, counts, watcher)
                watcher.read(lines.position)
                if number in ANALYSED_AFTER and database.dialect() == "postgres":
                    # Plans that were made for empty tables read them from end to end.
                    await database.script("ANALYZE")
    finally:
        # Only now: a member whose rows are spread over the file is folded once, not once a batch.
        # Where the file breaks off, what stood before counts all the same.
        await settle(counts, watcher)
    return counts


async def settle(counts: Counts, watcher: Watcher) -> None:
    """Settle until nothing waits."""
    while waiting := await engine.pending():
        watcher.waiting(waiting)
        settled = await engine.settle_pending(limit=SETTLED_AT_ONCE)
        counts.settled += settled
        if not settled:
            # A worker beside us holds these members, and will be done with them soon.
            await asyncio.sleep(OTHERS_SECONDS)
    watcher.waiting(0)


def _batches(
    lines: Lines, mapping: Compiled | None, counts: Counts, watcher: Watcher
) -> Iterator[list[Read]]:
    readable = _readable(lines, mapping, counts, watcher)
    while batch := list(islice(readable, BATCH)):
        yield batch


def _readable(
    lines: Lines, mapping: Compiled | None, counts: Counts, watcher: Watcher
) -> Iterator[Read]:
    for read in activities_of(lines, mapping):
        match read:
            case Read():
                yield read
            case Blank():
                counts.blank += 1
            case Bad():
                counts.rejected += 1
                watcher.rejected(read.line, read.reason)


async def _record(batch: list[Read], counts: Counts, watcher: Watcher) -> None:
    answers = await engine.record([read.recording for read in batch], trusted=True, enrol=True)
    for read, answer in zip(batch, answers, strict=True):
        if not isinstance(answer, Recorded):
            counts.rejected += 1
            watcher.rejected(read.line, answer.message)
        elif answer.replayed:
            counts.replayed += 1
        else:
            counts.accepted += 1
