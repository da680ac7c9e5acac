"""What is kept apart for staff: activities from outside the trust window, and dead letters."""

from typing import Annotated

import strawberry

from api import paging
from api.activities import Activity
from api.context import Info
from api.enums import ParkedReason, ParkedState
from api.members import Member
from api.paging import After, Connection, First
from api.scalars import DateTime
from gamification import journal
from gamification.journal import Apart, ApartOutcome
from kit.errors import NotFound


@strawberry.type(description="An activity that came too late, or from the future.")
class ParkedActivity:
    id: strawberry.ID = strawberry.field(description="Its id, also once it is admitted.")
    activity: Activity = strawberry.field(description="The activity, as it was told.")
    parked_because: ParkedReason = strawberry.field(description="Why it is not in the journal.")
    parked_at: DateTime = strawberry.field(description="When it came.")
    state: ParkedState = strawberry.field(description="What staff made of it.")
    reason: str | None = strawberry.field(description="Why they did.")
    decided_by: str | None = strawberry.field(description="Who did.")
    decided_at: DateTime | None = strawberry.field(description="When.")
    member_id: strawberry.Private[str]

    @strawberry.field(description="Who is said to have done it.")
    async def member(self, info: Info) -> Member:
        return await member_of(info, self.member_id)

    @classmethod
    def of(cls, apart: Apart) -> "ParkedActivity":
        """The activity, and what was decided about it."""
        decision = apart.decision
        return cls(
            id=strawberry.ID(apart.entry.id),
            activity=Activity.of(apart.entry),
            parked_because=ParkedReason(apart.why),
            parked_at=DateTime(apart.recorded_at),
            state=ParkedState(decision.outcome.value) if decision else ParkedState.WAITING,
            reason=decision.reason if decision else None,
            decided_by=decision.decided_by if decision else None,
            decided_at=DateTime(decision.decided_at) if decision else None,
            member_id=apart.entry.member_id,
        )


@strawberry.type(description="An entry of the journal that could not be folded.")
class DeadLetter:
    id: strawberry.ID = strawberry.field(description="Its id.")
    entry_id: strawberry.ID | None = strawberry.field(
        description="The entry; null where it was a member's whole journal."
    )
    reason: str = strawberry.field(description="What went wrong.")
    buried_at: DateTime = strawberry.field(description="When.")
    member_id: strawberry.Private[str]

    @strawberry.field(description="Whose it is.")
    async def member(self, info: Info) -> Member:
        return await member_of(info, self.member_id)

    @classmethod
    def of(cls, letter: journal.DeadLetter) -> "DeadLetter":
        """The dead letter."""
        return cls(
            id=strawberry.ID(letter.id),
            entry_id=None if letter.entry_id is None else strawberry.ID(letter.entry_id),
            reason=letter.reason,
            buried_at=DateTime(letter.recorded_at),
            member_id=letter.member_id,
        )


@strawberry.type
class ParkedQueries:
    @strawberry.field(description="Activities that wait for staff to judge, newest first.")
    async def parked_activities(
        self,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        state: Annotated[
            ParkedState, strawberry.argument(description="Those in this state.")
        ] = ParkedState.WAITING,
    ) -> Connection[ParkedActivity]:
        size, behind = paging.size(first), _behind(after)
        outcome = None if state is ParkedState.WAITING else ApartOutcome(state.value)
        rows = await journal.apart_page(outcome=outcome, after=behind, limit=size + 1)
        page = paging.of_rows(rows, key=lambda row: (row.entry.id,), size=size, after=after)
        return Connection.of(page.map(ParkedActivity.of))

    @strawberry.field(description="What could not be folded, newest first.")
    async def dead_letters(
        self, first: First = paging.DEFAULT_SIZE, after: After = None
    ) -> Connection[DeadLetter]:
        size, behind = paging.size(first), _behind(after)
        rows = await journal.dead_letters_page(after=behind, limit=size + 1)
        page = paging.of_rows(rows, key=lambda row: (row.id,), size=size, after=after)
        return Connection.of(page.map(DeadLetter.of))


async def member_of(info: Info, member_id: str) -> Member:
    """The member of that id. Raises `NotFound`."""
    member = await info.context.loaders.member.load(member_id)
    if member is None:
        raise NotFound("member", member_id)
    return Member.of(member)


def _behind(after: str | None) -> str | None:
    keys = paging.keys_after(after, str)
    return str(keys[0]) if keys else None
