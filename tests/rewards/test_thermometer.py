"""Where a campaign is in its life, and how full its thermometer: pure."""

import pytest

from kit import clock
from rewards.donations import Campaign, CampaignState, Thermometer, Total, state_of

START = clock.parse("2026-03-01T00:00:00Z")
END = clock.parse("2026-04-01T00:00:00Z")


def campaign(**facts):
    defaults = {"starts_at": START, "ends_at": END, "goal": 1_000, "currency": "points"}
    return Campaign(key="wells", charity="water", title="Wells", **(defaults | facts))


@pytest.mark.parametrize(
    ("at", "raised", "state"),
    [
        (START - 1, 0, CampaignState.SCHEDULED),
        (START, 0, CampaignState.COLLECTING),
        (START, 999, CampaignState.COLLECTING),
        (START, 1_000, CampaignState.GOAL_REACHED),
        (START, 5_000, CampaignState.GOAL_REACHED),
        (END - 1, 0, CampaignState.COLLECTING),
        (END, 0, CampaignState.CLOSED),
        (END, 1_000, CampaignState.CLOSED),
    ],
)
def test_state_follows_from_time_and_what_was_raised(at, raised, state):
    assert state_of(campaign(), raised=raised, at=at) is state
    thermometer = Thermometer(campaign=campaign(), version=1, total=Total(raised, 1, 1))
    assert thermometer.state(at) is state


def test_what_is_not_published_is_a_draft():
    assert state_of(campaign(), raised=0, at=START, published=False) is CampaignState.DRAFT


def test_a_campaign_without_an_end_stays_open():
    open_ended = campaign(ends_at=None)
    assert state_of(open_ended, raised=0, at=END + 9 * clock.DAY) is CampaignState.COLLECTING


@pytest.mark.parametrize(("raised", "percent"), [(0, 0), (1, 0.1), (1_000, 100), (2_500, 250)])
def test_percent_is_of_the_goal_and_may_pass_it(raised, percent):
    thermometer = Thermometer(campaign=campaign(), version=1, total=Total(raised, 1, 1))
    assert thermometer.percent == percent
