"""The programme: everything that is published, and the definitions behind it."""

from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from api import paging
from api.activities import ActivityKind
from api.context import Info, Reader
from api.paging import After, Connection, First
from api.points import Currency
from api.scalars import DateTime
from api.streaks import Streak
from api.tiers import TierSet
from gamification import programme
from gamification.programme import DefinitionKind, DefinitionState


@strawberry.type(description="The rules of the game, as they are in force now.")
class Programme:
    name: str = strawberry.field(description="What it is called.")
    revision: int = strawberry.field(description="How often it was published.")
    published_at: DateTime | None = strawberry.field(description="When it was last published.")
    currencies: list[Currency] = strawberry.field(description="Its currencies, by key.")
    main_currency: Currency | None = strawberry.field(
        description="The spendable currency that screens show first."
    )
    tier_set: TierSet | None = strawberry.field(description="Its ladder of tiers.")
    streaks: list[Streak] = strawberry.field(description="Its streaks, by key.")
    activity_kinds: list[ActivityKind] = strawberry.field(
        description="The kinds of activity that it takes, by key."
    )

    @classmethod
    def of(cls, reader: Reader) -> "Programme":
        """The programme in the reader's words."""
        edition, published = reader.edition, reader.programme.published_at
        main = edition.currencies.get(edition.main_currency)
        return cls(
            name=reader.house,
            revision=reader.programme.revision,
            published_at=None if published is None else DateTime(published),
            currencies=[Currency.of(one, reader) for _, one in sorted(edition.currencies.items())],
            main_currency=None if main is None else Currency.of(main, reader),
            tier_set=_tier_set(reader),
            streaks=[
                Streak.of(one.streak, one.version, reader)
                for _, one in sorted(edition.streaks.items())
            ],
            activity_kinds=[
                ActivityKind.of(one, reader) for _, one in sorted(edition.kinds.items())
            ],
        )


@strawberry.type(description="One version of one definition.")
class Definition:
    kind: DefinitionKind = strawberry.field(description="What it defines.")
    key: str = strawberry.field(description="Its key.")
    version: int = strawberry.field(description="Its version; the first is 1.")
    state: DefinitionState = strawberry.field(description="Whether it is in force.")
    body: JSON = strawberry.field(description="What it says, as `piala programme export` does.")
    in_force_from: DateTime | None = strawberry.field(
        description="The event time from which it is in force; null where that is always, or never."
    )
    published_at: DateTime | None = strawberry.field(description="When it was published.")

    @classmethod
    def of(cls, definition: programme.Definition) -> "Definition":
        """The definition."""
        start, published = definition.in_force_from, definition.published_at
        always = start is None or start == programme.ALWAYS
        return cls(
            kind=definition.kind,
            key=definition.key,
            version=definition.version,
            state=definition.state,
            body=JSON(programme.plain(definition.body)),
            in_force_from=None if start is None or always else DateTime(start),
            published_at=None if published is None else DateTime(published),
        )


def _tier_set(reader: Reader) -> TierSet | None:
    compiled = reader.edition.tier_set
    if compiled is None:
        return None
    return TierSet.of(compiled.tier_set, compiled.version, DefinitionState.PUBLISHED, reader)


def _place(definition: programme.Definition) -> tuple[str, str, int]:
    return definition.kind.value, definition.key, definition.version


@strawberry.type
class ProgrammeQueries:
    @strawberry.field(description="The rules of the game.")
    async def programme(self, info: Info) -> Programme:
        return Programme.of(await info.context.reader())

    @strawberry.field(description="All definitions in all versions, by kind, key and version.")
    async def definitions(
        self,
        first: First = paging.DEFAULT_SIZE,
        after: After = None,
        kind: Annotated[
            DefinitionKind | None, strawberry.argument(description="Only of this kind.")
        ] = None,
        state: Annotated[
            DefinitionState | None, strawberry.argument(description="Only those in this state.")
        ] = None,
    ) -> Connection[Definition]:
        size = paging.size(first)
        keys = paging.keys_after(after, str, str, int)
        behind = (str(keys[0]), str(keys[1]), int(keys[2])) if keys else None
        rows = await programme.definitions_page(
            kind=kind, state=state, after=behind, limit=size + 1
        )
        page = paging.of_rows(rows, key=_place, size=size, after=after)
        return Connection.of(page.map(Definition.of))
