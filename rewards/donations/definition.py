"""What staff say when they define a charity, or a campaign that collects for it."""

from enum import StrEnum

import msgspec

from gamification.programme import Catalogue, DefinitionKind
from gamification.texts import Text
from kit.clock import Instant
from kit.errors import Problem
from rewards.currencies import AMOUNT_MAX, currency_problem


class Charity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom members give to. Its account in the ledger is `charity:<key>`."""

    key: str
    name: Text
    description: Text = ""
    icon_url: str = ""

    @property
    def account(self) -> str:
        """Where donations go in the ledger."""
        return account_of(self.key)


class Overshoot(StrEnum):
    """What becomes of donations beyond the goal: so far they are all accepted."""

    ACCEPT = "ACCEPT"


class Campaign(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Collects points of one currency for a charity, at least `minimum` at a time.

    It begins at `starts_at`; `ends_at` is the first instant after it, None where it has no end.
    """

    key: str
    charity: str
    title: Text
    goal: int
    currency: str
    starts_at: Instant
    ends_at: Instant | None = None
    description: Text = ""
    minimum: int = 1
    overshoot: Overshoot = Overshoot.ACCEPT


def account_of(charity: str) -> str:
    """The ledger account of the charity of that key."""
    return f"charity:{charity}"


def charity_problems(charity: Charity, _bodies: Catalogue) -> list[Problem]:
    """All that is wrong with a charity."""
    if charity.icon_url and not charity.icon_url.startswith(("https://", "/")):
        return [Problem("icon_url", "must begin with https:// or /")]
    return []


def campaign_problems(campaign: Campaign, bodies: Catalogue) -> list[Problem]:
    """All that is wrong with a campaign; paths as in its definition."""
    problems = []
    if (DefinitionKind.CHARITY, campaign.charity) not in bodies:
        problems.append(Problem("charity", f"there is no charity '{campaign.charity}'"))
    if reason := currency_problem(campaign.currency, bodies):
        problems.append(Problem("currency", reason))
    for path, amount in (("goal", campaign.goal), ("minimum", campaign.minimum)):
        if not 1 <= amount <= AMOUNT_MAX:
            problems.append(Problem(path, f"must be from 1 to {AMOUNT_MAX:,}"))
    if campaign.ends_at is not None and campaign.ends_at <= campaign.starts_at:
        problems.append(Problem("ends_at", "must be after starts_at"))
    return problems
