"""The programme and the activities that the benchmarks run on."""

from itertools import count
from typing import Any

from gamification import engine, programme
from gamification.engine import Recording
from gamification.programme import Backfill, DefinitionKind, Scope

_numbers = count()

_AMOUNT = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
_PURCHASES = {"kind": "purchase"}

DEFINITIONS: list[tuple[DefinitionKind, dict[str, Any]]] = [
    (
        DefinitionKind.ACTIVITY_KIND,
        {
            "key": "purchase",
            "title": "Purchase",
            "amount": {"currencies": ["USD"]},
            "attributes": {"discs": {"type": "INTEGER"}},
        },
    ),
    (DefinitionKind.CURRENCY, {"key": "points", "name": "points", "expires_after_days": 365}),
    (
        DefinitionKind.EARNING_RULE,
        {
            "key": "per-dollar",
            "title": "Purchase",
            "kind": "purchase",
            "currency": "points",
            "earn": {"points": 1, "per": 100, "of": "amount"},
        },
    ),
    (
        DefinitionKind.EARNING_RULE,
        {
            "key": "big",
            "title": "Many discs",
            "kind": "purchase",
            "currency": "points",
            "earn": {"points": 5},
            "condition": "activity.attributes.discs >= 3",
        },
    ),
    (
        DefinitionKind.TIER_SET,
        {
            "key": "status",
            "name": "Status",
            "metric": _AMOUNT,
            "levels": [
                {"key": "bronze", "name": "Bronze", "threshold": 0},
                {"key": "silver", "name": "Silver", "threshold": 10_000},
            ],
        },
    ),
    (
        DefinitionKind.BADGE,
        {
            "key": "regular",
            "name": "Regular",
            "metric": {"kind": "purchase", "aggregate": "DISTINCT", "field": "day"},
            "goal": 5,
        },
    ),
    (
        DefinitionKind.STREAK,
        {"key": "daily", "name": "Daily", "period": "DAY", "metric": _PURCHASES},
    ),
    (
        DefinitionKind.LEADERBOARD,
        {"key": "spenders", "title": "Spenders", "metric": _AMOUNT},
    ),
]


async def publish() -> None:
    """Publish the benchmarks' programme, in force for all of the past."""
    refs = [(await programme.define(kind, body, by="bench")).ref for kind, body in DEFINITIONS]
    await programme.publish(refs, backfill=Backfill(scope=Scope.ALL), by="bench")


def purchases(number: int, *, members: int) -> list[Recording]:
    """So many purchases nobody has heard of, spread over so many members."""
    return [
        Recording(
            kind="purchase",
            source=f"bench:{turn:012}",
            external_id=f"member-{turn % members:06}",
            amount=100 + turn * 37 % 20_000,
            currency="USD",
            attributes={"discs": turn % 5},
        )
        for turn in (next(_numbers) for _ in range(number))
    ]


async def recorded(recordings: list[Recording]) -> list[str]:
    """Record and enrol, whenever it was; the ids of the members."""
    answers = await engine.record(recordings, trusted=True, enrol=True)
    assert all(isinstance(answer, engine.Recorded) for answer in answers)
    return [answer.entry.member_id for answer in answers if isinstance(answer, engine.Recorded)]
