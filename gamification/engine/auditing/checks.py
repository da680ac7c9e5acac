"""What an audit says: checks, and the differences that they count. Pure."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import msgspec

from gamification.engine.sealing import LedgerHead

Progress: TypeAlias = Callable[[str, int, int], None]
"""Hears what is being looked at, how many were, and how many there are."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: whether it holds, and what was seen or differs first."""

    name: str
    ok: bool
    detail: str


class AuditReport(msgspec.Struct, frozen=True, kw_only=True):
    """All checks, the digest of standings and effective effects as of the moment asked for, and
    the head of the chain; beside them what was left out, because only some members were asked for.
    """

    checks: list[Check]
    digest: str
    head: LedgerHead | None = None
    members: int = 0
    left_out: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)


class Tally(msgspec.Struct, kw_only=True):
    """How many were compared, how many differ, and what the first difference is."""

    unit: str
    compared: int = 0
    different: int = 0
    first: str = ""

    def note(self, difference: str) -> None:
        """One more was compared; what differs, or nothing."""
        self.compared += 1
        if difference:
            self.differ(difference)

    def differ(self, difference: str) -> None:
        """Something is wrong with what is counted already, or was never meant to be there."""
        self.different += 1
        self.first = self.first or difference

    def check(self, name: str) -> Check:
        """The tally as a check."""
        if self.different:
            detail = f"{self.different:,} of {self.compared:,} {self.unit} differ; first: "
            return Check(name=name, ok=False, detail=f"{detail}{self.first}")
        return Check(name=name, ok=True, detail=f"{self.compared:,} {self.unit}")


def in_silence(_what: str, _done: int, _total: int) -> None:
    """A progress that nobody watches."""
