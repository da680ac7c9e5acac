"""Limits on what a rule grants: for each activity, in each period, on the balance. Pure."""

from collections.abc import Callable, Sequence

from gamification.metrics import Happening
from gamification.rules.definition import Cap, CapMode
from kit.calendar import index_of

Spent = dict[str, list[int]]
"""What a member had from capped rules: `rule key:cap` → [period index, points in that period]."""

NumberedCap = tuple[int, Cap]
"""A cap, and its place in the rule that it belongs to."""


def in_order(caps: Sequence[Cap]) -> tuple[NumberedCap, ...]:
    """The caps as they are asked: for the activity, for periods, for the balance."""
    return tuple(sorted(enumerate(caps), key=lambda one: (one[1].balance, one[1].per is not None)))


def within(points: int, room: int, mode: CapMode) -> int:
    """What is granted of points where there is so much room; it may be less than none."""
    if points <= room:
        return points
    return max(0, room) if mode is CapMode.REDUCE else 0


def capped(
    points: int,
    caps: Sequence[NumberedCap],
    happening: Happening,
    *,
    key: str,
    zone: str,
    spent: Spent,
    held: Callable[[], int],
) -> tuple[int, list[list[int]]]:
    """What all the caps of a rule leave, and the counts to which what is granted must be added.

    `held` tells all that the member has of the rule's currency by now.
    """
    counts: list[list[int]] = []
    for number, cap in caps:
        if cap.balance:
            room = cap.points - held()
        elif cap.per is None:
            room = cap.points
        else:
            period = index_of(happening.at, period=cap.per, zone=zone)
            count = spent.setdefault(f"{key}:{number}", [period, 0])
            if count[0] != period:
                count[:] = [period, 0]
            counts.append(count)
            # Where a cap was lowered, more than it may have been granted before.
            room = cap.points - count[1]
        points = within(points, room, cap.mode)
    return points, counts
