"""What staff may not define: every problem is named with its path."""

import pytest

from gamification.ledger import Currency, CurrencyKind
from gamification.metrics import Aggregate, Metric
from gamification.programme import DefinitionKind
from gamification.tiers import Tier, TierSet
from rewards import catalogue, donations
from rewards.catalogue.definition import problems_of
from rewards.donations.definition import campaign_problems, charity_problems

TIERS = TierSet(
    key="club",
    name="Club",
    metric=Metric(kind="visit", aggregate=Aggregate.COUNT),
    levels=(Tier(key="silver", name="Silver", threshold=0),),
)
BODIES = {
    (DefinitionKind.CURRENCY, "points"): Currency(key="points", name="Points"),
    (DefinitionKind.CURRENCY, "xp"): Currency(key="xp", name="XP", kind=CurrencyKind.XP),
    (DefinitionKind.TIER_SET, "club"): TIERS,
    (DefinitionKind.CHARITY, "water"): donations.Charity(key="water", name="Water"),
}


def price(currency="points", amount=100):
    return catalogue.Price(currency=currency, amount=amount)


def reward(**facts):
    return catalogue.Reward(**({"key": "latte", "title": "A latte", "price": (price(),)} | facts))


def campaign(**facts):
    defaults = {"charity": "water", "goal": 100, "currency": "points", "starts_at": 0}
    return donations.Campaign(**({"key": "wells", "title": "Wells"} | defaults | facts))


def paths(problems):
    return [problem.path for problem in problems]


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"kind": catalogue.RewardKind.DISCOUNT},
        {"kind": catalogue.RewardKind.FREE_PRODUCT},
        {"stock": 0, "per_member": 1, "voucher_valid_days": 1, "tier": "silver"},
        {"starts_at": 5, "ends_at": 6},
        {"starts_at": 5},
        {"ends_at": 5},
    ],
)
def test_a_sound_reward_has_no_problem(facts):
    assert problems_of(reward(**facts), BODIES) == []


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"kind": catalogue.RewardKind.MERCHANDISE}, "kind"),
        ({"kind": catalogue.RewardKind.DONATION}, "kind"),
        ({"price": ()}, "price"),
        ({"price": (price(), price())}, "price"),
        ({"price": (price(amount=0),)}, "price.0.amount"),
        ({"price": (price(amount=-1),)}, "price.0.amount"),
        ({"price": (price(amount=10**12 + 1),)}, "price.0.amount"),
        ({"price": (price(currency="beans"),)}, "price.0.currency"),
        ({"price": (price(currency="xp"),)}, "price.0.currency"),
        ({"stock": -1}, "stock"),
        ({"per_member": 0}, "per_member"),
        ({"starts_at": 5, "ends_at": 5}, "ends_at"),
        ({"voucher_valid_days": 0}, "voucher_valid_days"),
        ({"voucher_valid_days": 3_651}, "voucher_valid_days"),
        ({"tier": "club"}, "tier"),
    ],
)
def test_a_bad_reward_is_refused_at_its_path(facts, path):
    assert paths(problems_of(reward(**facts), BODIES)) == [path]


def test_all_problems_come_at_once():
    bad = reward(stock=-1, tier="none", price=(price(amount=0, currency="beans"),))
    assert paths(problems_of(bad, BODIES)) == [
        "stock",
        "price.0.amount",
        "price.0.currency",
        "tier",
    ]


@pytest.mark.parametrize("facts", [{}, {"ends_at": 1}, {"minimum": 50}])
def test_a_sound_campaign_has_no_problem(facts):
    assert campaign_problems(campaign(**facts), BODIES) == []


@pytest.mark.parametrize(
    ("facts", "path"),
    [
        ({"charity": "fire"}, "charity"),
        ({"currency": "beans"}, "currency"),
        ({"currency": "xp"}, "currency"),
        ({"goal": 0}, "goal"),
        ({"goal": 10**12 + 1}, "goal"),
        ({"minimum": 0}, "minimum"),
        ({"ends_at": 0}, "ends_at"),
    ],
)
def test_a_bad_campaign_is_refused_at_its_path(facts, path):
    assert paths(campaign_problems(campaign(**facts), BODIES)) == [path]


@pytest.mark.parametrize(
    ("url", "found"),
    [("", []), ("https://example.org/i.svg", []), ("javascript:alert(1)", ["icon_url"])],
)
def test_a_charity_has_an_icon_that_is_safe_to_show(url, found):
    charity = donations.Charity(key="water", name="Water", icon_url=url)
    assert paths(charity_problems(charity, {})) == found
