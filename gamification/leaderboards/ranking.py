"""Reading a board: who is where, and who stands around them."""

from collections.abc import Sequence

import msgspec

from gamification.leaderboards.definition import Leaderboard, RankStyle
from kit import database
from kit.clock import Instant

_COLUMNS = "member_id, score, reached_at, tiebreak"
# Of equal scores the one reached first is better; of equal instants a draw decides.
_BETTER = "score >= ? AND (score > ? OR reached_at < ? OR (reached_at = ? AND tiebreak < ?))"
_WORSE = "score <= ? AND (score < ? OR reached_at > ? OR (reached_at = ? AND tiebreak > ?))"
_DOWNWARD = "score DESC, reached_at, tiebreak"
_UPWARD = "score, reached_at DESC, tiebreak DESC"


class Position(msgspec.Struct, frozen=True):
    """A place in a board's order."""

    score: int
    reached_at: Instant
    tiebreak: int

    @property
    def _bounds(self) -> tuple[int, ...]:
        return (self.score, self.score, self.reached_at, self.reached_at, self.tiebreak)


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """A member's rank and score in one period of a board."""

    rank: int
    member_id: str
    score: int
    reached_at: Instant
    tiebreak: int

    @property
    def position(self) -> Position:
        """Where the placing stands in the board's order."""
        return Position(self.score, self.reached_at, self.tiebreak)


async def rank_of(board: Leaderboard, period: Instant, member_id: str) -> Placing | None:
    """The member's placing; None where they have no score in that period."""
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM score WHERE board = ? AND period = ? AND member_id = ?",
        board.key,
        period,
        member_id,
    )
    if row is None:
        return None
    position = Position(row[1], row[2], row[3])
    rank = 1 + await _ahead(board, period, position)
    return _placing(row, rank)


async def rank_if(
    board: Leaderboard,
    period: Instant,
    member_id: str,
    *,
    score: int,
    reached_at: Instant,
    tiebreak: int,
) -> int:
    """The rank that the member would have now with another score."""
    row = await database.fetch_one(
        f"SELECT {_counted(board)} FROM score"
        f" WHERE board = ? AND period = ? AND member_id <> ? AND {_ahead_of(board)}",
        board.key,
        period,
        member_id,
        *_bounds(board, Position(score, reached_at, tiebreak)),
    )
    assert row is not None
    return 1 + int(row[0])


async def page(
    board: Leaderboard, period: Instant, *, after: Position | None, limit: int
) -> list[Placing]:
    """Placings from the top, or from just below a position, best first."""
    rows = (
        await _top(board, period, limit)
        if after is None
        else await _beyond(board, period, after, limit, better=False)
    )
    return await _ranked(board, period, rows)


async def around(
    board: Leaderboard, period: Instant, member_id: str, *, radius: int
) -> list[Placing]:
    """The member with up to `radius` placings on each side; empty where they have no score."""
    row = await database.fetch_one(
        f"SELECT {_COLUMNS} FROM score WHERE board = ? AND period = ? AND member_id = ?",
        board.key,
        period,
        member_id,
    )
    if row is None:
        return []
    position = Position(row[1], row[2], row[3])
    above = await _beyond(board, period, position, radius, better=True)
    below = await _beyond(board, period, position, radius, better=False)
    return await _ranked(board, period, [*reversed(above), row, *below])


async def count(board: Leaderboard, period: Instant) -> int:
    """How many members have a score in the period."""
    row = await database.fetch_one(
        "SELECT count(*) FROM score WHERE board = ? AND period = ?", board.key, period
    )
    assert row is not None
    return int(row[0])


async def _top(board: Leaderboard, period: Instant, limit: int) -> Sequence[database.Row]:
    return await database.fetch(
        f"SELECT {_COLUMNS} FROM score WHERE board = ? AND period = ? ORDER BY {_DOWNWARD} LIMIT ?",
        board.key,
        period,
        limit,
    )


async def _beyond(
    board: Leaderboard, period: Instant, position: Position, limit: int, *, better: bool
) -> Sequence[database.Row]:
    beyond, order = (_BETTER, _UPWARD) if better else (_WORSE, _DOWNWARD)
    return await database.fetch(
        f"SELECT {_COLUMNS} FROM score WHERE board = ? AND period = ? AND {beyond}"
        f" ORDER BY {order} LIMIT ?",
        board.key,
        period,
        *position._bounds,
        limit,
    )


async def _ranked(
    board: Leaderboard, period: Instant, rows: Sequence[database.Row]
) -> list[Placing]:
    """Give neighbouring rows, best first, their ranks: count for the first, then follow on."""
    if not rows:
        return []
    first = Position(rows[0][1], rows[0][2], rows[0][3])
    ahead = await _count_better(board, period, first)
    rank = 1 + await _ahead(board, period, first)
    placings: list[Placing] = []
    for number, row in enumerate(rows):
        if number and board.rank_style is RankStyle.ORDINAL:
            rank += 1
        elif number and row[1] != rows[number - 1][1]:
            is_dense = board.rank_style is RankStyle.DENSE
            rank = rank + 1 if is_dense else 1 + ahead + number
        placings.append(_placing(row, rank))
    return placings


async def _ahead(board: Leaderboard, period: Instant, position: Position) -> int:
    row = await database.fetch_one(
        f"SELECT {_counted(board)} FROM score"
        f" WHERE board = ? AND period = ? AND {_ahead_of(board)}",
        board.key,
        period,
        *_bounds(board, position),
    )
    assert row is not None
    return int(row[0])


async def _count_better(board: Leaderboard, period: Instant, position: Position) -> int:
    row = await database.fetch_one(
        f"SELECT count(*) FROM score WHERE board = ? AND period = ? AND {_BETTER}",
        board.key,
        period,
        *position._bounds,
    )
    assert row is not None
    return int(row[0])


def _counted(board: Leaderboard) -> str:
    return "count(DISTINCT score)" if board.rank_style is RankStyle.DENSE else "count(*)"


def _ahead_of(board: Leaderboard) -> str:
    return _BETTER if board.rank_style is RankStyle.ORDINAL else "score > ?"


def _bounds(board: Leaderboard, position: Position) -> tuple[int, ...]:
    if board.rank_style is RankStyle.ORDINAL:
        return position._bounds
    return (position.score,)


def _placing(row: database.Row, rank: int) -> Placing:
    return Placing(rank=rank, member_id=row[0], score=row[1], reached_at=row[2], tiebreak=row[3])
