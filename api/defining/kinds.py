"""Defining activity kinds."""

from typing import Annotated, Any, TypeAlias

import strawberry

from api.activities import ActivityKind
from api.context import Info
from api.defining.bodies import body_of
from api.defining.metrics import OnlyTitleTranslation
from api.errors import Denied, InvalidInput
from api.programme import Definition
from gamification import programme
from gamification.journal import AttributeType
from gamification.programme import DefinitionKind
from kit import errors


@strawberry.input(description="Whether activities carry money.")
class AmountRuleInput:
    required: bool = strawberry.field(default=False, description="Whether they must.")
    currencies: list[str] = strawberry.field(
        default_factory=list, description="In which currencies (ISO 4217); any where empty."
    )


@strawberry.input(description="One attribute that activities of a kind carry.")
class AttributeInput:
    name: str = strawberry.field(description="Its name: letters, digits and `_`.")
    type: AttributeType = strawberry.field(description="What it holds.")
    required: bool = strawberry.field(default=False, description="Whether it must be there.")
    min: float | None = strawberry.field(default=None, description="The least of a number.")
    max: float | None = strawberry.field(default=None, description="The most of a number.")
    choices: list[str] = strawberry.field(
        default_factory=list, description="What a text may be; anything where empty."
    )
    additive: bool = strawberry.field(
        default=False,
        description="Whether it is a quantity, of which a partial refund takes its share.",
    )


@strawberry.input(description="A kind of activity.")
class DefineActivityKindInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    title: str = strawberry.field(description="Its title.")
    amount: AmountRuleInput | None = strawberry.field(
        default=None, description="The money it carries; none if left out."
    )
    attributes: list[AttributeInput] = strawberry.field(
        default_factory=list, description="What else it carries."
    )
    translations: list[OnlyTitleTranslation] = strawberry.field(
        default_factory=list, description="Its title in other languages."
    )


@strawberry.type(description="The activity kind is drafted.")
class DefineActivityKindPayload:
    activity_kind: ActivityKind = strawberry.field(description="The kind.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineActivityKindResult: TypeAlias = Annotated[
    DefineActivityKindPayload | InvalidInput | Denied,
    strawberry.union("DefineActivityKindResult", description="A kind drafted, or why not."),
]


@strawberry.type
class KindMutations:
    @strawberry.mutation(description="Draft a kind of activity.")
    async def define_activity_kind(
        self,
        info: Info,
        input: Annotated[DefineActivityKindInput, strawberry.argument(description="The kind.")],
    ) -> DefineActivityKindResult:
        made = await programme.define(
            DefinitionKind.ACTIVITY_KIND, _kind_body(input), by=info.context.viewer.key
        )
        kind = ActivityKind.of(made.body, await info.context.reader())
        return DefineActivityKindPayload(activity_kind=kind, definition=Definition.of(made))


def _kind_body(said: DefineActivityKindInput) -> dict[str, Any]:
    """The body, in which attributes stand by their names."""
    body = body_of(said)
    attributes: dict[str, Any] = {}
    for number, attribute in enumerate(body["attributes"]):
        name = attribute.pop("name")
        if name in attributes:
            raise errors.InvalidInput.at(f"attributes.{number}.name", "must be given once only")
        attributes[name] = attribute
    return {**body, "attributes": attributes}
