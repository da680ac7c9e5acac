"""`piala import`."""

import sys
from collections.abc import Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Final

import orjson
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from kit import clock
from piala.importing import Compiled, Counts, Line, Watcher, import_file, load
from piala.running import complain, ready

SHOWN_MAX: Final = 20
"""So many refused lines are printed; `--rejected` keeps all."""


def run(*, file: Path, mapping: Path | None, rejected: Path | None) -> Coroutine[None, None, int]:
    """Import a file and print how it went; 1 where any line was refused."""
    compiled = load(mapping) if mapping is not None else None
    return _run(file, file.stat().st_size, compiled, rejected)


async def _run(file: Path, size: int, mapping: Compiled | None, rejected: Path | None) -> int:
    with ExitStack() as stack:
        keep = stack.enter_context(rejected.open("wb")) if rejected is not None else None
        async with ready():
            began = clock.now()
            with _Bars(size, keep) as bars:
                watcher = Watcher(bars.read, bars.waiting, bars.rejected)
                counts = await import_file(file, mapping, watcher)
            seconds = (clock.now() - began) / clock.SECOND
    if counts.rejected > SHOWN_MAX and keep is None:
        complain(f"… and {counts.rejected - SHOWN_MAX:,} more lines (--rejected keeps them all)")
    sys.stdout.write(_summary(counts, seconds))
    return 1 if counts.rejected else 0


def _summary(counts: Counts, seconds: float) -> str:
    recorded = counts.accepted + counts.replayed
    blank = f", {counts.blank:,} blank" if counts.blank else ""
    return (
        f"accepted {counts.accepted:,}, replayed {counts.replayed:,}, "
        f"rejected {counts.rejected:,}{blank}; {counts.settled:,} settled\n"
        f"{seconds:.1f} seconds, {recorded / max(seconds, 0.001):,.0f} activities per second\n"
    )


class _Bars:
    """Progress on a terminal, and refused lines as they come."""

    def __init__(self, size: int, keep: IO[bytes] | None) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._recording = self._progress.add_task("recording", total=size)
        self._keep, self._shown, self._most = keep, 0, 0

    def __enter__(self) -> "_Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def read(self, position: int) -> None:
        """So many bytes of the file are recorded."""
        self._progress.update(self._recording, completed=position)

    def waiting(self, entries: int) -> None:
        """So many entries wait to be settled."""
        self._most = max(self._most, entries)
        self._progress.update(
            self._recording,
            description="settling",
            total=self._most,
            completed=self._most - entries,
        )

    def rejected(self, line: Line, reason: str) -> None:
        """A line was refused."""
        if self._keep is not None:
            text = line.text.encode("utf-8", "replace").decode()
            refused = {"line": line.number, "reason": reason, "text": text}
            self._keep.write(orjson.dumps(refused, option=orjson.OPT_APPEND_NEWLINE))
        if self._shown < SHOWN_MAX:
            self._shown += 1
            self._progress.console.print(
                f"line {line.number}: {reason}", markup=False, highlight=False
            )
