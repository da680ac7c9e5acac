"""What is wrong with an earning rule is told by its path; what is sound goes there and back."""

import pytest

from gamification.ledger import Currency
from gamification.programme import DefinitionKind, parsed, plain
from gamification.programme.checking import problems_of
from kit.errors import InvalidInput
from tests.gamification.test_programme import CATALOGUE, RULE, TIERS

RULES = DefinitionKind.EARNING_RULE
KNOWN = CATALOGUE | {
    (DefinitionKind.TIER_SET, "t"): parsed(DefinitionKind.TIER_SET, TIERS),
    (DefinitionKind.CURRENCY, "xp"): Currency(key="xp", name="XP"),
}
MULTIPLIER = {"earn": None, "multiplier": "2"}
HAPPY = {"weekdays": [1, 5], "from": "14:00", "until": "17:00", "zone": "Asia/Jakarta"}


def found(facts):
    body = parsed(RULES, RULE | facts)
    return {problem.path: problem.message for problem in problems_of(RULES, body, KNOWN)}


@pytest.mark.parametrize(
    "facts",
    [
        {"earn": {"percent": "2.5", "of": "amount"}},
        {"earn": {"percent": "150", "of": "attributes.discs"}, "rounding": "HALF_EVEN"},
        {"stacking": "HIGHEST", "rounding": "UP"},
        {"hours": [HAPPY, {}, {"from": "22:00", "until": "02:00"}, {"weekdays": [6, 7]}]},
        {"channels": ["APP", "IN_STORE"], "partners": ["harbour"], "tiers": ["a", "b"]},
        {"caps": [{"points": 5, "mode": "REJECT"}, {"points": 9, "balance": True}]},
        {"budget": {"points": 1, "mode": "REJECT"}},
        {"funded_by": "partner"},
        {"funded_by": "partner:the-harbour"},
        {"funded_by": "campaign:spring-26"},
        {"funded_by": "pool:green"},
        {**MULTIPLIER, "hours": [HAPPY], "channels": ["APP"], "tiers": ["b"]},
    ],
)
def test_a_sound_rule_has_no_problem_and_is_told_as_it_was_said(facts):
    assert found(facts) == {}
    body = parsed(RULES, RULE | facts)
    assert parsed(RULES, plain(body)) == body


def test_defaults_are_left_out_and_a_python_word_is_told_as_it_is_said():
    body = parsed(RULES, RULE | {"hours": [HAPPY, {"until": "12:00"}], "caps": [{"points": 5}]})
    assert plain(body) == RULE | {
        "hours": [HAPPY, {"until": "12:00"}],
        "caps": [{"points": 5}],
    }


@pytest.mark.parametrize(
    "facts, path, reason",
    [
        ({"earn": {"percent": "0", "of": "amount"}}, "earn.percent", "above 0"),
        ({"earn": {"percent": "1e3", "of": "amount"}}, "earn.percent", "a decimal"),
        ({"earn": {"percent": "1000.1", "of": "amount"}}, "earn.percent", "at most 1,000"),
        ({"earn": {"percent": "5"}}, "earn.of", "must be one of amount"),
        ({"earn": {"percent": "5", "of": "day"}}, "earn.of", "is no number"),
        ({"earn": {"percent": "5", "of": "attributes.store"}}, "earn.of", "no whole number"),
        ({"earn": {"percent": "5", "of": "amount", "points": 1}}, "earn.points", "either"),
        ({"earn": {"percent": "5", "of": "amount", "per": 1}}, "earn.per", "of the whole"),
        ({"caps": [{"points": 1}, {"points": -1}]}, "caps.1.points", "from 0"),
        ({"caps": [{"points": 10**12 + 1}]}, "caps.0.points", "from 0 to"),
        ({"caps": [{"points": 1, "balance": True, "per": "DAY"}]}, "caps.0.per", "period or on"),
        ({"budget": {"points": 0}}, "budget.points", "from 1"),
        ({"budget": {"points": 10**12 + 1}}, "budget.points", "from 1"),
        ({"hours": [{"from": "24:00"}]}, "hours.0.from", "such as 17:30"),
        ({"hours": [{}, {"from": "9:00"}]}, "hours.1.from", "such as 17:30"),
        ({"hours": [{"until": "25:00"}]}, "hours.0.until", "such as 17:30"),
        ({"hours": [{"from": "12:00", "until": "12:00"}]}, "hours.0.until", "another time"),
        ({"hours": [{"weekdays": [1, 0]}]}, "hours.0.weekdays.1", "from 1 (Monday)"),
        ({"hours": [{"weekdays": [8]}]}, "hours.0.weekdays.0", "to 7 (Sunday)"),
        ({"hours": [{"weekdays": [3, 3]}]}, "hours.0.weekdays.1", "once only"),
        ({"hours": [{"zone": "Mars/Base"}]}, "hours.0.zone", "no time zone 'Mars/Base'"),
        ({"hours": [{}] * 101}, "hours", "at most 100"),
        ({"channels": ["APP"] * 101}, "channels", "at most 100"),
        ({"partners": ["p"] * 101}, "partners", "at most 100"),
        ({"partners": ["p", ""]}, "partners.1", "1 to 200"),
        ({"partners": ["p" * 201]}, "partners.0", "1 to 200"),
        ({"tiers": ["a", "gold"]}, "tiers.1", "no tier 'gold'"),
        ({"funded_by": "me"}, "funded_by", "must be 'partner'"),
        ({"funded_by": "pool:"}, "funded_by", "must be 'partner'"),
        ({"funded_by": "charity:water"}, "funded_by", "must be 'partner'"),
        ({"funded_by": "pool:A"}, "funded_by", "must be 'partner'"),
        ({**MULTIPLIER, "caps": [{"points": 1}]}, "caps", "not to a multiplier"),
        ({**MULTIPLIER, "stacking": "ADDITIVE"}, "stacking", "not to a multiplier"),
        ({**MULTIPLIER, "rounding": "UP"}, "rounding", "not to a multiplier"),
        ({**MULTIPLIER, "budget": {"points": 1}}, "budget", "not to a multiplier"),
        ({**MULTIPLIER, "funded_by": "partner"}, "funded_by", "not to a multiplier"),
    ],
)
def test_each_fault_is_named_by_its_path(facts, path, reason):
    problems = found(facts)
    assert list(problems) == [path]
    assert reason in problems[path]


@pytest.mark.parametrize(
    "facts, path",
    [
        ({"stacking": "SUM"}, "stacking"),
        ({"rounding": "NEAREST"}, "rounding"),
        ({"channels": ["FAX"]}, "channels.0"),
        ({"caps": [{"points": 1, "mode": "DROP"}]}, "caps.0.mode"),
        ({"hours": [{"to": "12:00"}]}, "hours.0"),
        ({"hours": [{"from": 14}]}, "hours.0.from"),
        ({"budget": {"points": "many"}}, "budget.points"),
        ({"earn": {"percent": 5, "of": "amount"}}, "earn.percent"),
    ],
)
def test_what_is_of_another_type_is_refused_with_its_path(facts, path):
    with pytest.raises(InvalidInput) as refused:
        parsed(RULES, RULE | facts)
    assert [problem.path for problem in refused.value.problems] == [path]
