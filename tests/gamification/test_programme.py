"""Definitions: how they are read, what is wrong with them, what they are compiled into."""

import msgspec
import pytest

from gamification.badges import Badge
from gamification.journal import ActivityKind
from gamification.ledger import Currency, CurrencyKind
from gamification.programme import ALWAYS, DefinitionKind, kinds, parsed, plain
from gamification.programme.checking import problems_of
from gamification.programme.kinds import decoded, encoded
from kit import clock
from kit.errors import InvalidInput, Problem
from tests.gamification.factories import day, definition, programme

KIND = {
    "key": "purchase",
    "title": "Purchase",
    "attributes": {
        "discs": {"type": "INTEGER"},
        "weight": {"type": "DECIMAL"},
        "store": {"type": "STRING"},
    },
}
CATALOGUE = {
    (DefinitionKind.ACTIVITY_KIND, "purchase"): parsed(DefinitionKind.ACTIVITY_KIND, KIND),
    (DefinitionKind.CURRENCY, "points"): Currency(key="points", name="Points"),
    (DefinitionKind.BADGE, "winner"): Badge(key="winner", name="Winner"),
}
COUNT = {"kind": "purchase"}
SUM = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
DISTINCT = {"kind": "purchase", "aggregate": "DISTINCT", "field": "day"}
RULE = {"key": "r", "title": "R", "kind": "purchase", "currency": "points", "earn": {"points": 1}}
BADGE = {"key": "b", "name": "B", "metric": COUNT, "goal": 1}
TASK = {"metric": COUNT, "goal": 1}
CHALLENGE = {"key": "c", "title": "C", "tasks": [TASK], "starts_at": 1, "ends_at": 2}
STREAK = {"key": "s", "name": "S", "period": "DAY", "metric": COUNT}
LEVELS = [{"key": "a", "name": "A", "threshold": 0}, {"key": "b", "name": "B", "threshold": 5}]
TIERS = {"key": "t", "name": "T", "metric": SUM, "levels": LEVELS}
BOARD = {"key": "l", "title": "L", "metric": SUM}
CURRENCY = {"key": "xp", "name": "XP"}
SOUND = {
    "ACTIVITY_KIND": KIND,
    "CURRENCY": CURRENCY,
    "EARNING_RULE": RULE,
    "BADGE": BADGE,
    "CHALLENGE": CHALLENGE,
    "STREAK": STREAK,
    "TIER_SET": TIERS,
    "LEADERBOARD": BOARD,
}


def found(kind, body):
    kind = DefinitionKind(kind)
    return [(one.path, one.message) for one in problems_of(kind, parsed(kind, body), CATALOGUE)]


@pytest.mark.parametrize("kind", SOUND)
def test_a_sound_definition_has_no_problem(kind):
    assert found(kind, SOUND[kind]) == []


@pytest.mark.parametrize(
    "kind, facts",
    [
        ("EARNING_RULE", {"earn": {"points": 1, "per": 2, "of": "attributes.discs"}}),
        ("EARNING_RULE", {"earn": None, "multiplier": "1.5", "condition": "activity.amount > 5"}),
        ("EARNING_RULE", {"caps": [{"points": 0}, {"points": 5, "per": "WEEK"}]}),
        ("EARNING_RULE", {"starts_at": 1, "ends_at": 2}),
        ("BADGE", {"metric": None, "goal": 0}),
        ("BADGE", {"goal": 0, "levels": [{"key": "a", "name": "", "goal": 1}]}),
        ("BADGE", {"metric": COUNT | {"aggregate": "DISTINCT", "field": "day"}}),
        ("BADGE", {"metric": COUNT | {"aggregate": "DISTINCT", "field": "attributes.store"}}),
        ("BADGE", {"metric": SUM | {"where": "activity.attributes.store == 'solo'"}}),
        ("BADGE", {"metric": {"currency": "points", "aggregate": "MAX", "field": "amount"}}),
        ("CHALLENGE", {"prizes": [{"badge": "winner"}]}),
        ("CHALLENGE", {"prizes": [{"points": {"currency": "points", "amount": 5}}]}),
        ("TIER_SET", {"rolling_days": 365}),
        ("TIER_SET", {"levels": [LEVELS[0] | {"earn_multiplier": "0.5"}]}),
        ("CURRENCY", {"expires_after_days": 1, "pending_days": 0}),
        ("LEADERBOARD", {"zone": "Asia/Jayapura", "metric": COUNT}),
    ],
)
def test_each_of_these_is_sound_too(kind, facts):
    assert found(kind, SOUND[kind] | facts) == []


