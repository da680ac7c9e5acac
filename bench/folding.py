"""What folding costs by itself, without any database: microseconds of the processor an entry."""

import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import rich
from bench.pairs import ROUNDS
from gamification.engine.settlement import replayed
from gamification.journal import Entry, EntryType, Facts
from gamification.programme import Programme
from piala.importing import Read, activities_of, load, opened
from piala.programmes import read

CDNOW = Path(__file__).parents[1] / "examples" / "cdnow"
ENTRIES = 2_000


@dataclass(frozen=True)
class Folding:
    """What was folded, and the microseconds an entry: the median, the least and the most."""

    title: str
    entries: int
    members: int
    median: float
    low: float
    high: float


def foldings() -> list[Folding]:
    """Fold both, from nothing, as often as the rounds say."""
    journal = rich.journal(ENTRIES)
    return [
        _measured("CDNOW, all of it", _cdnow_programme(), _cdnow_journals()),
        _measured("20 rules, 20 challenges, 10 badges, and more", rich.programme(), [journal]),
    ]


def _measured(title: str, programme: Programme, journals: Sequence[list[Entry]]) -> Folding:
    entries = sum(map(len, journals))
    costs = []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        for journal in journals:
            replayed(programme, journal, zone="UTC", until=journal[-1].at)
        costs.append((time.process_time() - start) * 1e6 / entries)
    del costs[0]  # Caches of calendars are empty only once.
    return Folding(
        title=title,
        entries=entries,
        members=len(journals),
        median=statistics.median(costs),
        low=min(costs),
        high=max(costs),
    )


def _cdnow_programme() -> Programme:
    publications = read(CDNOW / "programme.yaml")
    return rich.compiled(
        [(said.kind, said.raw) for one in publications for said in one.definitions]
    )


def _cdnow_journals() -> list[list[Entry]]:
    journals: dict[str, list[Entry]] = defaultdict(list)
    mapping = load(CDNOW / "mapping.yaml")
    with opened(CDNOW / "CDNOW_master.txt.gz") as lines:
        for found in activities_of(lines, mapping):
            if isinstance(found, Read):
                entry = _entry(found)
                journals[entry.member_id].append(entry)
    for journal in journals.values():
        journal.sort(key=lambda entry: (entry.at, entry.source))
    return list(journals.values())


def _entry(read: Read) -> Entry:
    said = read.recording
    assert said.occurred_at is not None
    return Entry(
        id=said.source,
        member_id=said.external_id,
        type=EntryType.ACTIVITY,
        kind=said.kind,
        source=said.source,
        at=said.occurred_at,
        facts=Facts(
            amount=said.amount,
            currency=said.currency or "",
            channel=said.channel,
            attributes=dict(said.attributes),  # type: ignore[arg-type]
        ),
    )
