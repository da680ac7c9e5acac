"""Defining earning rules over the API: what is told is what was said, and faults by their path."""

import pytest

FIELDS = """
    ... on DefineEarningRulePayload { rule {
        key stacking rounding multiplier fundedBy channels partners tiers
        earn { points per of percent } hours { weekdays from until zone }
        caps { points per mode balance } budget { points mode }
    } }
    ... on InvalidInput { problems { path } }
"""
PLAIN = {"key": "new", "title": "New", "kind": "purchase", "currency": "points"}
SAID = {
    "stacking": "HIGHEST",
    "rounding": "HALF_EVEN",
    "fundedBy": "pool:green",
    "channels": ["APP", "IN_STORE"],
    "partners": ["harbour"],
    "tiers": ["silver"],
    "hours": [{"weekdays": [5, 6], "from": "22:00", "until": "02:00", "zone": "Asia/Jakarta"}],
    "caps": [{"points": 500, "per": "MONTH", "mode": "REJECT", "balance": False}],
    "budget": {"points": 9_000, "mode": "REJECT"},
}


async def define(shop, **said):
    return await shop.staff().do("defineEarningRule", FIELDS, {**PLAIN, **said})


async def test_a_rule_is_told_as_it_was_said(shop):
    found = await define(shop, earn={"percent": "2.5", "of": "amount"}, **SAID)
    assert found["rule"] == {
        "key": "new",
        "multiplier": None,
        "earn": {"points": 0, "per": None, "of": "amount", "percent": "2.5"},
        **SAID,
    }


async def test_what_is_left_out_has_its_default(shop):
    found = await define(
        shop, earn={"points": 5}, hours=[{}], caps=[{"points": 9}], budget={"points": 9}
    )
    assert found["rule"] == {
        "key": "new",
        "multiplier": None,
        "stacking": "MULTIPLICATIVE",
        "rounding": "DOWN",
        "fundedBy": None,
        "channels": [],
        "partners": [],
        "tiers": [],
        "earn": {"points": 5, "per": None, "of": None, "percent": None},
        "hours": [{"weekdays": [], "from": "00:00", "until": "24:00", "zone": None}],
        "caps": [{"points": 9, "per": None, "mode": "REDUCE", "balance": False}],
        "budget": {"points": 9, "mode": "REDUCE"},
    }


async def test_a_multiplier_grants_nothing_itself(shop):
    found = await define(shop, multiplier="1.5")
    assert (found["rule"]["multiplier"], found["rule"]["earn"]) == ("1.5", None)


@pytest.mark.parametrize(
    "said, path",
    [
        ({"earn": {}}, "earn.points"),
        ({"earn": {"percent": "x", "of": "amount"}}, "earn.percent"),
        ({"earn": {"points": 1}, "hours": [{"from": "9"}]}, "hours.0.from"),
        ({"earn": {"points": 1}, "caps": [{"points": 1}, {"points": -1}]}, "caps.1.points"),
        ({"earn": {"points": 1}, "budget": {"points": 0}}, "budget.points"),
        ({"earn": {"points": 1}, "tiers": ["gold-plated"]}, "tiers.0"),
        ({"earn": {"points": 1}, "fundedBy": "me"}, "fundedBy"),
        ({"multiplier": "2", "budget": {"points": 1}}, "budget"),
    ],
)
async def test_a_fault_is_told_by_its_path(shop, said, path):
    found = await define(shop, **said)
    assert found["__typename"] == "InvalidInput"
    assert [problem["path"] for problem in found["problems"]] == [path]
