"""What refunds have taken back, as the ledger's rows say it."""

from collections.abc import Sequence

from gamification.ledger.models import EntryKind
from kit import database
from kit.clock import Instant


async def taken_back(
    member_ids: Sequence[str], *, currency: str, until: Instant
) -> list[tuple[Instant, int]]:
    """When the members had earned what refunds took back up to an instant, and how much of it.

    An earning that was taken back and given again in one go, since it now is of another time,
    was not taken back but for the difference.
    """
    rows = await database.fetch(
        "SELECT DISTINCT line.id, line.member_id, line.key, line.recorded_at, line.kind,"
        " line.amount, line.at FROM ledger_entry AS back"
        " JOIN ledger_entry AS line ON line.member_id = back.member_id AND line.key = back.key"
        " WHERE back.member_id IN ? AND back.currency = ? AND back.kind = 'CLAWBACK'"
        " AND back.at <= ? AND line.kind IN ('EARN', 'CLAWBACK')",
        member_ids,
        currency,
        until,
    )
    earned_at: dict[tuple[str, str], Instant] = {}
    moved: dict[tuple[str, str, Instant], list[int]] = {}
    for _, member_id, key, recorded_at, kind, amount, at in rows:
        gained, lost = moved.setdefault((member_id, key, recorded_at), [0, 0])
        if kind == EntryKind.EARN:
            place = member_id, key
            earned_at[place] = min(at, earned_at.get(place, at))
            moved[member_id, key, recorded_at] = [gained + amount, lost]
        elif at <= until:
            moved[member_id, key, recorded_at] = [gained, lost + amount]
    return [
        (earned_at[member_id, key], lost - gained)
        for (member_id, key, _), (gained, lost) in moved.items()
        if lost > gained
    ]
