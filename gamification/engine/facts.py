"""Facts: what a settlement tells the rest of the house, one list for each member and batch."""

from collections.abc import Mapping
from typing import Any

import msgspec

from gamification import challenges
from gamification.engine.difference import HonourRow, PostingRow
from gamification.engine.effects import HonourKind
from gamification.engine.settlement import Settlement
from gamification.engine.standing import Standing
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


def snapshot(standing: Standing) -> Snapshot:
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
        *honoured(settlement.honours),
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


def honoured(rows: list[HonourRow]) -> list[Fact]:
    """Badges won and lost, tiers changed, challenges completed."""
    facts = []
    for row in rows:
        fact = honour_fact(
            row.honour.kind,
            change=row.change,
            subject=row.honour.subject,
            value=row.honour.value,
            previous=row.honour.previous,
            version=row.honour.version,
            at=row.honour.at,
        )
        if fact is not None:
            facts.append(fact)
    return facts


def honour_fact(
    kind: HonourKind,
    *,
    change: int,
    subject: str,
    value: str,
    previous: str,
    version: int,
    at: Instant,
) -> Fact | None:
    """The fact of one effect row; None where only a detail was corrected."""
    match kind, change:
        case HonourKind.BADGE, 1:
            return {
                "type": "badge.awarded",
                "at": at,
                "badge": subject,
                "level": value,
                "version": version,
            }
        case HonourKind.BADGE, -1:
            return {"type": "badge.revoked", "at": at, "badge": subject, "level": value}
        case HonourKind.TIER, 1:
            return {
                "type": "tier.changed",
                "at": at,
                "set": subject,
                "from": previous,
                "to": value,
            }
        case HonourKind.CHALLENGE, 1:
            return {"type": "challenge.completed", "at": at, "challenge": subject}
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
