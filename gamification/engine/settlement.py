"""Settling one member, as a pure function: what is new, folded in; what it changes, told."""

from collections.abc import Sequence

import msgspec

from gamification.engine.difference import (
    HonourRow,
    PostingRow,
    StoredHonour,
    StoredPosting,
    honour_rows,
    posting_rows,
    score_changes,
)
from gamification.engine.effects import Effects, Scores
from gamification.engine.fold import advance, fold
from gamification.engine.standing import Standing
from gamification.journal import AdditiveOf, Entry, EntryType, effective
from gamification.programme import Programme
from kit.clock import Instant


class Stored(msgspec.Struct, kw_only=True):
    """The effects that a member's rows add up to."""

    postings: dict[str, StoredPosting] = {}
    honours: dict[str, StoredHonour] = {}
    scores: Scores = {}


class Settlement(msgspec.Struct, kw_only=True):
    """A member's new standing, and the rows to append or write for it.

    `revision` is higher than that of any row so far: what is appended next takes it.
    """

    standing: Standing
    revision: int
    postings: list[PostingRow]
    honours: list[HonourRow]
    scores: Scores
    dropped_scores: list[tuple[str, Instant]] = []


def is_in_order(standing: Standing, entries: Sequence[Entry]) -> bool:
    """Whether sorted new entries continue what is folded: the fast path is open to them."""
    first = entries[0]
    return (
        (first.at, first.source) > (standing.last_at, standing.last_source)
        and first.at >= standing.moved_at
        and not any(entry.type is EntryType.RETRACTION for entry in entries)
    )


def continued(
    standing: Standing, programme: Programme, entries: Sequence[Entry], *, zone: str, revision: int
) -> Settlement:
    """Fold new entries onto the stored standing; it is changed in place.

    `revision` is the one that the last settlement told.
    """
    effects = Effects()
    for entry in entries:
        fold(standing, programme, entry, zone=zone, effects=effects)
    return _appended(standing, effects, revision)


def advanced(
    standing: Standing, programme: Programme, to: Instant, *, zone: str, revision: int
) -> Settlement:
    """Let time alone pass; the standing is changed in place."""
    effects = Effects()
    advance(standing, programme, to, zone=zone, effects=effects)
    return _appended(standing, effects, revision)


def replayed(
    programme: Programme, journal: Sequence[Entry], *, zone: str, until: Instant
) -> tuple[Standing, Effects]:
    """The standing and all effects of a whole journal, from nothing up to the instant `until`."""
    standing, effects = Standing(), Effects()
    for entry in effective(journal, _additive_in(programme)):
        fold(standing, programme, entry, zone=zone, effects=effects)
    advance(standing, programme, until, zone=zone, effects=effects)
    return standing, effects


def refolded(
    programme: Programme,
    journal: Sequence[Entry],
    stored: Stored,
    *,
    zone: str,
    until: Instant,
    at: Instant,
) -> Settlement:
    """Fold a whole journal again and append only what differs; corrections are dated `at`."""
    standing, effects = replayed(programme, journal, zone=zone, until=until)
    scores, dropped = score_changes(effects.scores, stored.scores)
    postings = posting_rows(effects.postings, stored.postings, at=at)
    honours = honour_rows(effects.honours, stored.honours)
    revisions = [one.revision for one in stored.postings.values()]
    revisions += [one.revision for one in stored.honours.values()]
    revisions += [row.revision for row in postings]
    revisions += [row.revision for row in honours]
    return Settlement(
        standing=standing,
        revision=1 + max(revisions, default=-1),
        postings=postings,
        honours=honours,
        scores=scores,
        dropped_scores=dropped,
    )


def _additive_in(programme: Programme) -> AdditiveOf:
    def additive(entry: Entry) -> frozenset[str]:
        kind = programme.at(entry.at).kinds.get(entry.kind)
        return kind.additive if kind is not None else frozenset()

    return additive


def _appended(standing: Standing, effects: Effects, revision: int) -> Settlement:
    # What a refund took away can be won again: its key may have rows already, that say nothing now.
    return Settlement(
        standing=standing,
        revision=revision,
        postings=[PostingRow(posting, revision) for posting in effects.postings],
        honours=[HonourRow(honour, revision, 1) for honour in effects.honours],
        scores=effects.scores,
    )
