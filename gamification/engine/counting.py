"""Statistics as of any moment: counted over the fold of every journal."""

from typing import Any, TypeVar

import msgspec

from gamification import leaderboards
from gamification.engine.folding import Folded, everybody
from gamification.engine.standing import Standing
from gamification.journal import EntryType
from gamification.leaderboards import ALL_TIME, BoardPeriod, CompiledBoard, RankStyle
from gamification.ledger import EntryKind
from gamification.programme import Edition, current
from kit.clock import Instant

TOP = 10
Key = TypeVar("Key")


class _Score(msgspec.Struct, frozen=True, order=True):
    """Ordered as boards are: by score downward, then who reached it first, then the draw."""

    below: int
    reached_at: Instant
    tiebreak: int
    member: str


class _Counts(msgspec.Struct, kw_only=True):
    members: int = 0
    activities: int = 0
    points: int = 0
    tiers: dict[str, int] = {}
    badges: dict[tuple[str, str], int] = {}
    challenges: dict[str, int] = {}
    streaks: dict[str, list[int]] = {}
    boards: dict[str, list[_Score]] = {}


async def stats(as_of: Instant) -> dict[str, Any]:
    """The numbers of the programme as of a moment, from what had happened by then.

    Points are those of the main currency, issued in all. Tiers count the members who have it,
    badges those who won it (by level, where it has levels), challenges completions; streaks the
    longest run ever (periods) and how many reached it; all-time boards show their ten best, with
    scores as the board counts (minor units for money).
    """
    edition = (await current()).at(as_of)
    counts = _Counts()
    async for _, member in everybody(as_of):
        _count(counts, member, edition, as_of)
    return _told(counts, edition)


def _count(counts: _Counts, member: Folded, edition: Edition, as_of: Instant) -> None:
    if member.enrolled_at > as_of and not member.journal:
        return
    counts.members += 1
    counts.activities += sum(entry.type is EntryType.ACTIVITY for entry in member.journal)
    for posting in member.effects.postings:
        if posting.kind is EntryKind.EARN and posting.currency == edition.main_currency:
            counts.points += posting.amount
    _count_standing(counts, member.standing, edition)
    for (board, period), (score, reached_at) in member.effects.scores.items():
        if period == ALL_TIME:
            draw = leaderboards.tiebreak(board, member.external_id)
            counts.boards.setdefault(board, []).append(
                _Score(-score, reached_at, draw, member.external_id)
            )


def _count_standing(counts: _Counts, standing: Standing, edition: Edition) -> None:
    if edition.tier_set is not None:
        tier_set = edition.tier_set.tier_set
        state = standing.tiers.get(tier_set.key)
        level = tier_set.levels[min(state.level if state else 0, len(tier_set.levels) - 1)]
        _add(counts.tiers, level.key)
    for key, badge in standing.badges.items():
        for level_key in badge.achieved:
            _add(counts.badges, (key, level_key))
    for key, challenge in standing.challenges.items():
        if challenge.completed_at is not None:
            _add(counts.challenges, key)
    for key, streak in standing.streaks.items():
        best = counts.streaks.setdefault(key, [0, 0])
        if streak.longest > best[0]:
            best[:] = [streak.longest, 0]
        best[1] += streak.longest == best[0] > 0


def _add(counts: dict[Key, int], key: Key) -> None:
    counts[key] = counts.get(key, 0) + 1


def _told(counts: _Counts, edition: Edition) -> dict[str, Any]:
    tier_set = edition.tier_set
    return {
        "members": counts.members,
        "activities": counts.activities,
        "points_issued": counts.points,
        "tiers": {
            level.key: counts.tiers.get(level.key, 0)
            for level in (tier_set.tier_set.levels if tier_set else ())
        },
        "badges": {key: _badge(counts, edition, key) for key in edition.badges},
        "challenges": {key: counts.challenges.get(key, 0) for key in edition.challenges},
        "streaks": {
            key: dict(zip(("longest", "members"), counts.streaks.get(key, [0, 0]), strict=True))
            for key in edition.streaks
        },
        "leaderboards": {
            key: _best(compiled, counts.boards.get(key, []))
            for key, compiled in edition.boards.items()
            if compiled.board.period is BoardPeriod.ALL_TIME
        },
    }


def _badge(counts: _Counts, edition: Edition, key: str) -> int | dict[str, int]:
    badge = edition.badges[key].badge
    if not badge.levels:
        return counts.badges.get((key, ""), 0)
    return {level.key: counts.badges.get((key, level.key), 0) for level in badge.levels}


def _best(compiled: CompiledBoard, scores: list[_Score]) -> list[dict[str, Any]]:
    best = sorted(scores)[:TOP]
    return [
        {"rank": rank, "member": one.member, "score": -one.below}
        for rank, one in zip(_ranks(best, compiled.board.rank_style), best, strict=True)
    ]


def _ranks(best: list[_Score], style: RankStyle) -> list[int]:
    ranks: list[int] = []
    for number, one in enumerate(best):
        tied = number > 0 and one.below == best[number - 1].below
        if style is RankStyle.ORDINAL or not ranks:
            ranks.append(number + 1)
        elif tied:
            ranks.append(ranks[-1])
        else:
            ranks.append(ranks[-1] + 1 if style is RankStyle.DENSE else number + 1)
    return ranks
