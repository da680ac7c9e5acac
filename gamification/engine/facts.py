"""Facts: what a settlement tells the rest of the house, one list for each member and batch."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from gamification import challenges
from gamification.engine.difference import HonourRow, PostingRow
from gamification.engine.effects import HonourKind
from gamification.engine.settlement import Settlement
from gamification.engine.standing import Outline, Standing
from gamification.ledger import Posting
from gamification.programme import Edition
from kit.clock import Instant

Fact = dict[str, Any]
"""`type`, `at` (Instant) and what belongs to that type; plain JSON values."""


class Snapshot(msgspec.Struct, frozen=True):
    """What progress looked like before a settlement."""

    challenges: Mapping[str, int]
    streaks: Mapping[str, int]
    scores: Mapping[str, tuple[Instant, int, Instant]]


def snapshot(standing: Standing | Outline) -> Snapshot:
    """Note what the facts of a settlement will be compared with."""
    return Snapshot(
        challenges={
            key: sum(counter.value for counter in state.counters)
            for key, state in standing.challenges.items()
        },
        streaks={key: state.length for key, state in standing.streaks.items()},
        scores={
            key: (state.period, state.counter.value, state.reached_at)
            for key, state in standing.scores.items()
        },
    )


def facts_of(before: Snapshot, settlement: Settlement, edition: Edition) -> list[Fact]:
    """Everything worth telling, in the order of its event time."""
    facts = [
        *posted(settlement.postings, settlement.standing),
        *honoured(_changes(settlement.honours)),
        *_challenge_facts(before, settlement.standing, edition),
        *_streak_facts(before, settlement.standing),
        *_score_facts(before, settlement.standing),
    ]
    facts.sort(key=_at)
    return facts


def posted(rows: list[PostingRow], standing: Standing) -> list[Fact]:
    """One fact for each effect whose points moved; corrections of one key are summed up."""
    totals: dict[str, tuple[int, Posting]] = {}
    for row in rows:
        total, _ = totals.get(row.posting.key, (0, row.posting))
        totals[row.posting.key] = total + row.posting.signed, row.posting
    moved = [(amount, posting) for amount, posting in totals.values() if amount]
    if not moved:
        return []
    at = max(standing.last_at, standing.moved_at)
    balances = {currency: wallet.balance(at) for currency, wallet in standing.wallets.items()}
    facts = []
    # From the balance at the end backwards: what it was after each.
    for amount, posting in reversed(moved):
        balance = balances.get(posting.currency, 0)
        facts.append(_posting_fact(posting, amount, balance))
        if posting.available_at <= at:
            balances[posting.currency] = balance - amount
    facts.reverse()
    return facts


def _posting_fact(posting: Posting, amount: int, balance: int) -> Fact:
    return {
        "type": "points.posted",
        "at": posting.at,
        "currency": posting.currency,
        "amount": amount,
        "kind": posting.kind.value,
        "subject": posting.subject,
        "balance": balance,
    }


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a row of effects says: +1 took effect, -1 was taken back, 0 corrected a detail."""

    kind: HonourKind
    change: int
    subject: str
    value: str
    previous: str
    version: int
    at: Instant


def honoured(changes: Iterable[Change]) -> list[Fact]:
    """Badges won and lost, tiers changed, challenges completed.

    What was taken back and given again (a tier that was only reached at another time) is no news.
    """
    nets: dict[tuple[HonourKind, str, str, str], tuple[int, Change]] = {}
    for one in changes:
        place = (one.kind, one.subject, one.value, one.previous)
        net, _ = nets.get(place, (0, one))
        nets[place] = net + one.change, one
    facts = (_honour_fact(one, net) for net, one in nets.values())
    return [fact for fact in facts if fact is not None]


def _changes(rows: Iterable[HonourRow]) -> Iterator[Change]:
    for row in rows:
        honour = row.honour
        yield Change(
            kind=honour.kind,
            change=row.change,
            subject=honour.subject,
            value=honour.value,
            previous=honour.previous,
            version=honour.version,
            at=honour.at,
        )


def _honour_fact(one: Change, net: int) -> Fact | None:
    if net == 0:
        return None
    match one.kind:
        case HonourKind.BADGE:
            fact = {"at": one.at, "badge": one.subject, "level": one.value}
            if net < 0:
                return {"type": "badge.revoked", **fact}
            return {"type": "badge.awarded", **fact, "version": one.version}
        case HonourKind.TIER:
            before, after = (one.previous, one.value) if net > 0 else (one.value, one.previous)
            return {
                "type": "tier.changed",
                "at": one.at,
                "set": one.subject,
                "from": before,
                "to": after,
            }
        case HonourKind.CHALLENGE:
            if net > 0:
                return {"type": "challenge.completed", "at": one.at, "challenge": one.subject}
    return None


def _challenge_facts(before: Snapshot, standing: Standing, edition: Edition) -> list[Fact]:
    facts = []
    for key, state in standing.challenges.items():
        compiled = edition.challenges.get(key)
        now = sum(counter.value for counter in state.counters)
        if compiled is None or now == before.challenges.get(key, 0):
            continue
        value, goal = challenges.reached(state, compiled.challenge)
        facts.append(
            {
                "type": "challenge.progressed",
                "at": standing.last_at,
                "challenge": key,
                "value": value,
                "goal": goal,
            }
        )
    return facts


def _streak_facts(before: Snapshot, standing: Standing) -> list[Fact]:
    facts: list[Fact] = []
    for key, state in standing.streaks.items():
        length = before.streaks.get(key, 0)
        if state.length == length:
            continue
        if state.length:
            fact = {"type": "streak.extended", "at": standing.last_at, "length": state.length}
        else:
            fact = {"type": "streak.broken", "at": standing.moved_at, "length": length}
        facts.append({**fact, "streak": key})
    return facts


def _score_facts(before: Snapshot, standing: Standing) -> list[Fact]:
    facts: list[Fact] = []
    for key, state in standing.scores.items():
        known = before.scores.get(key)
        now = (state.period, state.counter.value, state.reached_at)
        if known == now:
            continue
        same_period = known is not None and known[0] == state.period
        facts.append(
            {
                "type": "score.changed",
                "at": state.reached_at,
                "board": key,
                "period": state.period,
                "score": state.counter.value,
                "reached_at": state.reached_at,
                "before": [known[1], known[2]] if known and same_period else None,
            }
        )
    return facts


def _at(fact: Fact) -> int:
    at = fact["at"]
    assert isinstance(at, int)
    return at
