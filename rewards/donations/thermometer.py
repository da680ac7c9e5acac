"""A campaign's thermometer: how much it has raised, and where that puts it."""

from enum import StrEnum

import msgspec

from kit.clock import Instant
from rewards.donations.definition import Campaign


class CampaignState(StrEnum):
    """Where a campaign is in its life. One that has reached its goal still collects."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    COLLECTING = "COLLECTING"
    GOAL_REACHED = "GOAL_REACHED"
    CLOSED = "CLOSED"


OPEN = frozenset({CampaignState.COLLECTING, CampaignState.GOAL_REACHED})


class Total(msgspec.Struct, frozen=True):
    """What confirmed donations have come to: points, how many they were, from how many members."""

    raised: int = 0
    donations: int = 0
    donors: int = 0


class Thermometer(msgspec.Struct, frozen=True, kw_only=True):
    """A published campaign and its total. `matched` points come with matching pools."""

    campaign: Campaign
    version: int
    total: Total
    matched: int = 0

    @property
    def raised(self) -> int:
        """Points of confirmed donations."""
        return self.total.raised

    @property
    def donors(self) -> int:
        """How many members have given."""
        return self.total.donors

    @property
    def percent(self) -> float:
        """How much of the goal is raised; it may pass 100."""
        return self.raised * 100 / self.campaign.goal

    def state(self, at: Instant) -> CampaignState:
        """Where the campaign is at that instant."""
        return state_of(self.campaign, raised=self.raised, at=at)


def state_of(
    campaign: Campaign, *, raised: int, at: Instant, published: bool = True
) -> CampaignState:
    """Where a campaign is that has raised so much."""
    if not published:
        return CampaignState.DRAFT
    if at < campaign.starts_at:
        return CampaignState.SCHEDULED
    if campaign.ends_at is not None and at >= campaign.ends_at:
        return CampaignState.CLOSED
    return CampaignState.GOAL_REACHED if raised >= campaign.goal else CampaignState.COLLECTING
