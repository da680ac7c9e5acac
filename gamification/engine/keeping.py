"""Keeping: the badges that a refund leaves to its member, decided when it is recorded."""

from collections.abc import Sequence

from gamification import programme
from gamification.badges import OnRefund
from gamification.engine.deciding import Account, opened
from kit.clock import Instant

Kept = tuple[tuple[str, str, Instant], ...]
"""Levels of badges: the badge, the level, and when it was achieved."""


async def kept_badges(member_ids: Sequence[str]) -> dict[str, Kept]:
    """What these members have won by now of badges that are kept; belongs in a transaction."""
    if not (await programme.current()).keeps_badges:
        return {}
    return {member_id: _kept(await opened(member_id)) for member_id in member_ids}


def _kept(account: Account) -> Kept:
    badges = account.published.at(account.at).badges
    return tuple(
        (key, level, at)
        for key, state in sorted(account.standing.badges.items())
        if key in badges and badges[key].badge.on_refund is OnRefund.KEEP
        for level, at in sorted(state.achieved.items())
    )
