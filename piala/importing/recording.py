"""Taking a file in: activities in batches, what is taken back of them, then settling."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import msgspec

import rewards
from gamification import engine
from gamification.engine import Answer, Recorded
from kit import database
from piala.importing.activities import activities_of
from piala.importing.found import Read, TakenBack
from piala.importing.json_lines import from_json
from piala.importing.lines import Lines, opened
from piala.importing.mapping import Compiled
from piala.importing.putting_off import PutOff
from piala.importing.rows import Bad, Blank, Line

T = TypeVar("T")

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

    What is taken back is put off until all activities are known, and then decided by event time:
    the order of the lines makes no difference. What was imported before is found by its source
    and changes nothing, so an import that was broken off is simply run again. Raises `OSError`,
    and `InvalidInput` where the file as a whole cannot be read.
    """
    counts = Counts()
    with PutOff() as put_off:
        try:
            with opened(path) as lines:
                readable = _readable(activities_of(lines, mapping), put_off, counts, watcher)
                await _record(lines, readable, counts, watcher)
        finally:
            # Where the file breaks off, what stood before counts all the same.
            await _take_back(put_off, counts, watcher)
            # Only now: a member whose rows are spread over the file is folded once.
            await settle(counts, watcher)
            await engine.seal_all()
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


async def _record(lines: Lines, readable: Iterator[Read], counts: Counts, watcher: Watcher) -> None:
    for number, batch in enumerate(_batches(readable), start=1):
        told = [read.recording for read in batch]
        answers = await engine.record(told, trusted=True, enrol=True)
        _count([read.line for read in batch], answers, counts, watcher)
        watcher.read(lines.position)
        if number in ANALYSED_AFTER and database.dialect() == "postgres":
            # Plans that were made for empty tables read them from end to end.
            await database.script("ANALYZE")


async def _take_back(put_off: PutOff, counts: Counts, watcher: Watcher) -> None:
    again = (from_json(line) for line in put_off.lines())
    for batch in _batches(one for one in again if isinstance(one, TakenBack)):
        answers = await rewards.retract_all([one.retracting for one in batch], trusted=True)
        _count([one.line for one in batch], answers, counts, watcher)


def _batches(found: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(found, BATCH)):
        yield batch


def _readable(
    found: Iterable[Read | TakenBack | Bad | Blank],
    put_off: PutOff,
    counts: Counts,
    watcher: Watcher,
) -> Iterator[Read]:
    for one in found:
        match one:
            case Read():
                yield one
            case TakenBack(line, told):
                put_off.add(line, at=told.occurred_at or 0, source=told.source)
            case Blank():
                counts.blank += 1
            case Bad():
                counts.rejected += 1
                watcher.rejected(one.line, one.reason)


def _count(
    lines: Sequence[Line], answers: Sequence[Answer], counts: Counts, watcher: Watcher
) -> None:
    for line, answer in zip(lines, answers, strict=True):
        if not isinstance(answer, Recorded):
            counts.rejected += 1
            watcher.rejected(line, answer.message)
        elif answer.replayed:
            counts.replayed += 1
        else:
            counts.accepted += 1
