"""Plain values for the pure rooms: programmes, entries and happenings with everything filled in."""

import itertools

from gamification import journal, ledger
from gamification.engine import effects, fold, settlement
from gamification.engine.standing import Standing
from gamification.journal import Entry, EntryType, Facts
from gamification.metrics import Aggregate, CompiledMetric, Happening, Metric
from gamification.programme import (
    ALWAYS,
    Definition,
    DefinitionKind,
    DefinitionState,
    parsed,
    programme_of,
)
from kit import clock
from kit.clock import DAY, HOUR

MONDAY = clock.parse("2026-03-02T00:00:00Z")
"""Where the time of the pure tests begins."""

_numbers = itertools.count(1)


def day(number, hours=0):
    """The instant so many days (24 hours) and hours after that Monday."""
    return MONDAY + number * DAY + round(hours * HOUR)


def definition(kind, body, *, version=1, since=ALWAYS):
    """A published definition, in force from `since` on."""
    kind = DefinitionKind(kind)
    value = parsed(kind, body)
    return Definition(
        kind=kind,
        key=value.key,
        version=version,
        state=DefinitionState.PUBLISHED,
        body=value,
        in_force_from=since,
        published_at=0,
    )


def programme(*definitions):
    """A programme of definitions, or of `(kind, body)` pairs."""
    published = [
        one if isinstance(one, Definition) else definition(one[0], one[1]) for one in definitions
    ]
    return programme_of(published, revision=1, published_at=0)


def purchase(at, source="", *, kind="purchase", granted=None, **facts):
    """An activity in a journal."""
    number = next(_numbers)
    return Entry(
        id=f"id-{number}",
        member_id="m",
        type=EntryType.ACTIVITY,
        kind=kind,
        source=source or f"s{number:05}",
        at=at,
        facts=Facts(**facts),
        granted=granted or {},
    )


def entry(entry_type, at, source, *, target="", **facts):
    """Any other entry of a journal."""
    return Entry(
        id=f"id-{next(_numbers)}",
        member_id="m",
        type=EntryType(entry_type),
        kind="",
        source=source,
        at=at,
        facts=Facts(**facts),
        target=target,
    )


def folded(published, entries, *, zone="UTC", until=None):
    """Standing and effects of a journal, from nothing."""
    until = max([one.at for one in entries], default=0) if until is None else until
    return settlement.replayed(published, entries, zone=zone, until=until)


def metric(aggregate=Aggregate.COUNT, field="", *, kind="purchase", currency="", condition=None):
    """A compiled metric."""
    plain = Metric(
        kind="" if currency else kind, currency=currency, aggregate=aggregate, field=field
    )
    return CompiledMetric(metric=plain, condition=condition, identity=plain.identity)


def happening(at=MONDAY, *, kind="purchase", **facts):
    """Something that metrics can count."""
    return Happening(at=at, kind=kind, **facts)


def postings(result, kind=None):
    """The postings among effects, perhaps of one kind only."""
    return [one for one in result.postings if kind is None or one.kind == kind]


__all__ = [
    "ALWAYS",
    "DAY",
    "HOUR",
    "MONDAY",
    "Standing",
    "day",
    "definition",
    "effects",
    "entry",
    "fold",
    "folded",
    "happening",
    "journal",
    "ledger",
    "metric",
    "postings",
    "programme",
    "purchase",
]
