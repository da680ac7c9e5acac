"""What refunds have taken back, as the ledger's rows say it."""

from collections.abc import Sequence

from kit import database
from kit.clock import Instant


async def taken_back(
    member_ids: Sequence[str], *, currency: str, until: Instant
) -> list[tuple[Instant, int]]:
    """What refunds took back of the members' earnings up to an instant: earned when, how much."""
    rows = await database.fetch(
        "SELECT min(earned.at), back.amount FROM ledger_entry AS back JOIN ledger_entry AS earned"
        " ON earned.member_id = back.member_id AND earned.key = back.key AND earned.kind = 'EARN'"
        " WHERE back.member_id IN ? AND back.currency = ? AND back.kind = 'CLAWBACK'"
        " AND back.at <= ? GROUP BY back.id, back.amount",
        member_ids,
        currency,
        until,
    )
    return [(row[0], row[1]) for row in rows]
