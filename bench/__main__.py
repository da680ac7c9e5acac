"""`python -m bench [DATABASE_URL …]`: measure, print a table, write it to bench/RESULTS.md."""

import asyncio
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench import cases
from bench.pairs import ROUNDS, Pair
from kit import clock, database, migrating

RESULTS = Path(__file__).parent / "RESULTS.md"


async def _run(url: str) -> list[Pair]:
    async with database.connected(url):
        await migrating.migrate()
        return [pair async for pair in cases.pairs()]


def _table(name: str, pairs: list[Pair]) -> str:
    lines = [
        f"## {name}",
        "",
        "| | this | that | ratio (lowest to highest) |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {pair.title} | {pair.first[0]}: {pair.first[1]:,.0f} {pair.unit}/s"
        f" | {pair.second[0]}: {pair.second[1]:,.0f} {pair.unit}/s"
        f" | **{pair.ratio:.1f}** ({pair.low:.1f} to {pair.high:.1f}) |"
        for pair in pairs
    ]
    return "\n".join([*lines, ""])


def _conditions() -> str:
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"
        f" {platform.machine()}, {clock.isoformat(clock.now())[:10]}; medians of {ROUNDS} rounds,"
        " the two ways in turns. Ratios hold elsewhere; absolute figures do not."
    )


def main() -> None:
    """Measure on a fresh SQLite file, and on every database URL given (it must be empty)."""
    parts = ["# Benchmarks", "", "`make bench` writes this file.", "", _conditions(), ""]
    with tempfile.TemporaryDirectory() as directory:
        targets = {"SQLite": f"sqlite:///{directory}/bench.db"}
        targets |= {url.partition(":")[0]: url for url in sys.argv[1:]}
        for name, url in targets.items():
            parts.append(_table(name, asyncio.run(_run(url))))
    text = "\n".join(parts)
    RESULTS.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
