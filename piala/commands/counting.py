"""`piala stats`."""

import sys
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from gamification import engine
from kit import clock
from piala.running import instant, ready


async def run(*, as_of: str | None, as_json: bool) -> int:
    """Print what the journals up to an instant come to."""
    at = instant(as_of, option="--as-of")
    async with ready(only_read=True):
        moment = clock.now() if at is None else at
        found = await engine.stats(moment)
    if as_json:
        sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        _print(found, clock.isoformat(moment))
    return 0


def _print(found: dict[str, Any], moment: str) -> None:
    console = Console()
    sums = Table(title=f"As of {moment}", show_header=False, title_justify="left")
    sums.add_column()
    sums.add_column(justify="right")
    for name in ("members", "activities"):
        sums.add_row(name, f"{found[name]:,}")
    _add(sums, "points issued", found["points_issued"])
    _add(sums, "tier", found["tiers"])
    _add(sums, "badge", found["badges"])
    _add(sums, "challenge", found["challenges"])
    for name, streak in found["streaks"].items():
        sums.add_row(f"streak {name}: longest", f"{streak['longest']:,}")
        sums.add_row(f"streak {name}: members with it", f"{streak['members']:,}")
    console.print(sums)
    for name, ranks in found["leaderboards"].items():
        board = Table("rank", "member", title=f"Leaderboard {name}", title_justify="left")
        board.add_column("score", justify="right")
        for rank in ranks:
            board.add_row(str(rank["rank"]), rank["member"], f"{rank['score']:,}")
        console.print(board)


def _add(table: Table, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        table.add_row(name, f"{value:,}")
        return
    for key, inner in value.items():
        _add(table, f"{name} {key}", inner)
