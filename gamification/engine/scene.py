"""Where a fold step happens, and what all of its pieces need to say."""

import msgspec

from gamification import badges, challenges, tiers
from gamification.engine.effects import Effects, Honour, HonourKind
from gamification.engine.standing import Standing
from gamification.journal import AttributeValue
from gamification.programme import Edition
from kit.clock import Instant


class Scene(msgspec.Struct, kw_only=True):
    """Onto whose standing is folded, by which edition, into which effects.

    `cause` is the source of the entry, empty where time alone is at work; `attributes` are those of
    an activity. `earned` collects the points that the entry brings, by currency, for what counts
    them.
    """

    standing: Standing
    edition: Edition
    zone: str
    at: Instant
    cause: str
    effects: Effects
    attributes: dict[str, AttributeValue] = {}
    earned: list[tuple[str, int]] = []


def honour_badge(scene: Scene, compiled: badges.CompiledBadge, level: str) -> None:
    """A level of a badge is won."""
    key = compiled.badge.key
    scene.effects.honours.append(
        Honour(
            kind=HonourKind.BADGE,
            key=f"badge:{key}:{level}",
            subject=key,
            value=level,
            at=scene.at,
            version=compiled.version,
            cause=scene.cause,
        )
    )


def honour_tier(scene: Scene, compiled: tiers.CompiledTierSet, before: int, after: int) -> None:
    """The tier changed, from one level index to another."""
    levels = compiled.tier_set.levels
    # One entry can move the tier more than once (its points, then a prize): the level tells apart.
    moment = scene.cause or f"@{scene.at}"
    scene.effects.honours.append(
        Honour(
            kind=HonourKind.TIER,
            key=f"tier:{compiled.tier_set.key}:{moment}:{levels[after].key}",
            subject=compiled.tier_set.key,
            value=levels[after].key,
            previous=levels[min(before, len(levels) - 1)].key,
            at=scene.at,
            version=compiled.version,
            cause=scene.cause,
        )
    )


def badge_state(standing: Standing, key: str) -> badges.BadgeState:
    """The state of a badge, begun where there is none yet."""
    state = standing.badges.get(key)
    if state is None:
        state = standing.badges[key] = badges.BadgeState()
    return state


def challenge_state(standing: Standing, key: str) -> challenges.ChallengeState:
    """The state of a challenge, begun where there is none yet."""
    state = standing.challenges.get(key)
    if state is None:
        state = standing.challenges[key] = challenges.ChallengeState()
    return state