def levels(*goals):
    return [{"key": f"l{n}", "name": "", "goal": goal} for n, goal in enumerate(goals)]


@pytest.mark.parametrize(
    "kind, facts, problems",
    [
        (
            "ACTIVITY_KIND",
            {"attributes": {"a b": {"type": "STRING"}}},
            {"attributes.a b": "letters"},
        ),
        (
            "ACTIVITY_KIND",
            {"attributes": {"größe": {"type": "STRING"}}},
            {"attributes.größe": "letters"},
        ),
        (
            "ACTIVITY_KIND",
            {"attributes": {"in": {"type": "STRING"}}},
            {"attributes.in": "means something else"},
        ),
        (
            "ACTIVITY_KIND",
            {"attributes": {"w": {"type": "DECIMAL", "additive": True}}},
            {"attributes.w.additive": "only whole numbers"},
        ),
        ("CURRENCY", {"pending_days": -1}, {"pending_days": "from 0 to 36,525"}),
        ("CURRENCY", {"pending_days": 36_526}, {"pending_days": "from 0 to 36,525"}),
        ("CURRENCY", {"expires_after_days": 0}, {"expires_after_days": "from 1 to 36,525"}),
        ("CURRENCY", {"expires_after_days": 10**12}, {"expires_after_days": "from 1 to 36,525"}),
        ("EARNING_RULE", {"kind": "visit"}, {"kind": "there is no activity kind 'visit'"}),
        ("EARNING_RULE", {"currency": "gold"}, {"currency": "there is no currency 'gold'"}),
        ("EARNING_RULE", {"condition": "activity.x"}, {"condition": "undeclared reference"}),
        ("EARNING_RULE", {"starts_at": 2, "ends_at": 2}, {"ends_at": "after starts_at"}),
        ("EARNING_RULE", {"earn": None}, {"earn": "either points"}),
        ("EARNING_RULE", {"multiplier": "2"}, {"earn": "either points"}),
        ("EARNING_RULE", {"earn": {"points": 0}}, {"earn.points": "from 1"}),
        ("EARNING_RULE", {"earn": {"points": 10**12 + 1}}, {"earn.points": "from 1"}),
        (
            "EARNING_RULE",
            {"earn": {"points": 1, "per": 5}},
            {"earn.per": "go together", "earn.of": "must be one of"},
        ),
        ("EARNING_RULE", {"earn": {"points": 1, "of": "amount"}}, {"earn.per": "go together"}),
        (
            "EARNING_RULE",
            {"earn": {"points": 1, "per": -5, "of": "amount"}},
            {"earn.per": "from 1"},
        ),
        (
            "EARNING_RULE",
            {"earn": {"points": 1, "per": 5, "of": "channel"}},
            {"earn.of": "'channel' is no number"},
        ),
        (
            "EARNING_RULE",
            {"earn": {"points": 1, "per": 5, "of": "attributes.weight"}},
            {"earn.of": "is no whole number"},
        ),
        (
            "EARNING_RULE",
            {"earn": {"points": 1, "per": 5, "of": "attributes.size"}},
            {"earn.of": "must be one of amount, attributes.discs"},
        ),
        ("EARNING_RULE", {"caps": [{"points": -1}]}, {"caps.0.points": "from 0"}),
        *[
            ("EARNING_RULE", {"earn": None, "multiplier": text}, {"multiplier": reason})
            for text, reason in (
                ("x", "a decimal such as"),
                ("nan", "a decimal such as"),
                ("1/0", "a decimal such as"),
                ("1e999999999", "a decimal such as"),
                ("1_0", "a decimal such as"),
                ("0", "above 0"),
                ("-1", "a decimal such as"),
                ("1000.5", "at most 1,000"),
            )
        ],
        ("BADGE", {"metric": None}, {"metric": "is required with a goal"}),
        ("BADGE", {"goal": 0}, {"goal": "either one goal or levels"}),
        ("BADGE", {"levels": levels(1)}, {"goal": "either one goal or levels"}),
        ("BADGE", {"goal": -1}, {"goal": "from 1"}),
        ("BADGE", {"goal": 0, "levels": levels(0)}, {"levels.0.goal": "from 1"}),
        ("BADGE", {"goal": 0, "levels": levels(2, 2)}, {"levels.1.goal": "higher than"}),
        (
            "BADGE",
            {"goal": 0, "levels": [levels(1)[0], levels(2)[0] | {"goal": 3}]},
            {"levels.1.key": "once only"},
        ),
        ("BADGE", {"metric": {}}, {"metric.kind": "either an activity kind or a currency"}),
        (
            "BADGE",
            {"metric": {"kind": "purchase", "currency": "points"}},
            {"metric.kind": "either an activity kind or a currency"},
        ),
        ("BADGE", {"metric": COUNT | {"field": "amount"}}, {"metric.field": "looks at no field"}),
        ("BADGE", {"metric": COUNT | {"aggregate": "SUM"}}, {"metric.field": "required for SUM"}),
        ("BADGE", {"metric": SUM | {"field": "day"}}, {"metric.field": "'day' is no number"}),
        ("BADGE", {"metric": {"kind": "visit"}}, {"metric.kind": "there is no activity kind"}),
        (
            "BADGE",
            {"metric": {"kind": "visit", "aggregate": "SUM", "field": "attributes.x"}},
            {"metric.kind": "there is no activity kind"},
        ),
        ("BADGE", {"metric": {"currency": "gold"}}, {"metric.currency": "there is no currency"}),
        (
            "BADGE",
            {"metric": {"currency": "points", "aggregate": "SUM", "field": "quantity"}},
            {"metric.field": "only the amount"},
        ),
        (
            "BADGE",
            {"metric": {"currency": "points", "where": "true"}},
            {"metric.where": "have no condition"},
        ),
        (
            "BADGE",
            {"metric": COUNT | {"where": "1 + 1"}},
            {"metric.where": "must be true or false"},
        ),
        *[
            (kind, facts, {path: "from 1 to 1,000"})
            for kind, facts, path in (
                ("BADGE", {"metric": DISTINCT, "goal": 1_001}, "goal"),
                (
                    "BADGE",
                    {"metric": DISTINCT, "goal": 0, "levels": levels(1_000, 1_001)},
                    "levels.1.goal",
                ),
                ("CHALLENGE", {"tasks": [{"metric": DISTINCT, "goal": 1_001}]}, "tasks.0.goal"),
                ("STREAK", {"metric": DISTINCT, "goal": 1_001}, "goal"),
            )
        ],
        ("CHALLENGE", {"tasks": []}, {"tasks": "from 1 to 20"}),
        ("CHALLENGE", {"tasks": [TASK] * 21}, {"tasks": "from 1 to 20"}),
        ("CHALLENGE", {"tasks": [TASK, TASK | {"goal": 0}]}, {"tasks.1.goal": "from 1"}),
        ("CHALLENGE", {"starts_at": 5}, {"ends_at": "after starts_at"}),
        ("CHALLENGE", {"prizes": [{}]}, {"prizes.0": "either points or a badge"}),
        ("CHALLENGE", {"prizes": [{"badge": "x"}]}, {"prizes.0.badge": "there is no badge"}),
        (
            "CHALLENGE",
            {"prizes": [{"points": {"currency": "gold", "amount": 0}}]},
            {"prizes.0.points.currency": "no currency", "prizes.0.points.amount": "from 1"},
        ),
        ("STREAK", {"goal": 0}, {"goal": "from 1"}),
        ("STREAK", {"day_starts_at": 24}, {"day_starts_at": "from 0 to 23"}),
        ("STREAK", {"day_starts_at": -1}, {"day_starts_at": "from 0 to 23"}),
        (
            "STREAK",
            {"freezes": {"initial": -1, "earned_every": -1, "max": -1}},
            {
                "freezes.initial": "from 0 to 1,000",
                "freezes.earned_every": "from 0",
                "freezes.max": "from 0 to 1,000",
            },
        ),
        ("STREAK", {"metric": {"currency": "points"}}, {"metric.currency": "give a kind"}),
        ("TIER_SET", {"levels": []}, {"levels": "at least one"}),
        ("TIER_SET", {"levels": LEVELS[1:]}, {"levels.0.threshold": "must be 0"}),
        (
            "TIER_SET",
            {"levels": LEVELS[::-1]},
            {"levels.0.threshold": "must be 0", "levels.1.threshold": "higher than"},
        ),
        ("TIER_SET", {"rolling_days": 0}, {"rolling_days": "from 1 to 36,525"}),
        ("TIER_SET", {"rolling_days": 10**12}, {"rolling_days": "from 1 to 36,525"}),
        (
            "TIER_SET",
            {"metric": SUM | {"aggregate": "MAX"}},
            {"metric.aggregate": "one of COUNT, SUM"},
        ),
        (
            "TIER_SET",
            {"levels": [LEVELS[0] | {"earn_multiplier": "0"}]},
            {"levels.0.earn_multiplier": "above 0"},
        ),
        ("LEADERBOARD", {"zone": "Mars/Olympus"}, {"zone": "no time zone 'Mars/Olympus'"}),
        ("LEADERBOARD", {"zone": "../passwd"}, {"zone": "no time zone"}),
        (
            "LEADERBOARD",
            {"metric": SUM | {"aggregate": "DISTINCT"}},
            {"metric.aggregate": "one of COUNT, SUM, MAX"},
        ),
    ],
)
def test_each_fault_is_named_by_its_path(kind, facts, problems):
    messages = dict(found(kind, SOUND[kind] | facts))
    assert messages.keys() == problems.keys()
    assert all(part in messages[path] for path, part in problems.items())


