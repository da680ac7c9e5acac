"""Defining charities and their campaigns."""

from typing import Annotated, TypeAlias

import strawberry

from api.context import Info
from api.defining.drafting import draft
from api.defining.metrics import NameTranslation, TitleTranslation
from api.donations import Campaign, Charity
from api.errors import Denied, InvalidInput
from api.programme import Definition
from api.scalars import BigInt, DateTime
from gamification.programme import DefinitionKind, DefinitionState
from rewards.donations import CampaignState, Thermometer, Total


@strawberry.input(description="Somebody who puts points to good use.")
class DefineCharityInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    name: str = strawberry.field(description="Its name.")
    description: str | None = strawberry.field(default=None, description="What it does.")
    icon_url: str | None = strawberry.field(default=None, description="Its picture.")
    translations: list[NameTranslation] = strawberry.field(
        default_factory=list, description="Its texts in other languages."
    )


@strawberry.input(description="What a charity collects for.")
class DefineCampaignInput:
    key: str = strawberry.field(description="Its key: lower-case letters, digits and `-`.")
    charity: str = strawberry.field(description="The charity's key.")
    title: str = strawberry.field(description="Its title.")
    goal: BigInt = strawberry.field(description="How many points it asks for.")
    currency: str = strawberry.field(description="The key of the currency that it takes.")
    starts_at: DateTime = strawberry.field(description="When it begins.")
    ends_at: DateTime | None = strawberry.field(
        default=None, description="The first moment after it; no end if left out."
    )
    description: str | None = strawberry.field(default=None, description="What it is about.")
    minimum: BigInt | None = strawberry.field(
        default=None, description="The least that it takes at once; 1 if left out."
    )
    translations: list[TitleTranslation] = strawberry.field(
        default_factory=list, description="Its texts in other languages."
    )


@strawberry.type(description="The charity is drafted.")
class DefineCharityPayload:
    charity: Charity = strawberry.field(description="The charity.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


@strawberry.type(description="The campaign is drafted.")
class DefineCampaignPayload:
    campaign: Campaign = strawberry.field(description="The campaign.")
    definition: Definition = strawberry.field(description="The draft, for `publish`.")


DefineCharityResult: TypeAlias = Annotated[
    DefineCharityPayload | InvalidInput | Denied,
    strawberry.union("DefineCharityResult", description="A charity drafted, or why not."),
]
DefineCampaignResult: TypeAlias = Annotated[
    DefineCampaignPayload | InvalidInput | Denied,
    strawberry.union("DefineCampaignResult", description="A campaign drafted, or why not."),
]


@strawberry.type
class DonationMutations:
    @strawberry.mutation(description="Draft a charity.")
    async def define_charity(
        self,
        info: Info,
        input: Annotated[DefineCharityInput, strawberry.argument(description="The charity.")],
    ) -> DefineCharityResult:
        made = await draft(info, DefinitionKind.CHARITY, input)
        charity = Charity.of(made.body, await info.context.reader())
        return DefineCharityPayload(charity=charity, definition=Definition.of(made))

    @strawberry.mutation(description="Draft a charity's campaign.")
    async def define_campaign(
        self,
        info: Info,
        input: Annotated[DefineCampaignInput, strawberry.argument(description="The campaign.")],
    ) -> DefineCampaignResult:
        made = await draft(info, DefinitionKind.CAMPAIGN, input)
        meter = Thermometer(campaign=made.body, version=made.version, total=Total())
        is_draft = made.state is DefinitionState.DRAFT
        campaign = Campaign.of(
            meter, await info.context.reader(), CampaignState.DRAFT if is_draft else None
        )
        return DefineCampaignPayload(campaign=campaign, definition=Definition.of(made))
