"""Donations: points given to a charity's campaign, held and then confirmed."""

from gamification import programme
from gamification.programme import DefinitionKind
from rewards.donations.definition import (
    Campaign,
    Charity,
    Overshoot,
    account_of,
    campaign_problems,
    charity_problems,
)
from rewards.donations.donating import Donated, donate
from rewards.donations.donation import (
    HELD_FOR,
    Donation,
    DonationState,
    Outcome,
    Resolution,
)
from rewards.donations.listing import (
    campaigns_of,
    charities_of,
    charities_page,
    find_campaign,
    find_charity,
    thermometers_of,
)
from rewards.donations.reading import find, page_of
from rewards.donations.resolving import cancel, confirm
from rewards.donations.thermometer import CampaignState, Thermometer, Total, state_of

__all__ = [
    "HELD_FOR",
    "Campaign",
    "CampaignState",
    "Charity",
    "Donated",
    "Donation",
    "DonationState",
    "Outcome",
    "Overshoot",
    "Resolution",
    "Thermometer",
    "Total",
    "account_of",
    "campaigns_of",
    "cancel",
    "charities_of",
    "charities_page",
    "confirm",
    "donate",
    "find",
    "find_campaign",
    "find_charity",
    "page_of",
    "state_of",
    "thermometers_of",
]

programme.declare(DefinitionKind.CHARITY, Charity, charity_problems)
programme.declare(DefinitionKind.CAMPAIGN, Campaign, campaign_problems)
