"""What an entry costs that comes late: how long it settles, by how many entries came after it."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import msgspec

from bench import world
from bench.pairs import ROUNDS
from gamification import engine
from gamification.engine import Recording
from kit import clock

SIZES = (1_000, 10_000, 100_000)
BACKS = (1, 100, 1_000, 10_000)
BATCH = 2_000
APART = 10 * clock.MINUTE
BEGAN = clock.parse("2024-01-01T00:00:00Z")

_late = count(1)


@dataclass(frozen=True)
class Lateness:
    """Milliseconds to settle an entry that comes so many entries late: median, least, most."""

    entries: int
    back: int
    median: float
    low: float
    high: float


async def latenesses(sizes: tuple[int, ...] = SIZES) -> list[Lateness]:
    """Grow a member of each size, and let something come late again and again."""
    return [one for size in sizes for one in await _of_a_member_with(size)]


async def _of_a_member_with(size: int) -> list[Lateness]:
    member = f"late-{size}"
    for batch in _batches(size, member):
        # Settled batch by batch, as a life goes, so that checkpoints are kept on the way.
        await engine.settle(await world.recorded(batch))
    return [await _measured(size, back, member) for back in BACKS if back < size]


async def _measured(size: int, back: int, member: str) -> Lateness:
    took = []
    for _ in range(ROUNDS):
        turn = next(_late)
        at = BEGAN + (size - 1 - back) * APART + turn
        members = await world.recorded([_purchase(member, f"late:{turn:06}", at)])
        start = time.perf_counter()
        assert await engine.settle(members) == 1
        took.append((time.perf_counter() - start) * 1e3)
    return Lateness(size, back, statistics.median(took), min(took), max(took))


def _batches(size: int, member: str) -> Iterator[list[Recording]]:
    for start in range(0, size, BATCH):
        yield [
            _purchase(member, f"{member}:{turn:06}", BEGAN + turn * APART)
            for turn in range(start, min(size, start + BATCH))
        ]


def _purchase(member: str, source: str, at: int) -> Recording:
    [purchase] = world.purchases(1, members=1)
    return msgspec.structs.replace(purchase, external_id=member, source=source, occurred_at=at)
