"""Currencies over GraphQL: all that staff can say of one, and what is shown of it to whom."""

import pytest

from api.auth import Role
from gamification import programme
from gamification.programme import DefinitionKind, Ref, find_definition, plain
from tests.api.shop import Caller

FIELDS = """
    ... on DefineCurrencyPayload {
        definition { key version state }
        currency {
            key kind main money spendable
            pending { days until event match }
            expiry { mode count unit roundTo monthDay years at kinds zone }
            transfers { min max maxPerDay }
            controls { shortage cost { minor currency points } approvalAbove adjustmentMax }
        }
    }
"""
NOTHING = {"days": None, "until": None, "event": None, "match": None}
NEVER = {"mode": "NEVER", "count": None, "unit": None, "roundTo": None, "monthDay": None}
NEVER |= {"years": None, "at": None, "kinds": [], "zone": "UTC"}
LOOSE = {"shortage": "ALLOW_NEGATIVE", "cost": None, "approvalAbove": None, "adjustmentMax": None}


@pytest.fixture
def admin(shop):
    return Caller(shop.app, shop.token("admin", Role.ADMIN))


async def defined(admin, **said):
    """What is shown of a currency that is drafted so, and the body that this makes."""
    given = {"key": "stars", "name": "Stars", **said}
    result = await admin.do("defineCurrency", FIELDS, given)
    assert result["__typename"] == "DefineCurrencyPayload", result
    ref = Ref(DefinitionKind.CURRENCY, "stars", result["definition"]["version"])
    body = plain((await find_definition(ref)).body)
    return result["currency"], {name: body[name] for name in body if name not in ("key", "name")}


async def test_a_plain_currency_says_nothing_and_shows_what_that_means(admin):
    shown, body = await defined(admin)
    assert body == {}
    assert shown == {
        "key": "stars",
        "kind": "REDEEMABLE",
        "main": False,
        "money": None,
        "spendable": True,
        "pending": None,
        "expiry": NEVER,
        "transfers": None,
        "controls": LOOSE,
    }


async def test_short_forms_show_in_full(admin):
    shown, body = await defined(admin, pendingDays=14, expiresAfterDays=365)
    assert body == {"pending_days": 14, "expires_after_days": 365}
    assert shown["pending"] == NOTHING | {"days": 14}
    assert shown["expiry"] == NEVER | {"mode": "ROLLING", "count": 365, "unit": "DAY"}


async def test_a_currency_says_all_that_it_can(admin):
    shown, body = await defined(
        admin,
        kind="MONEY",
        money="USD",
        zone="Asia/Jakarta",
        shortage="WRITE_OFF",
        pending={"event": "purchase", "match": "discs"},
        expiry={"mode": "ROLLING", "count": 12, "unit": "MONTH", "roundTo": "QUARTER"},
        cost={"minor": 1, "currency": "USD", "points": 2},
        transfers={"min": 10, "max": 500, "maxPerDay": 1000},
        approvalAbove=500,
        adjustmentMax=10000,
    )
    assert body == {
        "kind": "MONEY",
        "money": "USD",
        "zone": "Asia/Jakarta",
        "shortage": "WRITE_OFF",
        "pending": {"event": "purchase", "match": "discs"},
        "expiry": {"mode": "ROLLING", "count": 12, "unit": "MONTH", "round_to": "QUARTER"},
        "cost": {"minor": 1, "currency": "USD", "points": 2},
        "transfers": {"min": 10, "max": 500, "max_per_day": 1000},
        "approval_above": 500,
        "adjustment_max": 10000,
    }
    expiry = {"mode": "ROLLING", "count": 12, "unit": "MONTH", "roundTo": "QUARTER"}
    assert shown == {
        "key": "stars",
        "kind": "MONEY",
        "main": False,
        "money": "USD",
        "spendable": True,
        "pending": NOTHING | {"event": "purchase", "match": "discs"},
        "expiry": NEVER | expiry | {"zone": "Asia/Jakarta"},
        "transfers": {"min": 10, "max": 500, "maxPerDay": 1000},
        "controls": {
            "shortage": "WRITE_OFF",
            "cost": {"minor": 1, "currency": "USD", "points": 2},
            "approvalAbove": 500,
            "adjustmentMax": 10000,
        },
    }


MOMENT = "2027-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "said, body, shown",
    [
        (
            {"pending": {"until": MOMENT}},
            {"pending": {"until": MOMENT}},
            {"pending": NOTHING | {"until": MOMENT}},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "at": MOMENT}},
            {"expiry": {"mode": "CALENDAR", "at": MOMENT}},
            {"expiry": NEVER | {"mode": "CALENDAR", "at": MOMENT}},
        ),
        (
            {"expiry": {"mode": "CALENDAR", "monthDay": "12-31"}},
            {"expiry": {"mode": "CALENDAR", "month_day": "12-31"}},
            {"expiry": NEVER | {"mode": "CALENDAR", "monthDay": "12-31", "years": 0}},
        ),
        (
            {"kind": "XP", "expiry": {"mode": "SLIDING", "count": 90, "kinds": ["visit"]}},
            {"kind": "XP", "expiry": {"mode": "SLIDING", "count": 90, "kinds": ["visit"]}},
            {
                "spendable": False,
                "expiry": NEVER
                | {"mode": "SLIDING", "count": 90, "unit": "DAY", "kinds": ["visit"]},
            },
        ),
    ],
)
async def test_all_ways_to_be_pending_and_to_expire_go_in_and_out(admin, said, body, shown):
    answered, stored = await defined(admin, **said)
    assert stored == body
    assert {name: answered[name] for name in shown} == shown


async def test_what_is_wrong_with_a_currency_is_said_with_its_path(admin):
    given = {
        "key": "stars",
        "name": "Stars",
        "kind": "MONEY",
        "pending": {"event": "purchase", "match": "shop"},
        "expiry": {"mode": "SLIDING", "kinds": ["flight"]},
    }
    result = await admin.do("defineCurrency", FIELDS, given)
    assert result["__typename"] == "InvalidInput"
    assert {one["path"] for one in result["problems"]} == {
        "pending.match",
        "expiry.count",
        "expiry.kinds.0",
        "money",
    }
    assert (DefinitionKind.CURRENCY, "stars") not in await programme.newest_bodies()


@pytest.mark.parametrize("role, is_shown", [("MEMBER", False), ("SERVICE", False), ("ADMIN", True)])
async def test_what_points_cost_is_the_houses_business(shop, role, is_shown):
    caller = Caller(shop.app, shop.token("ann", Role[role]))
    answer = await caller.ask(
        "{ programme { mainCurrency { key spendable controls { shortage } } } }"
    )
    currency = answer["programme"]["mainCurrency"]
    assert (currency["key"], currency["spendable"]) == ("points", True)
    assert (currency["controls"] is not None) == is_shown
