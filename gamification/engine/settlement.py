"""Settling one member, as a pure function: what is new, folded in; what it changes, told."""

from collections.abc import Sequence

import msgspec

from gamification.engine import checkpoints
from gamification.engine.checkpoints import Checkpoint
from gamification.engine.difference import (
    Because,
    HonourRow,
    PostingRow,
    StoredHonour,
    StoredPosting,
    honour_rows,
    posting_rows,
    score_changes,
)
from gamification.engine.effects import Effects, Scores, Wish
from gamification.engine.fold import advance, fold
from gamification.engine.standing import BEFORE_ALL, Outline, Standing, packed, unpacked
from gamification.journal import AdditiveOf, Entry, EntryType, effective
from gamification.programme import Programme
from kit.clock import Instant


class Stored(msgspec.Struct, kw_only=True):
    """The effects that a member's rows add up to: all, or those from after a checkpoint."""

    postings: dict[str, StoredPosting] = {}
    honours: dict[str, StoredHonour] = {}
    scores: Scores = {}


class Settlement(msgspec.Struct, kw_only=True):
    """A member's new standing, and the rows to append or write for it.

    `revision` is higher than that of any row so far: what is appended next takes it. What was
    folded again is all `since` an instant; None where the standing was only continued. `wishes`
    on common budgets are granted in it: whoever settles decides them.
    """

    standing: Standing
    revision: int
    postings: list[PostingRow]
    honours: list[HonourRow]
    scores: Scores
    dropped_scores: list[tuple[str, Instant]] = []
    checkpoints: list[Checkpoint] = []
    wishes: list[Wish] = []
    since: Instant | None = None


def is_in_order(standing: Standing | Outline, entries: Sequence[Entry]) -> bool:
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
    kept = _run(standing, programme, entries, zone=zone, effects=effects)
    return _appended(standing, effects, revision, kept)


def advanced(
    standing: Standing, programme: Programme, to: Instant, *, zone: str, revision: int
) -> Settlement:
    """Let time alone pass; the standing is changed in place."""
    effects = Effects()
    advance(standing, programme, to, zone=zone, effects=effects)
    return _appended(standing, effects, revision, [])


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
    because: Because,
    *,
    zone: str,
    until: Instant,
    revision: int,
    checkpoint: Checkpoint | None = None,
) -> Settlement:
    """Fold a journal again, from nothing or on from a checkpoint, and append only what differs.

    After a checkpoint, `journal` and `stored` are what happened after it. `revision` is the one
    that the last settlement told.
    """
    standing, effects = Standing(), Effects()
    if checkpoint is not None:
        standing = unpacked(checkpoint.state)
        effects.scores = {
            (board, state.period): (state.counter.value, state.reached_at)
            for board, state in standing.scores.items()
        }
    entries = effective(journal, _additive_in(programme))
    kept = _run(standing, programme, entries, zone=zone, effects=effects)
    advance(standing, programme, until, zone=zone, effects=effects)
    scores, dropped = score_changes(effects.scores, stored.scores)
    # What is stored of a key from before the checkpoint is not at hand: begin above all of it.
    first = 0 if checkpoint is None else revision + 1
    postings = posting_rows(effects.postings, stored.postings, because, first=first)
    honours = honour_rows(effects.honours, stored.honours, first=first)
    revisions = [row.revision for row in postings] + [row.revision for row in honours]
    return Settlement(
        standing=standing,
        revision=max(revision, 1 + max(revisions, default=-1)),
        postings=postings,
        honours=honours,
        scores=scores,
        dropped_scores=dropped,
        checkpoints=kept,
        wishes=effects.wishes,
        since=BEFORE_ALL if checkpoint is None else checkpoint.at,
    )


def wrong_checkpoint(
    programme: Programme, journal: Sequence[Entry], kept: Sequence[Checkpoint], *, zone: str
) -> Checkpoint | None:
    """The first of a member's checkpoints, oldest first, that the journal does not come to."""
    standing, effects = Standing(), Effects()
    entries = effective(journal, _additive_in(programme))
    position = 0
    for one in kept:
        while position < len(entries) and entries[position].at <= one.at:
            fold(standing, programme, entries[position], zone=zone, effects=effects)
            position += 1
        advance(standing, programme, one.at, zone=zone, effects=effects)
        if (standing.entries, packed(standing)) != (one.entries, one.state):
            return one
    return None


def _run(
    standing: Standing,
    programme: Programme,
    entries: Sequence[Entry],
    *,
    zone: str,
    effects: Effects,
) -> list[Checkpoint]:
    """Fold entries in order; the checkpoints that were due on the way."""
    kept = []
    of = standing.entries + len(entries)
    for entry in entries:
        checkpoint = checkpoints.taken(standing, before=entry.at, of=of)
        if checkpoint is not None:
            kept.append(checkpoint)
        fold(standing, programme, entry, zone=zone, effects=effects)
    return kept


def _additive_in(programme: Programme) -> AdditiveOf:
    def additive(entry: Entry) -> frozenset[str]:
        kind = programme.at(entry.at).kinds.get(entry.kind)
        return kind.additive if kind is not None else frozenset()

    return additive


def _appended(
    standing: Standing, effects: Effects, revision: int, kept: list[Checkpoint]
) -> Settlement:
    # What a refund took away can be won again: its key may have rows already, that say nothing now.
    return Settlement(
        standing=standing,
        revision=revision,
        postings=[PostingRow(posting, revision) for posting in effects.postings],
        honours=[HonourRow(honour, revision, 1) for honour in effects.honours],
        scores=effects.scores,
        checkpoints=kept,
        wishes=effects.wishes,
    )
