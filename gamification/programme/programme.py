"""The programme: every edition there ever was, each in force for its stretch of event time."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import msgspec

from gamification.badges import OnRefund
from gamification.ledger import Currency, ExpiryMode, Shortage
from gamification.programme.definition import Definition, Ref
from gamification.programme.edition import Edition, compiled
from gamification.programme.kinds import encoded
from kit.clock import Instant

ALWAYS: Instant = -(1 << 62)
"""In force from the beginning of time."""


class Programme(msgspec.Struct, frozen=True):
    """All published definitions, compiled. `at(instant)` is the edition in force then.

    `budgeted` are the rules that have a common budget in any edition.
    """

    revision: int
    published_at: Instant | None
    starts: Sequence[Instant]
    editions: Sequence[Edition]
    contents: Sequence[frozenset[tuple[Ref, str]]] = ()
    budgeted: frozenset[str] = frozenset()

    def at(self, instant: Instant) -> Edition:
        """The edition that an entry of that event time meets."""
        if len(self.editions) == 1:
            return self.editions[0]
        return self.editions[bisect_right(self.starts, instant) - 1]

    @property
    def sliding(self) -> frozenset[str]:
        """The currencies whose points expire by inactivity, in any edition."""
        return frozenset(
            key
            for edition in self.editions
            for key, currency in edition.currencies.items()
            if currency.expiry is not None and currency.expiry.mode is ExpiryMode.SLIDING
        )

    @property
    def keeps_badges(self) -> bool:
        """Whether there is a badge that no refund revokes."""
        return any(
            compiled.badge.on_refund is OnRefund.KEEP
            for edition in self.editions
            for compiled in edition.badges.values()
        )

    @property
    def prevents_shortage(self) -> bool:
        """Whether there is a currency of which no refund may take what is spent already."""
        return any(
            currency.shortage is Shortage.PREVENT
            for edition in self.editions
            for currency in edition.currencies.values()
        )


def programme_of(
    definitions: Iterable[Definition],
    *,
    revision: int,
    published_at: Instant | None,
    before: Programme | None = None,
) -> Programme:
    """Compile published definitions. Of each key the highest version whose time has come counts.

    Editions that `before` (the same programme, earlier) has compiled already are taken over.
    """
    known = dict(zip(before.contents, before.editions, strict=True)) if before else {}
    published = sorted(definitions, key=lambda definition: definition.version)
    starts = sorted({ALWAYS, *(_start(definition) for definition in published)})
    editions, contents = [], []
    for start in starts:
        due = [definition for definition in published if _start(definition) <= start]
        in_force = {(definition.kind, definition.key): definition for definition in due}
        outdated = [one for one in due if _is_awaiting(one)]
        # With the bodies: a draft whose publication failed may come back as another one.
        content = frozenset((one.ref, encoded(one.body)) for one in [*in_force.values(), *outdated])
        edition = known.get(content)
        editions.append(compiled(in_force.values(), outdated) if edition is None else edition)
        contents.append(content)
    return Programme(revision, published_at, starts, editions, contents, _budgeted(editions))


def _budgeted(editions: Iterable[Edition]) -> frozenset[str]:
    return frozenset(
        key
        for edition in editions
        for key, compiled_rule in edition.rules.items()
        if compiled_rule.rule.budget is not None
    )


def _start(definition: Definition) -> Instant:
    assert definition.in_force_from is not None
    return definition.in_force_from


def _is_awaiting(definition: Definition) -> bool:
    body = definition.body
    return isinstance(body, Currency) and body.pending is not None and bool(body.pending.event)
