"""Publishing: drafts come into force."""

from typing import Annotated, Final, TypeAlias

import strawberry

from api.context import Info
from api.errors import Denied, InvalidInput, NotFound
from api.programme import Programme
from api.scalars import DateTime
from gamification import engine, programme
from gamification.programme import Backfill, DefinitionKind, Ref, Scope
from kit import bells
from kit.settings import settings

SETTLED_AT_ONCE: Final = 3
"""Batches of members that a publication settles before it answers."""


@strawberry.input(description="Names one version of one definition.")
class DefinitionRef:
    kind: DefinitionKind = strawberry.field(description="What it defines.")
    key: str = strawberry.field(description="Its key.")
    version: int = strawberry.field(description="Its version.")


@strawberry.input(description="Whether what already happened counts too.")
class BackfillInput:
    scope: Scope = strawberry.field(description="How far back to look.")
    since: DateTime | None = strawberry.field(
        default=None, description="For `SINCE`: from when on what happened counts."
    )


@strawberry.input(description="Drafts to bring into force together.")
class PublishInput:
    definitions: list[DefinitionRef] = strawberry.field(description="Which.")
    effective_from: DateTime | None = strawberry.field(
        default=None, description="From which event time on; now if left out."
    )
    backfill: BackfillInput | None = strawberry.field(
        default=None, description="Whether to look back; not if left out."
    )


@strawberry.type(description="The drafts are in force.")
class PublishPayload:
    programme: Programme = strawberry.field(description="The programme as it is now.")


PublishResult: TypeAlias = Annotated[
    PublishPayload | InvalidInput | NotFound | Denied,
    strawberry.union("PublishResult", description="Definitions published, or why not."),
]


@strawberry.type
class PublishingMutations:
    @strawberry.mutation(description="Bring drafts into force, all or none of them.")
    async def publish(
        self,
        info: Info,
        input: Annotated[PublishInput, strawberry.argument(description="Which, and from when.")],
    ) -> PublishResult:
        await programme.publish(
            [Ref(one.kind, one.key, one.version) for one in input.definitions],
            effective_from=input.effective_from,
            backfill=_backfill(input.backfill),
            by=info.context.viewer.key,
        )
        await _take_effect()
        fresh = info.context.renewed()
        return PublishPayload(programme=Programme.of(await fresh.reader()))


async def _take_effect() -> None:
    """Where this process does the work, a small backfill is done before the answer."""
    if settings().redis_url is None:
        for _ in range(SETTLED_AT_ONCE):
            if not await engine.settle_pending():
                break
    await bells.ring([])


def _backfill(said: BackfillInput | None) -> Backfill | None:
    return None if said is None else Backfill(scope=said.scope, since=said.since)
