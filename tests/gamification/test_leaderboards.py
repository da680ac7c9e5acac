from random import Random

import pytest

from gamification import leaderboards
from gamification.leaderboards import (
    ALL_TIME,
    SCORES,
    BoardPeriod,
    CompiledBoard,
    Leaderboard,
    Position,
    RankStyle,
    ScoreState,
    period_end,
    period_start,
    tiebreak,
)
from gamification.leaderboards import score as count
from gamification.metrics import Aggregate
from kit import clock
from kit import database as db
from tests.gamification import world
from tests.gamification.factories import day, folded, happening, metric, programme, purchase
from tests.profiles import EFFORT


def board(period=BoardPeriod.ALL_TIME, *, aggregate=Aggregate.SUM, zone="UTC", **facts):
    counted = metric(aggregate, "" if aggregate is Aggregate.COUNT else "amount")
    body = Leaderboard(key="b", title="", metric=counted.metric, period=period, zone=zone, **facts)
    return CompiledBoard(board=body, version=1, metric=counted)


def scored(compiled, *moments):
    state = ScoreState()
    moved = [count(state, compiled, happening(at, amount=amount)) for at, amount in moments]
    return (state.period, state.counter.value, state.reached_at), moved


# --- scores ---------------------------------------------------------------------------------------


def test_a_score_is_reached_when_it_last_moved():
    found, moved = scored(board(), (day(0), 5), (day(1), 0), (day(2), 7), (day(3), 0))
    assert found == (ALL_TIME, 12, day(2))
    assert moved == [True, False, True, False]


def test_a_best_is_reached_by_the_first_who_does():
    found, moved = scored(board(aggregate=Aggregate.MAX), (day(0), 5), (day(1), 5), (day(2), 4))
    assert found == (ALL_TIME, 5, day(0))
    assert moved == [True, False, False]


def test_each_period_begins_from_nothing():
    found, _ = scored(board(BoardPeriod.DAILY), (day(0), 5), (day(0, 23), 5), (day(1), 1))
    assert found == (day(1), 1, day(1))


def test_nothing_is_no_score_and_leaves_the_last_one_as_it_is():
    found, moved = scored(board(BoardPeriod.DAILY), (day(0), 5), (day(1), 0))
    assert found == (day(0), 5, day(0))
    assert moved == [True, False]
    state = ScoreState()
    assert not count(state, board(), happening(kind="visit"))
    assert not count(state, board(), happening(amount=0))
    assert state == ScoreState()


def test_a_version_that_counts_something_else_begins_from_nothing():
    state = ScoreState()
    count(state, board(), happening(amount=50))
    assert count(state, board(aggregate=Aggregate.COUNT), happening(amount=50))
    assert state.counter.value == 1


@pytest.mark.parametrize(
    "period, start, end",
    [
        (BoardPeriod.ALL_TIME, None, None),
        (BoardPeriod.DAILY, "2026-03-11T17:00:00Z", "2026-03-12T17:00:00Z"),
        (BoardPeriod.WEEKLY, "2026-03-08T17:00:00Z", "2026-03-15T17:00:00Z"),
        (BoardPeriod.MONTHLY, "2026-02-28T17:00:00Z", "2026-03-31T17:00:00Z"),
    ],
)
def test_a_period_is_that_of_the_boards_zone(period, start, end):
    where = board(period, zone="Asia/Jakarta").board
    found = period_start(where, clock.parse("2026-03-12T16:59:59Z"))
    assert found == (clock.parse(start) if start else ALL_TIME)
    assert period_end(where, found) == (clock.parse(end) if end else None)


def test_a_daily_period_ends_where_the_next_begins_even_around_a_lost_day():
    where = board(BoardPeriod.DAILY, zone="Pacific/Apia").board
    start = period_start(where, clock.parse("2011-12-29T12:00:00Z"))
    end = clock.parse("2011-12-30T10:00:00Z")
    assert period_end(where, start) == end
    assert period_start(where, end) == end


def test_the_draw_is_the_same_for_all_who_compute_it_and_favours_nobody():
    draws = {(one, who): tiebreak(one, who) for one in "ab" for who in ("ani", "budi", "citra")}
    assert draws == {place: tiebreak(*place) for place in draws}
    assert len(set(draws.values())) == 6
    assert all(0 <= draw < 1 << 63 for draw in draws.values())
    wins = sum(tiebreak(f"board-{n}", "ani") < tiebreak(f"board-{n}", "budi") for n in range(400))
    assert 120 < wins < 280


def test_the_fold_keeps_a_score_for_every_period():
    body = {"key": "b", "title": "", "period": "DAILY"}
    body |= {"metric": {"kind": "purchase", "aggregate": "SUM", "field": "amount"}}
    entries = [purchase(day(n / 2), f"p{n}", amount=10 + n) for n in range(4)]
    _, effects = folded(programme(("LEADERBOARD", body)), entries)
    assert effects.scores == {
        ("b", day(0)): (21, day(0, 12)),
        ("b", day(1)): (25, day(1, 12)),
    }


# --- ranks, against a naive oracle ----------------------------------------------------------------

PERIOD = day(0)


