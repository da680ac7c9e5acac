"""Statistics as of any moment, over a world small enough to count by hand."""

import pytest

from gamification import engine
from tests.gamification import world

SUM = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
PROGRAMME = (
    ("BADGE", {"key": "once", "name": "", "metric": {"kind": "purchase"}, "goal": 1}),
    (
        "BADGE",
        {
            "key": "much",
            "name": "",
            "metric": SUM,
            "levels": [
                {"key": "some", "name": "", "goal": 20},
                {"key": "more", "name": "", "goal": 100},
            ],
        },
    ),
    (
        "CHALLENGE",
        {
            "key": "twice",
            "title": "",
            "tasks": [{"metric": {"kind": "purchase"}, "goal": 2}],
            "starts_at": "2026-03-01T00:00:00Z",
            "ends_at": "2026-04-01T00:00:00Z",
            "prizes": [{"points": {"currency": "points", "amount": 5}}],
        },
    ),
    ("STREAK", {"key": "daily", "name": "", "period": "DAY", "metric": {"kind": "purchase"}}),
    (
        "TIER_SET",
        {
            "key": "club",
            "name": "",
            "metric": SUM,
            "levels": [
                {"key": "low", "name": "", "threshold": 0},
                {"key": "high", "name": "", "threshold": 50},
            ],
        },
    ),
    ("LEADERBOARD", {"key": "all", "title": "", "metric": SUM}),
    ("LEADERBOARD", {"key": "daily", "title": "", "metric": SUM, "period": "DAILY"}),
)


@pytest.fixture
async def shop(ground, clock):
    """Three members, of whom one has done nothing; the moments after each of three days."""
    await world.publish(*PROGRAMME)
    ani, budi, _ = [await world.enrol(name) for name in ("ani", "budi", "citra")]
    moments = []
    for amounts in ((30, 10), (30, 0), (0, 120)):
        for one, amount in zip((ani, budi), amounts, strict=True):
            if amount:
                await world.buy(one, amount)
        moments.append(clock.now)
        clock.advance(days=1)
    return moments


async def test_everything_is_counted_once(shop):
    found = await engine.stats(shop[2])
    assert found == {
        "members": 3,
        "activities": 4,
        "points_issued": 190 + 2 * 5,
        "tiers": {"low": 1, "high": 2},
        "badges": {"once": 2, "much": {"some": 2, "more": 1}},
        "challenges": {"twice": 2},
        "streaks": {"daily": {"longest": 2, "members": 1}},
        "leaderboards": {
            "all": [
                {"rank": 1, "member": "budi", "score": 130},
                {"rank": 2, "member": "ani", "score": 60},
            ]
        },
    }


async def test_a_moment_knows_nothing_of_what_came_later(shop):
    found = await engine.stats(shop[0])
    assert (found["activities"], found["points_issued"]) == (2, 40)
    assert found["tiers"] == {"low": 3, "high": 0}
    assert found["badges"] == {"once": 2, "much": {"some": 1, "more": 0}}
    assert found["challenges"] == {"twice": 0}
    assert found["streaks"] == {"daily": {"longest": 1, "members": 2}}
    assert [one["member"] for one in found["leaderboards"]["all"]] == ["ani", "budi"]


async def test_before_everything_there_is_nothing(shop):
    found = await engine.stats(shop[0] - 1)
    assert (found["members"], found["activities"], found["points_issued"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "style, ranks",
    [("ORDINAL", [1, 2, 3, 4]), ("COMPETITION", [1, 2, 2, 4]), ("DENSE", [1, 2, 2, 3])],
)
async def test_ranks_are_told_in_the_boards_style(ground, style, ranks):
    await world.publish(
        ("LEADERBOARD", {"key": "all", "title": "", "metric": SUM, "rank_style": style})
    )
    for amount in (40, 30, 30, 20):
        await world.buy(await world.enrol(), amount)
    found = await engine.stats(9 * 10**15)
    assert [one["rank"] for one in found["leaderboards"]["all"]] == ranks


async def test_the_ten_best_are_told(ground):
    await world.publish(("LEADERBOARD", {"key": "all", "title": "", "metric": SUM}))
    for amount in range(1, 13):
        await world.buy(await world.enrol(f"m{amount}"), amount)
    best = (await engine.stats(9 * 10**15))["leaderboards"]["all"]
    assert [one["score"] for one in best] == list(range(12, 2, -1))


async def test_a_programme_without_anything_is_told_as_such(database):
    await world.enrol()
    assert await engine.stats(9 * 10**15) == {
        "members": 1,
        "activities": 0,
        "points_issued": 0,
        "tiers": {},
        "badges": {},
        "challenges": {},
        "streaks": {},
        "leaderboards": {},
    }
