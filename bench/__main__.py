"""`make bench`: measure everything and write the tables."""

import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import cases, world
from bench.folding import Folding, foldings
from bench.lateness import Lateness, latenesses
from bench.pairs import ROUNDS, Pair
from kit import clock, database, migrating

RESULTS = Path(__file__).parent / "RESULTS.md"


async def _run(url: str) -> tuple[list[Pair], list[Lateness]]:
    async with database.connected(url):
        await migrating.migrate()
        await world.publish()
        return [pair async for pair in cases.pairs()], await latenesses()


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), ""])


def _pairs(pairs: Sequence[Pair]) -> str:
    return _table(
        ("", "this", "that", "ratio (lowest to highest)"),
        [
            (
                pair.title,
                f"{pair.first[0]}: {pair.first[1]:,.0f} {pair.unit}/s",
                f"{pair.second[0]}: {pair.second[1]:,.0f} {pair.unit}/s",
                f"**{pair.ratio:.1f}** ({pair.low:.1f} to {pair.high:.1f})",
            )
            for pair in pairs
        ],
    )


def _foldings(folded: Sequence[Folding]) -> str:
    return _table(
        ("a programme of", "entries", "members", "µs an entry (lowest to highest)"),
        [
            (
                one.title,
                f"{one.entries:,}",
                f"{one.members:,}",
                f"**{one.median:.0f}** ({one.low:.0f} to {one.high:.0f})",
            )
            for one in folded
        ],
    )


def _latenesses(late: Sequence[Lateness]) -> str:
    return _table(
        ("the member's entries", "of them later", "ms to settle (lowest to highest)"),
        [
            (
                f"{one.entries:,}",
                f"{one.back:,}",
                f"**{one.median:.0f}** ({one.low:.0f} to {one.high:.0f})",
            )
            for one in late
        ],
    )


def _conditions() -> str:
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
        f" {platform.machine()}, {clock.isoformat(clock.now())[:10]}; medians of {ROUNDS} rounds,"
        " the two ways in turns. Ratios hold elsewhere; absolute figures do not."
    )


def main() -> None:
    """Measure on a fresh SQLite file, and on every database URL given (it must be empty)."""
    parts = ["# Benchmarks", "", "`make bench` writes this file.", "", _conditions(), ""]
    parts += ["## Folding alone, from nothing", "", _foldings(foldings())]
    with tempfile.TemporaryDirectory() as directory:
        targets = {"SQLite": f"sqlite:///{directory}/bench.db"}
        targets |= {url.partition(":")[0]: url for url in sys.argv[1:]}
        for name, url in targets.items():
            pairs, late = asyncio.run(_run(url))
            parts += [f"## {name}", "", _pairs(pairs), "An entry that comes late:", ""]
            parts.append(_latenesses(late))
    text = "\n".join(parts)
    RESULTS.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
