"""What was decided once and is a fact since: holds and retractions in a journal. Pure."""

from collections.abc import Collection, Mapping, Sequence

from gamification.journal import WHOLE, Entry, EntryType, Facts
from kit.clock import Instant


def fault(entries: Sequence[Entry], *, dead: Collection[str] = ()) -> str:
    """The first decision of one member's journal that another one contradicts.

    `dead` are the sources of entries that could not be folded, which are not among them.
    """
    by_source = {entry.source: entry for entry in entries}
    resolved: dict[str, str] = {}
    taken: dict[str, list[Facts]] = {}
    for entry in sorted(entries, key=_order):
        if entry.type in (EntryType.CAPTURE, EntryType.RELEASE):
            if entry.target in resolved:
                return (
                    f"hold {entry.target} is resolved by {resolved[entry.target]}"
                    f" and by {entry.source}"
                )
            resolved[entry.target] = entry.source
            problem = _resolution(entry, by_source.get(entry.target))
            if problem:
                return problem
        elif entry.type is EntryType.RETRACTION:
            taken.setdefault(entry.target, []).append(entry.facts)
    for target, facts in taken.items():
        if target in dead:
            continue
        problem = _retracted(by_source.get(target), facts, by_source)
        if problem:
            return f"{target} {problem}"
    return ""


def _resolution(entry: Entry, hold: Entry | None) -> str:
    if hold is None or hold.type is not EntryType.HOLD:
        return f"{entry.source} resolves {entry.target}, which is no hold"
    if entry.facts.points > hold.facts.points:
        return f"{entry.source} pays out {entry.facts.points:,} of {hold.facts.points:,} held"
    return ""


def _retracted(target: Entry | None, facts: Sequence[Facts], by_source: Mapping[str, Entry]) -> str:
    if target is None:
        return "is taken back, and never was"
    if target.type is not EntryType.ACTIVITY:
        whole, taken = _points_of(target, by_source), sum(one.points for one in facts)
    elif sum(one.share or 0 for one in facts) > WHOLE:
        return "is taken back by more than the whole"
    else:
        whole, taken = target.facts.amount or 0, sum(one.amount or 0 for one in facts)
    return f"is taken back by {taken:,}, more than its {whole:,}" if taken > whole else ""


def _points_of(entry: Entry, by_source: Mapping[str, Entry]) -> int:
    """The points that a spend, capture or adjustment moved."""
    if entry.type is EntryType.CAPTURE and not entry.facts.points:
        return by_source[entry.target].facts.points
    return abs(entry.facts.points)


def _order(entry: Entry) -> tuple[Instant, str]:
    return entry.at, entry.source
