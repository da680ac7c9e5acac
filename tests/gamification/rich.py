"""Random programmes that use all there is."""

from random import Random

from gamification.programme import DefinitionKind as Kind
from tests.gamification.factories import ALWAYS, DAY, day, definition, programme

ZONES = ("UTC", "Asia/Jakarta", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")
STORES = ("bandung", "medan", "solo", "ubud")
DAYS = 45
"""How many days a journal spans, at most."""

GROUND = [
    (
        Kind.ACTIVITY_KIND,
        {
            "key": "purchase",
            "title": "Purchase",
            "amount": {"required": True},
            "attributes": {
                "discs": {"type": "INTEGER", "additive": True},
                "store": {"type": "STRING"},
                "gift": {"type": "BOOLEAN"},
            },
        },
    ),
    (
        Kind.ACTIVITY_KIND,
        {
            "key": "visit",
            "title": "Visit",
            "attributes": {"delta": {"type": "INTEGER"}, "store": {"type": "STRING"}},
        },
    ),
]


def bodies(rng: Random):
    """One version of everything, with random figures."""
    some = rng.randrange
    return [
        *GROUND,
        *_currencies(rng),
        # Rules may ask for a tier, so those come first.
        (Kind.TIER_SET, _tiers(rng)),
        *_rules(rng),
        (Kind.BADGE, _badge("first", "COUNT", goal=1)),
        (Kind.BADGE, _badge("buyer", "SUM", "amount", levels=(500, 2_000 + some(2_000), 9_000))),
        (Kind.BADGE, _badge("stores", "DISTINCT", "attributes.store", levels=(2, 2 + some(1, 3)))),
        (Kind.BADGE, _badge("big", "MAX", "amount", goal=1_000 + some(3_000))),
        (Kind.BADGE, _badge("regular", "DISTINCT", "day", goal=some(2, 6))),
        (Kind.BADGE, _badge("discs", "SUM", "attributes.discs", goal=some(3, 20))),
        (Kind.BADGE, _badge("collector", "SUM", "amount", currency="points", levels=(20, 80))),
        (Kind.BADGE, {"key": "winner", "name": "Winner"}),
        *_challenges(rng),
        *_streaks(rng),
        *_boards(rng),
    ]


def _currencies(rng: Random):
    for key, kind in (("points", "REDEEMABLE"), ("xp", "XP"), ("cash", "MONEY")):
        body = {"key": key, "name": key, "kind": kind, "main": key == "points"}
        if kind == "MONEY":
            body["money"] = "IDR"
        if kind == "REDEEMABLE":
            body["transfers"] = {"max_per_day": 90}
        body["shortage"] = rng.choice(["ALLOW_NEGATIVE", "WRITE_OFF"])
        body |= {"zone": rng.choice(ZONES)} | _pending(rng) | _expiry(rng)
        yield Kind.CURRENCY, body


def _pending(rng: Random):
    event = {"event": rng.choice(["visit", "purchase"]), "match": rng.choice(["", "store"])}
    long = [{"days": 2}, {"until": day(rng.randrange(DAYS))}, event, event]
    short = {"pending_days": rng.choice([0, 0, 1, 4])}
    return rng.choice([short, {"pending": rng.choice(long)}])


def _expiry(rng: Random):
    rolling = {"mode": "ROLLING", "count": rng.randrange(1, 6), "unit": rng.choice(["DAY", "WEEK"])}
    sliding = {"mode": "SLIDING", "count": rng.randrange(1, 6), "unit": "DAY"}
    long = [
        rolling,
        {**rolling, "round_to": rng.choice(["DAY", "WEEK", "MONTH"])},
        {"mode": "CALENDAR", "month_day": rng.choice(["03-15", "03-31", "04-02"])},
        {"mode": "CALENDAR", "at": day(rng.randrange(DAYS))},
        sliding,
        {**sliding, "kinds": rng.choice([["visit"], ["purchase"]])},
        {"mode": "NEVER"},
    ]
    short = {"expires_after_days": rng.choice([None, 1, 5, 12])}
    return rng.choice([short, {"expiry": rng.choice(long)}, {"expiry": rng.choice(long)}])


def _rules(rng: Random):
    def rule(key, *, kind="purchase", currency="points", **more):
        body = {"key": key, "title": key, "kind": kind, "currency": currency, **more}
        return Kind.EARNING_RULE, body

    caps = [
        {"points": rng.randrange(5, 60)},
        {"points": rng.randrange(10, 90), "per": "DAY"},
        {"points": rng.randrange(40, 200), "per": rng.choice(["WEEK", "MONTH"])},
    ]
    per_hundred = {"points": 1, "per": 100, "of": "amount"}
    yield rule("per-dollar", earn=per_hundred, caps=rng.sample(caps, rng.randrange(4)))
    yield rule("double", multiplier=rng.choice(["2", "1.5"]), condition="activity.weekday >= 6")
    yield rule("poor", earn={"points": 7}, condition="standing.balance < 30")
    yield rule("golden", earn={"points": 11}, condition='standing.tier == "gold"')
    yield rule("discs", currency="xp", earn={"points": 3, "per": 1, "of": "attributes.discs"})
    yield rule("cash", currency="cash", earn={"points": 5, "per": 250, "of": "amount"})
    yield rule("morning", kind="visit", earn={"points": 4}, condition="activity.hour < 12")
    window = {"starts_at": day(rng.randrange(10)), "ends_at": day(rng.randrange(10, DAYS))}
    delta = {"points": 2, "per": 1, "of": "attributes.delta"}
    day_cap = [{"points": 9, "per": "DAY"}]
    yield rule("delta", kind="visit", currency="xp", earn=delta, caps=day_cap, **window)
    gift = "activity.attributes.gift && activity.amount > 100"
    yield rule("gifts", currency="xp", multiplier="3", condition=gift)
    yield from _rules_in_full(rng, rule)


def _rules_in_full(rng: Random, rule):
    """Percentages, roundings, stackings, happy hours, and caps that reject or see the balance."""
    night = {"weekdays": rng.choice([[], [5, 6, 7]]), "from": "20:00", "until": "03:30"}
    noon = {"from": "11:15", "until": "14:45", "zone": rng.choice(["", *ZONES])}
    caps = [
        {"points": rng.randrange(20, 400), "per": "DAY", "mode": "REJECT"},
        {"points": rng.randrange(20, 200), "mode": "REJECT"},
        {
            "points": rng.randrange(50, 300),
            "balance": True,
            "mode": rng.choice(["REDUCE", "REJECT"]),
        },
    ]
    ways = {
        "stacking": rng.choice(["MULTIPLICATIVE", "ADDITIVE", "HIGHEST"]),
        "rounding": rng.choice(["DOWN", "UP", "HALF_EVEN"]),
    }
    share = {"percent": rng.choice(["0.5", "2.5", "33.333333"]), "of": "amount"}
    yield rule("share", earn=share, caps=rng.sample(caps, rng.randrange(4)), **ways)
    payer = rng.choice(["", "", "partner", "partner:toko", "campaign:spring", "pool:all"])
    yield rule("cash-back", currency="cash", earn=share, funded_by=payer, **ways)
    yield rule("happy", multiplier=rng.choice(["0.5", "1.7", "3"]), hours=[night, noon])
    yield rule("silver-app", earn={"points": 3}, channels=["APP"], tiers=["silver", "gold"])
    room = [{"points": rng.randrange(20, 90), "balance": True}]
    yield rule("filled", kind="visit", earn={"points": 30}, caps=room, funded_by="partner")
    budget = {"points": rng.randrange(200), "mode": rng.choice(["REDUCE", "REJECT"])}
    yield rule("shared", earn={"points": 20, "per": 900, "of": "amount"}, budget=budget)


def _badge(key, aggregate, field="", *, currency="", goal=0, levels=()):
    counted = {"currency": currency} if currency else {"kind": "purchase"}
    body = {"key": key, "name": key, "metric": {**counted, "aggregate": aggregate, "field": field}}
    if not levels:
        return {**body, "goal": goal}
    steps = [{"key": f"l{n}", "name": "", "goal": goal} for n, goal in enumerate(levels)]
    return {**body, "levels": steps}


def _challenges(rng: Random):
    amount = {"metric": {"kind": "purchase", "aggregate": "SUM", "field": "amount"}}
    visits = {"metric": {"kind": "visit"}, "goal": rng.randrange(1, 4)}
    points = {"metric": {"currency": "points", "aggregate": "SUM", "field": "amount"}}
    prize = {"points": {"currency": "points", "amount": rng.randrange(5, 50)}}

    def challenge(key, tasks, **more):
        starts_at = day(rng.randrange(20))
        ends_at = starts_at + rng.randrange(1, 25) * DAY
        body = {"key": key, "title": key, "tasks": tasks, "starts_at": starts_at, **more}
        return Kind.CHALLENGE, {**body, "ends_at": ends_at}

    both = [{**amount, "goal": rng.randrange(500, 4_000)}, visits]
    yield challenge("both", both, prizes=[prize, {"badge": "winner"}])
    yield challenge("any", both, mode="ANY", prizes=[{"points": {"currency": "xp", "amount": 9}}])
    chosen = rng.choice([[visits], both])
    yield challenge("chosen", chosen, enrolment="OPT_IN", prizes=[prize])
    yield challenge("earner", [{**points, "goal": rng.randrange(10, 80)}], prizes=[prize])


def _streaks(rng: Random):
    freezes = {"initial": rng.randrange(3), "earned_every": rng.randrange(4), "max": 2}
    metric = {"kind": "purchase"}
    spent = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
    daily = {"key": "daily", "name": "", "metric": metric, "freezes": freezes}
    # A later version may count periods of another kind.
    daily["period"] = rng.choice(["DAY", "DAY", "WEEK", "MONTH"])
    yield Kind.STREAK, {**daily, "day_starts_at": rng.choice([0, 4, 23])}
    weekly = {"key": "weekly", "name": "", "period": "WEEK", "metric": spent, "goal": 1_500}
    yield Kind.STREAK, weekly
    monthly = {"key": "monthly", "name": "", "period": "MONTH", "metric": {"kind": "visit"}}
    yield Kind.STREAK, {**monthly, "freezes": freezes}


def _tiers(rng: Random):
    metric = rng.choice(
        [
            {"kind": "purchase", "aggregate": "SUM", "field": "amount"},
            {"currency": "points", "aggregate": "SUM", "field": "amount"},
            {"kind": "purchase", "aggregate": "COUNT"},
        ]
    )
    step = {"purchaseSUM": 1_500, "SUM": 25, "purchaseCOUNT": 3}[
        metric.get("kind", "") + metric["aggregate"]
    ]
    levels = [
        {"key": "bronze", "name": "", "threshold": 0},
        {"key": "silver", "name": "", "threshold": step, "earn_multiplier": "1.25"},
        {"key": "gold", "name": "", "threshold": 2 * step, "earn_multiplier": "2"},
    ]
    body = {"key": "club", "name": "Club", "metric": metric, "levels": levels}
    return {**body, "rolling_days": rng.choice([None, 3, 10])}


def _boards(rng: Random):
    amount = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
    metrics = [amount, {"kind": "visit"}, {**amount, "aggregate": "MAX"}]
    metrics.append({"currency": "points", "aggregate": "SUM", "field": "amount"})
    for period in ("ALL_TIME", "DAILY", "WEEKLY", "MONTHLY"):
        body = {"key": f"board-{period.lower().replace('_', '-')}", "title": period}
        body |= {"period": period, "metric": rng.choice(metrics), "zone": rng.choice(ZONES)}
        yield Kind.LEADERBOARD, body


def random_programme(rng: Random):
    """A programme with one to three editions; later ones change some of the definitions."""
    first = [definition(kind, body) for kind, body in bodies(rng)]
    later = []
    for version in range(2, 2 + rng.randrange(3)):
        since = day(rng.randrange(DAYS))
        changed = rng.sample(bodies(rng)[len(GROUND) :], rng.randrange(1, 8))
        later += [definition(kind, body, version=version, since=since) for kind, body in changed]
    kept = [one for one in first if one.kind in _ALWAYS_THERE or rng.random() < 0.9]
    return programme(*kept, *later)


_ALWAYS_THERE = (Kind.ACTIVITY_KIND, Kind.CURRENCY)


__all__ = ["ALWAYS", "DAYS", "GROUND", "STORES", "ZONES", "bodies", "random_programme"]