async def players(rng, number):
    """Members with scores of which many are equal, and some are reached at the same instant."""
    ids = [await world.enrol(f"player-{n}") for n in range(number)]
    rows = [
        ("b", PERIOD, one, rng.randrange(6), day(rng.randrange(4)), tiebreak("b", one))
        for one in ids
    ]
    strangers = [("other", PERIOD, ids[0], 99, 0, 1), ("b", day(1), ids[0], 99, 0, 1)]
    await db.insert(SCORES, [*rows, *strangers])
    return sorted(rows, key=lambda row: (-row[3], row[4], row[5]))


def ranks(rows, style):
    """What every row's rank should be."""
    scores = [row[3] for row in rows]
    return {
        row[2]: {
            RankStyle.ORDINAL: place,
            RankStyle.COMPETITION: 1 + sum(one > row[3] for one in scores),
            RankStyle.DENSE: 1 + len({one for one in scores if one > row[3]}),
        }[style]
        for place, row in enumerate(rows, start=1)
    }


def told(placings):
    return [(one.rank, one.member_id, one.score, one.reached_at, one.tiebreak) for one in placings]


def expected(rows, style):
    rank = ranks(rows, style)
    return [(rank[row[2]], row[2], *row[3:]) for row in rows]


async def walked(one, size):
    """The whole board, page by page."""
    found, after = [], None
    while placings := await leaderboards.page(one, PERIOD, after=after, limit=size):
        assert len(placings) <= size
        found += placings
        after = placings[-1].position
    return found


@pytest.mark.parametrize("seed", range(2 * EFFORT))
async def test_ranks_are_those_of_a_naive_count(database, seed):
    rng = Random(seed)
    rows = await players(rng, rng.randrange(1, 24))
    for style in RankStyle:
        one = board(rank_style=style).board
        right = expected(rows, style)
        assert told(await leaderboards.page(one, PERIOD, after=None, limit=100)) == right
        for size in (1, 3, 7):
            assert told(await walked(one, size)) == right
        for place, row in enumerate(rows):
            found = await leaderboards.rank_of(one, PERIOD, row[2])
            assert told([found]) == [right[place]]
            radius = rng.randrange(4)
            near = await leaderboards.around(one, PERIOD, row[2], radius=radius)
            assert told(near) == right[max(0, place - radius) : place + radius + 1]
        assert await leaderboards.count(one, PERIOD) == len(rows)


@pytest.mark.parametrize("style", RankStyle)
async def test_a_rank_that_another_score_would_have(database, style):
    rng = Random(7)
    rows = await players(rng, 14)
    one = board(rank_style=style).board
    for row in rows:
        other = (*row[:3], rng.randrange(7), day(rng.randrange(4)), row[5])
        moved = sorted(
            [*(each for each in rows if each is not row), other],
            key=lambda each: (-each[3], each[4], each[5]),
        )
        rank = await leaderboards.rank_if(
            one, PERIOD, row[2], score=other[3], reached_at=other[4], tiebreak=other[5]
        )
        assert rank == ranks(moved, style)[row[2]]


async def test_who_has_no_score_has_no_place(database):
    stranger = await world.enrol()
    one = board().board
    assert await leaderboards.rank_of(one, PERIOD, stranger) is None
    assert await leaderboards.around(one, PERIOD, stranger, radius=3) == []
    assert await leaderboards.page(one, PERIOD, after=None, limit=10) == []
    assert await leaderboards.count(one, PERIOD) == 0
    assert await leaderboards.page(one, PERIOD, after=Position(5, 0, 0), limit=10) == []


async def test_of_equal_scores_the_one_reached_first_stands_first(database, clock):
    body = {"key": "b", "title": ""}
    body |= {"metric": {"kind": "purchase", "aggregate": "SUM", "field": "amount"}}
    await world.publish(world.PURCHASE, ("LEADERBOARD", body))
    early, late, later = [await world.enrol(name) for name in ("early", "late", "later")]
    earlier, _ = clock.now, clock.advance(hours=1)
    await world.record(world.bought(late, 50, occurred_at=clock.now))
    await world.record(world.bought(early, 50, occurred_at=earlier))
    await world.record(world.bought(later, 50, occurred_at=clock.now))
    one = board().board
    placings = await leaderboards.page(one, ALL_TIME, after=None, limit=10)
    assert [p.rank for p in placings] == [1, 2, 3]
    assert placings[0].member_id == early
    drawn = sorted([("late", late), ("later", later)], key=lambda who: tiebreak("b", who[0]))
    assert [p.member_id for p in placings[1:]] == [member_id for _, member_id in drawn]
    await world.buy(later, 1)
    assert (await leaderboards.rank_of(one, ALL_TIME, later)).rank == 1


async def test_each_page_costs_a_bounded_number_of_statements(database, statements):
    rows = await players(Random(1), 12)
    for style in RankStyle:
        one = board(rank_style=style).board
        for call in (
            leaderboards.rank_of(one, PERIOD, rows[5][2]),
            leaderboards.page(one, PERIOD, after=None, limit=10),
            leaderboards.around(one, PERIOD, rows[5][2], radius=4),
        ):
            statements.clear()
            await call
            assert len(statements) <= 5
