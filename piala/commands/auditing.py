"""`piala audit`."""

import re
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

import rewards
from gamification import engine
from gamification.engine import AuditReport, Check, Choice, Noted
from kit import clock
from kit.errors import InvalidInput
from piala.running import instant, ready

_HEAD = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


async def run(
    *,
    as_of: str | None,
    digest: bool,
    sample: int | None,
    seed: int | None,
    member: str | None,
    head: str | None,
) -> int:
    """Print one line for each check, and whether all of them hold."""
    at = instant(as_of, option="--as-of")
    choice = _choice(sample=sample, seed=seed, member=member)
    if digest and not choice.is_everybody:
        raise InvalidInput.at("--digest", "needs everybody: leave out --sample and --member")
    noted = _noted(head)
    async with ready():
        with _Bar() as bar:
            report = await engine.audit(
                as_of=at, digest=digest, choice=choice, noted=noted, progress=bar.moved
            )
        checks = [*report.checks, *(await rewards.audit() if choice.is_everybody else [])]
    return _told(report, checks, choice)


def _told(report: AuditReport, checks: list[Check], choice: Choice) -> int:
    failed = [check.name for check in checks if not check.ok]
    for check in checks:
        detail = f": {check.detail}" if check.detail else ""
        _say(f"{'ok    ' if check.ok else 'FAILED'} {check.name}{detail}")
    if not choice.is_everybody:
        seed = "" if choice.sample is None else f" by seed {choice.seed}"
        _say(f"sample: {report.members:,} members{seed}")
        _say(f"left out: {', '.join([*report.left_out, 'rewards'])}")
    if report.head is not None:
        _say(f"head: {report.head.number}:{report.head.hash}")
    if report.digest:
        _say(f"digest: {report.digest}")
    verdict = f"FAILED {', '.join(failed)}" if failed else "ok"
    _say(f"audit: {verdict}")
    return 1 if failed else 0


def _choice(*, sample: int | None, seed: int | None, member: str | None) -> Choice:
    if sample is not None and member is not None:
        raise InvalidInput.at("--member", "is one, --sample are others: say either")
    if seed is not None and sample is None:
        raise InvalidInput.at("--seed", "chooses a sample: say --sample as well")
    if seed is None:
        seed = clock.now() % 1_000_000
    return Choice(sample=sample, seed=seed, member=member)


def _noted(head: str | None) -> Noted | None:
    if head is None:
        return None
    found = _HEAD.fullmatch(head)
    if found is None:
        raise InvalidInput.at("--head", "must be as it was printed: a number, a colon, the hash")
    return Noted(int(found[1]), found[2])


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


class _Bar:
    """Progress on a terminal: members first, then the chain."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._task = self._progress.add_task("members", total=None)

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def moved(self, what: str, done: int, total: int) -> None:
        """So many of them were looked at."""
        self._progress.update(self._task, description=what, completed=done, total=total)
