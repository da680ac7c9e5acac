"""Finding what is wrong with a currency. Pure."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from gamification.journal import ActivityKind
from gamification.ledger import (
    Cost,
    Currency,
    CurrencyKind,
    Expiry,
    ExpiryMode,
    Pending,
    Transfers,
)
from gamification.programme.checks import (
    DAYS_MAX,
    POINTS_MAX,
    Catalogue,
    at_least,
    reference,
    zone_problems,
)
from gamification.programme.kinds import DefinitionKind
from kit.calendar import Unit
from kit.errors import Problem

YEARS_MAX = 100
_COUNT_MAX = {
    Unit.DAY: DAYS_MAX,
    Unit.WEEK: DAYS_MAX // 7,
    Unit.MONTH: 12 * YEARS_MAX,
    Unit.QUARTER: 4 * YEARS_MAX,
    Unit.YEAR: YEARS_MAX,
}
_FIELDS = {
    ExpiryMode.NEVER: (),
    ExpiryMode.ROLLING: ("count", "unit", "round_to"),
    ExpiryMode.CALENDAR: ("month_day", "years", "at"),
    ExpiryMode.SLIDING: ("count", "unit", "kinds"),
}
_MONEY = re.compile(r"[A-Z]{3}")
_MONTH_DAY = re.compile(r"(\d\d)-(\d\d)")
_LEAP = 2000


def currency_problems(currency: Currency, catalogue: Catalogue) -> Iterator[Problem]:
    """All that is wrong with a currency."""
    yield from at_least(currency.pending_days, 0, "pending_days", most=DAYS_MAX)
    if currency.expires_after_days is not None:
        yield from at_least(currency.expires_after_days, 1, "expires_after_days", most=DAYS_MAX)
    if currency.main and currency.kind is not CurrencyKind.REDEEMABLE:
        yield Problem("main", "only a redeemable currency can be the main one")
    if currency.pending is not None:
        yield from _pending_problems(currency.pending, catalogue)
        if currency.pending_days:
            yield Problem("pending", "give either this or pending_days")
    if currency.expiry is not None:
        yield from _expiry_problems(currency.expiry, catalogue)
        if currency.expires_after_days is not None:
            yield Problem("expiry", "give either this or expires_after_days")
    yield from zone_problems(currency.zone, "zone")
    yield from _money_problems(currency)
    yield from _spending_problems(currency)
    if currency.approval_above is not None:
        yield from at_least(currency.approval_above, 0, "approval_above")
    if currency.adjustment_max is not None:
        yield from at_least(currency.adjustment_max, 1, "adjustment_max")


def _pending_problems(pending: Pending, catalogue: Catalogue) -> Iterator[Problem]:
    ways = (pending.days is not None, pending.until is not None, bool(pending.event))
    if sum(ways) != 1:
        yield Problem("pending", "give just one of days, until and event")
    if pending.days is not None:
        yield from at_least(pending.days, 0, "pending.days", most=DAYS_MAX)
    if not pending.event:
        if pending.match:
            yield Problem("pending.match", "belongs to an event")
        return
    kind = DefinitionKind.ACTIVITY_KIND
    yield from reference(kind, pending.event, "pending.event", catalogue)
    event = catalogue.get((kind, pending.event))
    if pending.match and isinstance(event, ActivityKind) and pending.match not in event.attributes:
        yield Problem("pending.match", f"is not an attribute of the kind '{event.key}'")


def _expiry_problems(expiry: Expiry, catalogue: Catalogue) -> Iterator[Problem]:
    defaults: dict[str, Any] = {
        "count": 0,
        "unit": Unit.DAY,
        "round_to": None,
        "month_day": "",
        "years": 0,
        "at": None,
        "kinds": (),
    }
    for name, default in defaults.items():
        if name not in _FIELDS[expiry.mode] and getattr(expiry, name) != default:
            yield Problem(f"expiry.{name}", f"has no meaning for {expiry.mode}")
    if expiry.mode in (ExpiryMode.ROLLING, ExpiryMode.SLIDING):
        yield from at_least(expiry.count, 1, "expiry.count", most=_COUNT_MAX[expiry.unit])
    if expiry.mode is ExpiryMode.CALENDAR:
        yield from _calendar_problems(expiry)
    for number, kind in enumerate(expiry.kinds):
        path = f"expiry.kinds.{number}"
        yield from reference(DefinitionKind.ACTIVITY_KIND, kind, path, catalogue)


def _calendar_problems(expiry: Expiry) -> Iterator[Problem]:
    if bool(expiry.month_day) == (expiry.at is not None):
        yield Problem("expiry.month_day", "give either a day of the year or an instant")
    yield from at_least(expiry.years, 0, "expiry.years", most=YEARS_MAX)
    if expiry.at is not None and expiry.years:
        yield Problem("expiry.years", "belongs to a day of the year")
    if expiry.month_day and not _is_day_of_a_year(expiry.month_day):
        yield Problem("expiry.month_day", "must be a month and a day such as 12-31")


def _is_day_of_a_year(text: str) -> bool:
    found = _MONTH_DAY.fullmatch(text)
    if found is None:
        return False
    try:
        date(_LEAP, int(found[1]), int(found[2]))
    except ValueError:
        return False
    return True


def _money_problems(currency: Currency) -> Iterator[Problem]:
    if currency.kind is not CurrencyKind.MONEY:
        if currency.money:
            yield Problem("money", "only a currency of the kind MONEY is money")
    elif not _MONEY.fullmatch(currency.money):
        yield Problem("money", "must be an ISO 4217 code such as USD: which money it is")


def _spending_problems(currency: Currency) -> Iterator[Problem]:
    """What only points that can be spent may have."""
    for name in ("cost", "transfers"):
        if getattr(currency, name) is not None and not currency.kind.spendable:
            yield Problem(name, f"points of the kind {currency.kind} cannot be spent")
    if currency.cost is not None:
        yield from _cost_problems(currency.cost)
    if currency.transfers is not None:
        yield from _transfer_problems(currency.transfers)


def _cost_problems(cost: Cost) -> Iterator[Problem]:
    yield from at_least(cost.minor, 0, "cost.minor")
    yield from at_least(cost.points, 1, "cost.points")
    if not _MONEY.fullmatch(cost.currency):
        yield Problem("cost.currency", "must be an ISO 4217 code such as USD")


def _transfer_problems(transfers: Transfers) -> Iterator[Problem]:
    yield from at_least(transfers.min, 1, "transfers.min")
    least = min(max(1, transfers.min), POINTS_MAX)
    if transfers.max is not None:
        yield from at_least(transfers.max, least, "transfers.max")
    if transfers.max_per_day is not None:
        yield from at_least(transfers.max_per_day, least, "transfers.max_per_day")
