"""A member's score on a board in the period under way."""

import hashlib

import msgspec

from gamification.leaderboards.definition import Leaderboard
from gamification.metrics import CompiledMetric, Counter, Happening
from kit.calendar import index_of, start_of
from kit.clock import Instant

ALL_TIME: Instant = 0
"""What stands for the period's beginning on a board that has no periods."""


class CompiledBoard(msgspec.Struct, frozen=True, kw_only=True):
    """A published leaderboard, ready to run."""

    board: Leaderboard
    version: int
    metric: CompiledMetric


class ScoreState(msgspec.Struct, array_like=True):
    """The newest period that the member has a score in, the score, and when it was reached."""

    period: Instant = ALL_TIME
    counter: Counter = msgspec.field(default_factory=Counter)
    reached_at: Instant = 0
    identity: str = ""


def score(state: ScoreState, compiled: CompiledBoard, happening: Happening) -> bool:
    """Count the happening; True where the score moved. A score of nothing is no score."""
    metric = compiled.metric
    value = metric.value(happening)
    if value is None:
        return False
    period = period_start(compiled.board, happening.at)
    is_new = state.period != period or state.identity != metric.identity
    counter = Counter() if is_new else state.counter
    if not counter.add(value, metric.metric.aggregate, up_to=0):
        return False
    state.period, state.counter, state.identity = period, counter, metric.identity
    state.reached_at = happening.at
    return True


def period_start(board: Leaderboard, at: Instant) -> Instant:
    """Where the board's period that holds the instant begins; `ALL_TIME` where it has none."""
    civil = board.period.civil
    if civil is None:
        return ALL_TIME
    return start_of(index_of(at, period=civil, zone=board.zone), period=civil, zone=board.zone)


def period_end(board: Leaderboard, start: Instant) -> Instant | None:
    """The first instant after the period; None for all time."""
    civil = board.period.civil
    if civil is None:
        return None
    index = index_of(start, period=civil, zone=board.zone)
    return start_of(index + 1, period=civil, zone=board.zone)


def tiebreak(board: str, member: str) -> int:
    """A draw, the same for everybody who computes it, for scores reached at one instant (63 bits).

    It comes from board and member together, so that nobody wins every tie by their name.
    """
    digest = hashlib.blake2b(f"{board}\n{member}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
