"""Two ways of doing the same, measured in turns: the medians, and how many times the one beats."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Way:
    """One way of doing it: `work` returns how many units it did."""

    name: str
    work: Callable[[], Awaitable[int]]


@dataclass(frozen=True)
class Pair:
    """What was measured: units a second of both ways (medians), and the median of the ratios."""

    title: str
    unit: str
    first: tuple[str, float]
    second: tuple[str, float]
    ratio: float
    low: float
    high: float


async def measured(title: str, unit: str, first: Way, second: Way, *, rounds: int = ROUNDS) -> Pair:
    """Interleave the two ways, so that whatever disturbs the machine disturbs both."""
    await first.work()
    await second.work()
    speeds: dict[str, list[float]] = {first.name: [], second.name: []}
    for number in range(rounds):
        for way in (first, second) if number % 2 else (second, first):
            start = time.perf_counter()
            done = await way.work()
            speeds[way.name].append(done / (time.perf_counter() - start))
    ratios = [a / b for a, b in zip(speeds[first.name], speeds[second.name], strict=True)]
    return Pair(
        title=title,
        unit=unit,
        first=(first.name, statistics.median(speeds[first.name])),
        second=(second.name, statistics.median(speeds[second.name])),
        ratio=statistics.median(ratios),
        low=min(ratios),
        high=max(ratios),
    )
