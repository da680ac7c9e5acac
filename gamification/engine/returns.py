"""How many points a refund gives back of what was paid with them. Pure."""

from collections.abc import Sequence

from gamification import journal
from gamification.journal import WHOLE, Entry, Facts


def points_paid(payment: Entry, hold: Entry | None) -> int:
    """What a spend, or the capture of a hold, has paid."""
    return payment.facts.points or (hold.facts.points if hold is not None else 0)


def points_due(
    paid: int,
    returned: int,
    activity: Entry,
    retractions: Sequence[Facts],
    *,
    before: Sequence[Facts] = (),
) -> int:
    """What is still to be given back of `paid` points once `retractions` took back the activity.

    Retractions from `before` the payment do not touch it. As much of the points comes back as of
    what was left of the activity then, rounded down; the last part brings what rounding kept.
    """
    was_gone = journal.share_taken(activity, before)
    is_gone = journal.share_taken(activity, retractions)
    if was_gone == WHOLE:
        return 0
    due = paid * (is_gone - was_gone) // (WHOLE - was_gone)
    return max(0, due - returned)