def test_a_higher_floor_checks_its_own(monkeypatch):
    def check(body, catalogue):
        return [Problem("key", f"{body.key} of {len(catalogue)}")]

    monkeypatch.setitem(kinds._declared, DefinitionKind.CHARITY, kinds.Declared(Currency, check))
    assert found("CHARITY", CURRENCY) == [("key", "xp of 3")]


def test_what_nobody_checks_has_no_problem(monkeypatch):
    declared = kinds.Declared(Anything, None)
    monkeypatch.setitem(kinds._declared, DefinitionKind.CHARITY, declared)
    assert found("CHARITY", {"key": "any"}) == []


class Anything(msgspec.Struct):
    """A body of some higher floor."""

    key: str


def test_there_is_one_tier_set():
    kind = DefinitionKind.TIER_SET
    body = parsed(kind, TIERS)
    others = CATALOGUE | {(kind, "other"): body, (kind, "t"): body}
    [problem] = problems_of(kind, body, others)
    assert (problem.path, problem.message) == ("key", "there is a tier set already: 'other'")
    assert problems_of(kind, body, CATALOGUE | {(kind, "t"): body}) == []


# --- how a body is read ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", [None, 5, "", "A", "-a", "a b", "a_b", "a\n", "a" * 65])
def test_a_key_is_a_slug(key):
    with pytest.raises(InvalidInput) as raised:
        parsed(DefinitionKind.BADGE, BADGE | {"key": key})
    assert [one.path for one in raised.value.problems] == ["key"]


