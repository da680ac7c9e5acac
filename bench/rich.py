"""A programme that uses much, and a member who does much: twenty rules and twenty challenges, ten
badges, a tier set, a streak and two boards over purchases, visits and reviews."""

from random import Random
from typing import Any

from gamification.journal import Entry, EntryType, Facts
from gamification.programme import (
    ALWAYS,
    Definition,
    DefinitionKind,
    DefinitionState,
    Programme,
    parsed,
    programme_of,
)
from kit import clock

Kind = DefinitionKind
Body = dict[str, Any]

START = clock.parse("2026-01-01T00:00:00Z")
STORES = ("bandung", "medan", "solo", "ubud")

_AMOUNT: Body = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
_PURCHASES: Body = {"kind": "purchase"}
_VISITS: Body = {"kind": "visit"}
_REVIEWS: Body = {"kind": "review"}
_PER_DOLLAR: Body = {"points": 1, "per": 100, "of": "amount"}


def programme() -> Programme:
    """The programme, compiled."""
    return compiled([*_ground(), *_rules(), *_challenges(), *_badges(), *_others()])


def compiled(bodies: list[tuple[DefinitionKind, Body]]) -> Programme:
    """A programme of definitions that have always been in force."""
    return programme_of(
        [_definition(kind, body) for kind, body in bodies], revision=1, published_at=0
    )


def journal(number: int) -> list[Entry]:
    """So many activities of one member, two a day: four purchases to three visits and a review."""
    chance = Random(12)
    return [_entry(turn, chance) for turn in range(number)]


def _entry(turn: int, chance: Random) -> Entry:
    kind = ("purchase", "visit", "purchase", "visit", "purchase", "visit", "purchase", "review")
    is_purchase = kind[turn % 8] == "purchase"
    attributes = {"discs": turn % 5} if is_purchase else {}
    return Entry(
        id=f"{turn}",
        member_id="m",
        type=EntryType.ACTIVITY,
        kind=kind[turn % 8],
        source=f"bench:{turn:06}",
        at=START + turn * clock.DAY // 2 + chance.randrange(clock.HOUR),
        facts=Facts(
            amount=chance.randrange(500, 20_000) if is_purchase else None,
            currency="USD" if is_purchase else "",
            channel=("ONLINE", "IN_STORE", "APP")[turn % 3],
            partner=("", "", "kemang")[turn % 3],
            attributes={**attributes, "store": STORES[turn % 4]},
        ),
    )


def _definition(kind: DefinitionKind, body: Body) -> Definition:
    value = parsed(kind, body)
    return Definition(
        kind=kind,
        key=value.key,
        version=1,
        state=DefinitionState.PUBLISHED,
        body=value,
        in_force_from=ALWAYS,
        published_at=0,
    )


def _ground() -> list[tuple[DefinitionKind, Body]]:
    store = {"store": {"type": "STRING"}}
    discs = {"discs": {"type": "INTEGER", "additive": True}}
    kinds: list[Body] = [
        {"key": "purchase", "title": "", "amount": {}, "attributes": {**store, **discs}},
        {"key": "visit", "title": "", "attributes": store},
        {"key": "review", "title": "", "attributes": store},
    ]
    currencies: list[Body] = [
        {"key": "points", "name": "points", "main": True, "expires_after_days": 365},
        {"key": "xp", "name": "xp", "kind": "XP"},
    ]
    return [(Kind.ACTIVITY_KIND, body) for body in kinds] + [
        (Kind.CURRENCY, body) for body in currencies
    ]


def _rules() -> list[tuple[DefinitionKind, Body]]:
    def rule(key: str, kind: str = "purchase", **more: Any) -> tuple[DefinitionKind, Body]:
        body = {"key": key, "title": key, "kind": kind, "currency": "points"} | more
        return Kind.EARNING_RULE, body

    disc = {"points": 3, "per": 1, "of": "attributes.discs"}
    noon = [{"from": "11:00", "until": "14:00"}]
    spring = {"starts_at": "2026-03-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"}
    summer = {"starts_at": "2026-06-01T00:00:00Z", "ends_at": "2026-09-01T00:00:00Z"}
    return [
        rule("dollars", earn=_PER_DOLLAR, caps=[{"points": 500}, {"points": 2_000, "per": "WEEK"}]),
        rule("discs", earn=disc, currency="xp"),
        rule("share", earn={"percent": "2.5", "of": "amount"}, rounding="HALF_EVEN"),
        rule("large", earn={"points": 25}, condition="activity.amount >= 15000"),
        rule("weekend", multiplier="2", condition="activity.weekday >= 6"),
        rule("noon", multiplier="1.5", hours=noon),
        rule("app", earn={"points": 5}, channels=["APP"]),
        rule("partner", earn={"points": 4}, partners=["kemang"], funded_by="partner"),
        rule("golden", earn={"points": 11}, tiers=["gold"]),
        rule("solo", earn={"points": 2}, condition='activity.attributes.store == "solo"'),
        rule("spring", earn={"points": 6}, **spring),
        rule("summer", multiplier="2", **summer),
        rule("visit", "visit", earn={"points": 1}, caps=[{"points": 1, "per": "DAY"}]),
        rule("visit-xp", "visit", earn={"points": 10}, currency="xp"),
        rule("early", "visit", earn={"points": 2}, condition="activity.hour < 9"),
        rule("in-store", "visit", earn={"points": 2}, channels=["IN_STORE"]),
        rule("spring-visit", "visit", multiplier="3", **spring),
        rule("review", "review", earn={"points": 20}, caps=[{"points": 100, "per": "MONTH"}]),
        rule("review-xp", "review", earn={"points": 50}, currency="xp"),
        rule("summer-review", "review", earn={"points": 10}, **summer),
    ]


