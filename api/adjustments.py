"""Adjustments: what staff gave members and took, who asked for it, who decided, and why."""

from typing import Annotated

import strawberry

from api import paging
from api.context import Info, Reader
from api.members import Member
from api.paging import After, Connection, First
from api.points import Currency
from api.scalars import BigInt, DateTime
from gamification import engine
from gamification.engine import AdjustmentState
from kit.errors import NotFound


@strawberry.type(description="Points that staff gave a member, or took.")
class Adjustment:
    id: strawberry.ID = strawberry.field(description="Its id.")
    currency: Currency = strawberry.field(description="Of which currency.")
    points: BigInt = strawberry.field(description="How many: above 0 given, below 0 taken.")
    reason: str = strawberry.field(description="Why.")
    expires_at: DateTime | None = strawberry.field(
        description="When what is given expires; as the currency says, where it is null."
    )
    state: AdjustmentState = strawberry.field(description="Whether it took effect.")
    requested_by: str = strawberry.field(description="Who of the staff asked for it.")
    requested_at: DateTime = strawberry.field(description="When.")
    decided_by: str | None = strawberry.field(
        description="Who decided: another person, where it took two."
    )
    decided_at: DateTime | None = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="What whoever decided says to it.")
    adjustment: strawberry.Private[engine.Adjustment]

    @strawberry.field(description="Whose points.")
    async def member(self, info: Info) -> Member:
        member = await info.context.loaders.member.load(self.adjustment.member_id)
        if member is None:
            raise NotFound("member", self.adjustment.member_id)
        return Member.of(member)

    @classmethod
    def of(cls, adjustment: engine.Adjustment, reader: Reader) -> "Adjustment":
        """The adjustment, as it is now."""
        decision = adjustment.decision
        expires_at = adjustment.expires_at
        return cls(
            id=strawberry.ID(adjustment.id),
            currency=Currency.named(adjustment.currency, reader),
            points=BigInt(adjustment.points),
            reason=adjustment.reason,
            expires_at=None if expires_at is None else DateTime(expires_at),
            state=adjustment.state,
            requested_by=adjustment.requested_by,
            requested_at=DateTime(adjustment.requested_at),
            decided_by=decision.decided_by if decision else None,
            decided_at=DateTime(decision.decided_at) if decision else None,
            note=(decision.note or None) if decision else None,
            adjustment=adjustment,
        )


@strawberry.type
class AdjustmentQueries:
    @strawberry.field(description="What staff gave members and took, newest first.")
    async def adjustments(
        self,
        info: Info,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        state: Annotated[
            AdjustmentState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
    ) -> Connection[Adjustment]:
        size = paging.size(first)
        keys = paging.keys_after(after, str)
        behind = str(keys[0]) if keys else None
        rows = await engine.adjustments_page(state=state, after=behind, limit=size + 1)
        reader = await info.context.reader()
        page = paging.of_rows(rows, key=lambda row: (row.id,), size=size, after=after)
        return Connection.of(page.map(lambda row: Adjustment.of(row, reader)))
