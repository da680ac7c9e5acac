"""Keeping checkpoints, and finding the one to fold on from."""

from collections.abc import Sequence

from gamification.engine import checkpoints
from gamification.engine.checkpoints import Checkpoint
from gamification.engine.models import CHECKPOINTS
from kit import database
from kit.clock import Instant


async def newest_before(member_id: str, at: Instant) -> Checkpoint | None:
    """The member's newest checkpoint from before an instant."""
    row = await database.fetch_one(
        "SELECT at, entries, state FROM checkpoint WHERE member_id = ? AND at < ?"
        " ORDER BY at DESC LIMIT 1",
        member_id,
        at,
    )
    return None if row is None else Checkpoint(at=row[0], entries=row[1], state=row[2])


async def of_members(member_ids: Sequence[str]) -> dict[str, list[Checkpoint]]:
    """All checkpoints of members, oldest first; members without any are left out."""
    found: dict[str, list[Checkpoint]] = {}
    for row in await database.fetch(
        "SELECT member_id, at, entries, state FROM checkpoint WHERE member_id IN ?"
        " ORDER BY member_id, at",
        member_ids,
    ):
        checkpoint = Checkpoint(at=row[1], entries=row[2], state=row[3])
        found.setdefault(row[0], []).append(checkpoint)
    return found


async def drop_after(member_id: str, at: Instant) -> None:
    """Forget the checkpoints that what came late has made wrong."""
    await database.execute("DELETE FROM checkpoint WHERE member_id = ? AND at > ?", member_id, at)


async def keep(member_id: str, taken: Sequence[Checkpoint], *, of: int) -> None:
    """Keep new checkpoints of a member with `of` entries, and drop those that are too many."""
    await database.insert(
        CHECKPOINTS,
        [(member_id, one.at, one.entries, one.state) for one in taken],
        on_conflict="ON CONFLICT (member_id, at) DO UPDATE"
        " SET entries = excluded.entries, state = excluded.state",
    )
    known = await database.fetch(
        "SELECT at, entries FROM checkpoint WHERE member_id = ?", member_id
    )
    too_many = checkpoints.superfluous([(row[0], row[1]) for row in known], of=of)
    if too_many:
        await database.execute(
            "DELETE FROM checkpoint WHERE member_id = ? AND at IN ?", member_id, too_many
        )