def _challenges() -> list[tuple[DefinitionKind, Body]]:
    def challenge(key: str, since: str, until: str, *tasks: Body) -> tuple[DefinitionKind, Body]:
        body: Body = {"key": key, "title": key, "starts_at": since, "ends_at": until}
        prize = {"points": {"currency": "points", "amount": 50}}
        return Kind.CHALLENGE, body | {"tasks": list(tasks), "prizes": [prize]}

    months = [f"2026-{month:02}-01T00:00:00Z" for month in range(1, 13)]
    ends = [*months[1:], "2027-01-01T00:00:00Z"]
    always = months[0], "2030-01-01T00:00:00Z"
    monthly = [
        challenge(f"month-{since[5:7]}", since, until, {"metric": _PURCHASES, "goal": 15})
        for since, until in zip(months, ends, strict=True)
    ]
    ways: list[Body] = [
        {"metric": _AMOUNT, "goal": 10**9},
        {"metric": _VISITS, "goal": 10**6},
        {"metric": _REVIEWS, "goal": 10**6},
        {"metric": {**_PURCHASES, "aggregate": "SUM", "field": "attributes.discs"}, "goal": 10**6},
    ]
    long = [challenge(f"long-{number}", *always, way) for number, way in enumerate(ways)]
    both = [challenge(f"both-{one}", *always, ways[one], ways[1]) for one in (0, 2, 3)]
    distinct = {"kind": "visit", "aggregate": "DISTINCT", "field": "attributes.store"}
    return [*monthly, *long, *both, challenge("tour", *always, {"metric": distinct, "goal": 5})]


def _badges() -> list[tuple[DefinitionKind, Body]]:
    def badge(key: str, metric: Body, goal: int) -> tuple[DefinitionKind, Body]:
        return Kind.BADGE, {"key": key, "name": key, "metric": metric, "goal": goal}

    stores = {"kind": "visit", "aggregate": "DISTINCT", "field": "attributes.store"}
    days = {"kind": "purchase", "aggregate": "DISTINCT", "field": "day"}
    largest = {"kind": "purchase", "aggregate": "MAX", "field": "amount"}
    where = {"kind": "purchase", "where": "activity.hour >= 22"}
    return [
        badge("first", _PURCHASES, 1),
        badge("hundred", _PURCHASES, 100),
        badge("spender", _AMOUNT, 10**7),
        badge("stores", stores, 4),
        badge("days", days, 50),
        badge("large", largest, 19_000),
        badge("owl", where, 10),
        badge("visitor", _VISITS, 1_000),
        badge("critic", _REVIEWS, 1_000),
        badge("rich", {"currency": "points", "aggregate": "SUM", "field": "amount"}, 10**6),
    ]


def _others() -> list[tuple[DefinitionKind, Body]]:
    levels = [("bronze", 0), ("silver", 100_000), ("gold", 1_000_000)]
    tiers: Body = {
        "key": "status",
        "name": "Status",
        "metric": _AMOUNT,
        "rolling_days": 365,
        "levels": [{"key": key, "name": key, "threshold": least} for key, least in levels],
    }
    streak: Body = {"key": "daily", "name": "Daily", "period": "DAY", "metric": _VISITS}
    return [
        (Kind.TIER_SET, tiers),
        (Kind.STREAK, streak),
        (Kind.LEADERBOARD, {"key": "spenders", "title": "Spenders", "metric": _AMOUNT}),
        (
            Kind.LEADERBOARD,
            {"key": "monthly", "title": "Monthly", "metric": _AMOUNT, "period": "MONTHLY"},
        ),
    ]
