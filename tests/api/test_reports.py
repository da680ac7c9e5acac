"""Liability and breakage as staff ask for them."""

import pytest

from api import reports
from api.auth import Role

LIABILITY = """query($currency: String!, $asOf: DateTime) {
  liability(currency: $currency, asOf: $asOf) {
    asOf members debt debtors currency { key }
    months { month active pending held points cost { minor currency } }
    total { month points cost { minor } }
  }
}"""
BREAKAGE = """query($currency: String!, $asOf: DateTime) {
  breakage(currency: $currency, asOf: $asOf) {
    cohorts { month earned spent expired open rate } total { month earned } overdrawn debt
  }
}"""


@pytest.fixture
async def sold(shop, clock):
    """Ann and bob have bought; a second ago."""
    await shop.buys("ann", 10_000)
    await shop.buys("bob", 4_000)
    clock.advance(seconds=1)


async def test_what_is_owed_and_what_became_of_it(shop, sold):
    analyst = shop.staff(Role.ANALYST)
    found = (await analyst.ask(LIABILITY, currency="points"))["liability"]
    assert (found["members"], found["debt"], found["currency"]) == (2, 0, {"key": "points"})
    [month] = found["months"]
    assert (month["month"], month["active"], month["points"]) == ("2027-03", 140, 140)
    assert (month["cost"], found["total"]["cost"]) == (None, None)
    assert found["total"] == {"month": None, "points": 140, "cost": None}
    found = (await analyst.ask(BREAKAGE, currency="points"))["breakage"]
    assert found["cohorts"] == [
        {"month": "2026-03", "earned": 140, "spent": 0, "expired": 0, "open": 140, "rate": 0.0}
    ]
    assert found["total"] == {"month": None, "earned": 140}


async def test_as_of_another_moment(shop, sold):
    admin = shop.staff()
    for moment, points in (("2026-03-01T00:00:00Z", 0), ("2027-04-01T00:00:00Z", 0)):
        found = (await admin.ask(LIABILITY, currency="points", asOf=moment))["liability"]
        assert (found["asOf"], found["total"]["points"]) == (moment, points)
    found = (await admin.ask(BREAKAGE, currency="points", asOf="2027-04-01T00:00:00Z"))["breakage"]
    assert found["cohorts"][0]["rate"] == 1.0


async def test_what_is_no_money_is_not_owed(shop, sold):
    for document, field in ((LIABILITY, "liability"), (BREAKAGE, "breakage")):
        assert (await shop.staff().ask(document, currency="gold"))[field] is None
        [error] = (await shop.staff().answer(document, currency="xp"))["errors"]
        assert error["extensions"]["code"] == "INVALID_INPUT"


async def test_an_answer_may_be_a_minute_old(shop, sold, clock, statements):
    await shop.staff().ask(LIABILITY, currency="points")
    await shop.buys("ann", 100)
    again = (await shop.staff().ask(LIABILITY, currency="points"))["liability"]
    assert again["total"]["points"] == 140
    clock.advance(minutes=1)
    later = (await shop.staff().ask(LIABILITY, currency="points"))["liability"]
    assert later["total"]["points"] > 140


async def test_a_large_programme_is_reported_on_by_the_command(shop, sold, monkeypatch):
    monkeypatch.setattr(reports, "ENTRIES_MAX", 1)
    [error] = (await shop.staff().answer(BREAKAGE, currency="points"))["errors"]
    assert error["extensions"]["code"] == "NOT_AVAILABLE"
    await shop.staff().ask(LIABILITY, currency="points")
    past = "2026-03-01T00:00:00Z"
    [error] = (await shop.staff().answer(LIABILITY, currency="points", asOf=past))["errors"]
    assert error["extensions"]["code"] == "NOT_AVAILABLE"
    monkeypatch.setattr(reports, "MEMBERS_MAX", 1)
    [error] = (await shop.staff().answer(LIABILITY, currency="points"))["errors"]
    assert error["extensions"]["code"] == "NOT_AVAILABLE"
