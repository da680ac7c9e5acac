"""The programme: every edition there ever was, each in force for its stretch of event time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import msgspec

from gamification.programme.definition import Definition
from gamification.programme.edition import Edition, compiled
from kit.clock import Instant

ALWAYS: Instant = -(1 << 62)
"""In force from the beginning of time."""


class Programme(msgspec.Struct, frozen=True):
    """All published definitions, compiled. `at(instant)` is the edition in force then."""

    revision: int
    published_at: Instant | None
    starts: Sequence[Instant]
    editions: Sequence[Edition]

    def at(self, instant: Instant) -> Edition:
        """The edition that an entry of that event time meets."""
        if len(self.editions) == 1:
            return self.editions[0]
        return self.editions[bisect_right(self.starts, instant) - 1]


def programme_of(
    definitions: Iterable[Definition], *, revision: int, published_at: Instant | None
) -> Programme:
    """Compile published definitions. Of each key the highest version whose time has come counts."""
    published = sorted(definitions, key=lambda definition: definition.version)
    starts = sorted({ALWAYS, *(_start(definition) for definition in published)})
    editions = []
    for start in starts:
        in_force = {
            (definition.kind, definition.key): definition
            for definition in published
            if _start(definition) <= start
        }
        editions.append(compiled(in_force.values()))
    return Programme(revision, published_at, starts, editions)


def _start(definition: Definition) -> Instant:
    assert definition.in_force_from is not None
    return definition.in_force_from
