"""Checkpoints: standings on the way, to fold on from when something comes late. Pure.

One is due every `INTERVAL` entries, and the further back, the fewer are kept: of those whose number
divides by a power of two, as long as they are not further back than about twice that power. So a
member with a hundred thousand entries keeps about ten, and what comes late folds at most
thrice the entries that came after it.
"""

from collections.abc import Iterable

import msgspec

from gamification.engine.standing import Standing, packed
from kit.clock import Instant

INTERVAL = 256


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A packed standing: all up to and at `at` has happened in it, and nothing later."""

    at: Instant
    entries: int
    state: bytes


def taken(standing: Standing, *, before: Instant, of: int) -> Checkpoint | None:
    """The checkpoint that is due before an entry of that time is folded; None where none is.

    `of` is how many entries there will be in the end: what would not be kept is not taken.
    """
    entries = standing.entries
    if not entries or entries % INTERVAL or not is_kept(entries, of=of):
        return None
    at = max(standing.last_at, standing.moved_at)
    # Entries of one instant stay together: what happened at it is either all in, or not at all.
    if before <= at:
        return None
    return Checkpoint(at=at, entries=entries, state=packed(standing))


def is_kept(entries: int, *, of: int) -> bool:
    """Whether the checkpoint after so many entries is kept once there are `of`."""
    number, newest = entries // INTERVAL, of // INTERVAL
    spacing = number & -number
    return newest - number < 2 * spacing


def superfluous(known: Iterable[tuple[Instant, int]], *, of: int) -> list[Instant]:
    """Of checkpoints (time and entries), those that are not kept any more."""
    return [at for at, entries in known if not is_kept(entries, of=of)]
