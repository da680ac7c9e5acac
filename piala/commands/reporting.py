"""`piala report`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from gamification import engine, ledger, members, programme
from kit import clock
from kit.clock import Instant
from kit.errors import NotFound
from piala.running import instant, ready

FIGURES: Final = tuple(name for name in ledger.Cohort.__struct_fields__ if name != "month")


async def liability(*, currency: str | None, as_of: str | None, as_json: bool) -> int:
    """Print what members have of a currency, by the month in which it expires."""
    at = instant(as_of, option="--as-of")
    async with ready(only_read=True):
        key = await _currency(currency, at)
        with _bar(await members.count()) as watch:
            found = await engine.liability(key, as_of=at, watch=watch)
    if as_json:
        _write_json(_liability(found))
    else:
        _print_liability(found)
    return 0


async def breakage(*, currency: str | None, as_of: str | None, as_json: bool) -> int:
    """Print what became of a currency's points, by the month in which members got them."""
    at = instant(as_of, option="--as-of")
    async with ready(only_read=True):
        key = await _currency(currency, at)
        with _bar(await members.count()) as watch:
            found = await engine.breakage(key, as_of=at, watch=watch)
    if as_json:
        _write_json(_breakage(found))
    else:
        _print_breakage(found)
    return 0


async def _currency(key: str | None, at: Instant | None) -> str:
    """The currency that is asked for: the main one, where none is."""
    if key is not None:
        return key
    main = (await programme.current()).at(clock.now() if at is None else at).main_currency
    if not main:
        raise NotFound("currency", "main")
    return main


@contextmanager
def _bar(total: int) -> Iterator[engine.Watch]:
    """How far it is, on a terminal."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("members"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    task = progress.add_task("members", total=total)
    with progress:
        yield lambda done: progress.update(task, completed=done)


def _liability(found: ledger.Liability) -> dict[str, Any]:
    return {
        "currency": found.currency,
        "as_of": clock.isoformat(found.as_of),
        "members": found.members,
        "months": [_aged(one) for one in found.months],
        "total": _aged(found.total),
        "money": found.money or None,
        "debt": found.debt,
        "debtors": found.debtors,
    }


def _aged(aged: ledger.Aged) -> dict[str, Any]:
    return {
        "month": aged.month,
        "active": aged.active,
        "pending": aged.pending,
        "held": aged.held,
        "points": aged.points,
        "cost_minor": aged.cost,
    }


def _breakage(found: ledger.Breakage) -> dict[str, Any]:
    return {
        "currency": found.currency,
        "as_of": clock.isoformat(found.as_of),
        "cohorts": [_cohort(one) for one in found.cohorts],
        "total": _cohort(found.total),
        "overdrawn": found.overdrawn,
        "written_off": found.written_off,
        "debt": found.debt,
    }


def _cohort(cohort: ledger.Cohort) -> dict[str, Any]:
    figures = {name: getattr(cohort, name) for name in FIGURES}
    return {"month": cohort.month or None, **figures, "rate": cohort.rate}


def _print_liability(found: ledger.Liability) -> None:
    title = f"{found.currency}: owed as of {clock.isoformat(found.as_of)}"
    table = Table("expire in", title=title, title_justify="left")
    for name in ("active", "pending", "held", "points", *([found.money] if found.money else [])):
        table.add_column(name, justify="right")
    for aged in (*found.months, found.total):
        month = "all" if aged is found.total else aged.month or "never"
        figures = [aged.active, aged.pending, aged.held, aged.points]
        figures += [] if aged.cost is None else [aged.cost]
        table.add_row(month, *(f"{figure:,}" for figure in figures))
    console = Console()
    console.print(table)
    debts = f"; {found.debtors:,} owe {found.debt:,}" if found.debt else ""
    sys.stdout.write(f"{found.members:,} members have some{debts}\n")


def _print_breakage(found: ledger.Breakage) -> None:
    title = f"{found.currency}: what became of it as of {clock.isoformat(found.as_of)}"
    # What nobody has, no column tells of.
    names = [name for name in FIGURES if any(getattr(one, name) for one in found.cohorts)]
    table = Table("month", title=title, title_justify="left")
    for name in (*(name.replace("_", " ") for name in names), "breakage"):
        table.add_column(name, justify="right")
    for cohort in (*found.cohorts, found.total):
        rate = "" if cohort.rate is None else f"{cohort.rate:.1%}"
        figures = (f"{getattr(cohort, name):,}" for name in names)
        table.add_row(cohort.month or "all", *figures, rate)
    Console().print(table)
    sys.stdout.write(
        f"overdrawn {found.overdrawn:,}, written off {found.written_off:,}, owed {found.debt:,}\n"
    )


def _write_json(found: dict[str, Any]) -> None:
    sys.stdout.write(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode() + "\n")