@pytest.mark.parametrize(
    "facts, path, message",
    [
        ({"colour": 1}, "input", "unknown field 'colour'"),
        ({"name": 5}, "name", "expected 'str | object'"),
        ({"goal": "many"}, "goal", "expected 'int'"),
        ({"goal": 1.5}, "goal", "expected 'int'"),
        ({"visibility": "SECRET"}, "visibility", "invalid enum value 'SECRET'"),
        ({"metric": {"kind": "p", "aggregate": "AVERAGE"}}, "metric.aggregate", "invalid enum"),
        ({"levels": [{"key": "a", "name": ""}]}, "levels.0", "missing required field 'goal'"),
        ({"levels": [{"key": "a", "name": "", "goal": None}]}, "levels.0.goal", "expected 'int'"),
        ({"metric": {"kind": "purchase", "x": 1}}, "metric", "unknown field 'x'"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(facts, path, message):
    with pytest.raises(InvalidInput) as raised:
        parsed(DefinitionKind.BADGE, BADGE | facts)
    [problem] = raised.value.problems
    assert problem.path == path
    assert message in problem.message


def test_a_kind_that_no_floor_has_declared_cannot_be_defined(monkeypatch):
    monkeypatch.setattr(kinds, "_declared", {})
    with pytest.raises(InvalidInput) as raised:
        parsed(DefinitionKind.BADGE, BADGE)
    assert raised.value.problems[0].path == "kind"


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-02T00:00:00Z",
        "2026-03-02T07:00:00+07:00",
        day(0),
        clock.to_datetime(day(0)),
        clock.to_datetime(day(0)).replace(tzinfo=None),
    ],
)
def test_an_instant_may_be_said_in_several_ways(said):
    body = parsed(DefinitionKind.CHALLENGE, CHALLENGE | {"starts_at": said, "ends_at": day(1)})
    assert body.starts_at == day(0)


@pytest.mark.parametrize("said", ["tomorrow", "2026-03-02T00:00:00", "", 10**30, -(10**30)])
def test_an_instant_that_is_none_is_refused(said):
    with pytest.raises(InvalidInput) as raised:
        parsed(DefinitionKind.CHALLENGE, CHALLENGE | {"starts_at": said})
    assert [one.path for one in raised.value.problems] == ["starts_at"]


@pytest.mark.parametrize("kind", SOUND)
def test_a_body_survives_storing_and_reviewing(kind):
    kind = DefinitionKind(kind)
    body = parsed(kind, SOUND[kind])
    assert decoded(kind, encoded(body)) == body
    assert parsed(kind, plain(body)) == body


def test_equal_bodies_are_stored_as_equal_texts():
    turned = dict(reversed(BADGE.items()))
    texts = {encoded(parsed(DefinitionKind.BADGE, body)) for body in (BADGE, turned)}
    assert len(texts) == 1


def test_a_review_leaves_out_what_goes_without_saying():
    challenge = parsed(
        DefinitionKind.CHALLENGE, CHALLENGE | {"starts_at": day(0), "ends_at": day(1)}
    )
    assert plain(challenge) == {
        "key": "c",
        "title": "C",
        "tasks": [{"metric": {"kind": "purchase"}, "goal": 1}],
        "starts_at": "2026-03-02T00:00:00Z",
        "ends_at": "2026-03-03T00:00:00Z",
    }


# --- editions -------------------------------------------------------------------------------------


def test_each_instant_meets_the_definitions_in_force_then():
    def goal(number, **when):
        return definition("BADGE", BADGE | {"goal": number}, **when)

    made = programme(
        definition("ACTIVITY_KIND", KIND),
        goal(1, since=day(1)),
        goal(3, version=3, since=day(2)),
        goal(2, version=2, since=day(3)),
    )
    assert list(made.starts) == [ALWAYS, day(1), day(2), day(3)]
    goals = [
        made.at(at).badges["b"].badge.goal if made.at(at).badges else None
        for at in (day(1) - 1, day(1), day(2) - 1, day(2), day(3), day(99))
    ]
    assert goals == [None, 1, 1, 3, 3, 3]


def test_a_programme_without_definitions_has_one_empty_edition():
    made = programme()
    assert made.at(day(0)).main_currency == ""
    assert made.at(day(0)).tier_set is None
    assert msgspec.structs.asdict(made.at(ALWAYS)) == msgspec.structs.asdict(made.at(day(5)))


@pytest.mark.parametrize(
    "currencies, main",
    [
        ([], ""),
        ([("xp", CurrencyKind.XP, False)], ""),
        ([("b", CurrencyKind.REDEEMABLE, False), ("a", CurrencyKind.REDEEMABLE, False)], "a"),
        ([("b", CurrencyKind.REDEEMABLE, True), ("a", CurrencyKind.REDEEMABLE, False)], "b"),
        ([("a", CurrencyKind.XP, True), ("b", CurrencyKind.REDEEMABLE, False)], "b"),
    ],
)
def test_the_main_currency_is_the_flagged_one_else_the_first_that_can_be_spent(currencies, main):
    bodies = [
        ("CURRENCY", {"key": key, "name": key, "kind": kind.value, "main": flag})
        for key, kind, flag in currencies
    ]
    assert programme(*bodies).at(day(0)).main_currency == main


def test_a_plan_holds_all_that_looks_at_a_kind_each_once():
    two_tasks = CHALLENGE | {"tasks": [TASK, TASK | {"goal": 2}]}
    made = programme(
        ("ACTIVITY_KIND", KIND),
        ("CURRENCY", CURRENCY | {"key": "points"}),
        ("EARNING_RULE", RULE | {"condition": "standing.balance > 0"}),
        ("BADGE", BADGE | {"metric": COUNT | {"aggregate": "DISTINCT", "field": "day"}}),
        ("CHALLENGE", two_tasks),
        ("STREAK", STREAK),
        ("TIER_SET", TIERS),
        ("LEADERBOARD", BOARD | {"metric": {"currency": "points"}}),
    )
    edition = made.at(day(0))
    plan = edition.by_kind["purchase"]
    assert [one.rule.key for one in plan.rules] == ["r"]
    assert [one.challenge.key for one in plan.challenges] == ["c"]
    assert [one.streak.key for one in plan.streaks] == ["s"]
    assert [one.badge.key for one in plan.badges] == ["b"]
    assert plan.tier_set is edition.tier_set
    assert plan.needs_day
    assert plan.asked == ("standing.balance",)
    earned = edition.by_currency["points"]
    assert [one.board.key for one in earned.boards] == ["l"]
    assert (earned.asked, earned.needs_day) == ((), False)
    assert (plan.boards, earned.badges) == ([], [])


def test_conditions_know_the_attributes_of_their_kind():
    rule = RULE | {"condition": "activity.attributes.discs > 1"}
    made = programme(("EARNING_RULE", rule), ("ACTIVITY_KIND", KIND))
    assert isinstance(made.at(day(0)).kinds["purchase"], ActivityKind)
    assert made.at(day(0)).rules["r"].condition.source == "activity.attributes.discs > 1"


def test_activities_are_counted_and_points_added_up_where_nothing_else_is_said():
    board = {"key": "b", "title": "B"}
    counted = parsed(DefinitionKind.LEADERBOARD, {**board, "metric": {"kind": "purchase"}})
    added = parsed(DefinitionKind.LEADERBOARD, {**board, "metric": {"currency": "points"}})
    assert (counted.metric.aggregate, added.metric.aggregate) == ("COUNT", "SUM")
