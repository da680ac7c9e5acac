"""Refunding: what an activity's retraction means for the rewards that were used in it."""

from collections.abc import Sequence
from fractions import Fraction

from gamification import engine
from gamification.engine import Answer, Recorded, Retracting
from gamification.journal import Entry
from rewards import redemptions


async def retract(
    *,
    source: str,
    reason: str,
    target_id: str | None = None,
    target_source: str | None = None,
    share: Fraction | None = None,
    amount: int | None = None,
) -> Recorded:
    """Take back an activity as `engine.retract` does, and what was used in it goes into stock."""
    return await engine.retract(
        source=source,
        reason=reason,
        target_id=target_id,
        target_source=target_source,
        share=share,
        amount=amount,
        noting=_note,
    )


async def retract_all(told: Sequence[Retracting], *, trusted: bool = False) -> list[Answer]:
    """Take back activities as `engine.retract_all` does, and what was used in them with them."""
    return await engine.retract_all(told, trusted=trusted, noting=_note)


async def _note(retractions: Sequence[Entry]) -> None:
    await redemptions.note_refunds({one.target: one.id for one in retractions})
