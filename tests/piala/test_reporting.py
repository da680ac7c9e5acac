"""`piala report`: for people and for programs."""

import json

import pytest

LATER = "2026-02-10T00:00:00Z"


@pytest.fixture
def sold(shop):
    """A shop that has sold for 12.50, 60 and 7.99 dollars: 12, 60 and 7 points."""
    assert shop("import", "shop.csv", "--mapping", "mapping.yaml").exit_code == 0
    return shop


def test_liability_for_programs(sold):
    found = json.loads(sold("report", "liability", "--json").stdout)
    assert found.pop("as_of").startswith("20")
    row = {"month": None, "active": 79, "pending": 0, "held": 0, "points": 79, "cost_minor": None}
    assert found == {
        "currency": "points",
        "members": 2,
        "months": [row],
        "total": row,
        "money": None,
        "debt": 0,
        "debtors": 0,
    }
    earlier = sold("report", "liability", "--json", "--as-of", "2026-02-02T00:00:00Z")
    assert json.loads(earlier.stdout)["total"]["points"] == 72


def test_breakage_for_programs(sold):
    answer = sold("report", "breakage", "--json", "--as-of", LATER, "--currency", "points")
    found = json.loads(answer.stdout)
    assert (found["currency"], found["as_of"], found["debt"]) == ("points", LATER, 0)
    [cohort] = found["cohorts"]
    assert (cohort["month"], cohort["earned"], cohort["open"]) == ("2026-02", 79, 79)
    assert (cohort["rate"], found["total"]["month"]) == (0.0, None)


def test_reports_for_people(sold):
    answer = sold("report", "liability", "--as-of", LATER)
    assert answer.exit_code == 0
    for words in (LATER, "never", "79", "2 members have some"):
        assert words in answer.stdout
    answer = sold("report", "breakage", "--as-of", LATER)
    assert answer.exit_code == 0
    for words in (LATER, "2026-02", "earned", "0.0%", "overdrawn 0, written off 0, owed 0"):
        assert words in answer.stdout
    assert "received" not in answer.stdout


@pytest.mark.parametrize("report", ["liability", "breakage"])
def test_what_cannot_be_reported_is_told_in_one_line(shop, cli, report):
    answer = shop("report", report, "--currency", "gold")
    assert (answer.exit_code, answer.stderr) == (1, "piala: There is no currency 'gold'.\n")
    answer = shop("report", report, "--as-of", "yesterday")
    assert answer.stderr.startswith("piala: --as-of: must be a time")


@pytest.mark.parametrize("report", ["liability", "breakage"])
def test_without_a_programme_there_is_no_main_currency(cli, report):
    answer = cli("report", report)
    assert (answer.exit_code, answer.stderr) == (1, "piala: There is no currency 'main'.\n")
