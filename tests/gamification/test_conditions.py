import pytest

from gamification.conditions import COMMON, DEFAULTS, BadCondition, ValueType, compile_condition

ATTRIBUTES = {
    "discs": ValueType.INTEGER,
    "store": ValueType.STRING,
    "weight": ValueType.DECIMAL,
    "gift": ValueType.BOOLEAN,
}
SILENT = {name: DEFAULTS[kind] for name, kind in COMMON.items()} | {
    f"activity.attributes.{name}": DEFAULTS[kind] for name, kind in ATTRIBUTES.items()
}


def holds(source, **values):
    condition = compile_condition(source, ATTRIBUTES)
    said = {f"activity.{name.replace('attr_', 'attributes.')}": one for name, one in values.items()}
    assert said.keys() <= SILENT.keys()
    return condition.matches(SILENT | said)


@pytest.mark.parametrize("source", ["", "   ", "\n"])
def test_where_nothing_is_said_there_is_no_condition(source):
    assert compile_condition(source, {}) is None


@pytest.mark.parametrize(
    "source, values, expected",
    [
        ("activity.amount > 100", {"amount": 101}, True),
        ("activity.amount > 100", {"amount": 100}, False),
        ("activity.attributes.store == 'solo'", {"attr_store": "solo"}, True),
        ("activity.attributes.store == 'solo'", {}, False),
        ("activity.attributes.gift && activity.attributes.discs >= 2", {"attr_gift": True}, False),
        ("activity.attributes.weight > 0.5", {"attr_weight": 0.75}, True),
        ("activity.channel in ['APP', 'ONLINE']", {"channel": "APP"}, True),
        ("activity.weekday >= 6 || activity.hour < 9", {"weekday": 7, "hour": 12}, True),
        ("standing.tier == '' && standing.balance == 0", {}, True),
        ("activity.attributes.store.startsWith('so')", {"attr_store": "solo"}, True),
        ("true", {}, True),
        ("false", {}, False),
    ],
)
def test_a_condition_asks_what_happened(source, values, expected):
    assert holds(source, **values) is expected


@pytest.mark.parametrize(
    "source, values",
    [
        ("10 / activity.quantity > 1", {"quantity": 0}),
        ("activity.amount * 9223372036854775807 > 0", {"amount": 3}),
        ("[1, 2][activity.quantity] > 0", {"quantity": 5}),
    ],
)
def test_one_that_fails_at_run_time_does_not_hold(source, values):
    assert holds(source, **values) is False


def test_a_variable_that_is_missing_or_of_another_type_makes_it_not_hold():
    condition = compile_condition("activity.attributes.discs > 1", ATTRIBUTES)
    assert condition.matches({}) is False
    assert condition.matches({"activity.attributes.discs": "many"}) is False


@pytest.mark.parametrize(
    "source, reason",
    [
        ("activity.amount >", "line 1:18: Syntax error"),
        ("activity.amout > 1", "undeclared reference"),
        ("activity.attributes.colour == 'red'", "undeclared reference"),
        ("activity.amount == 'ten'", "no matching overload"),
        ("activity.amount", "must be true or false, but is INT"),
        ("'yes'", "must be true or false, but is STRING"),
        ("true &&\n  activity.nothing", "line 2:11"),
        ("true" + " && true" * 1_000, "is longer than 2,000 characters"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(source, reason):
    with pytest.raises(BadCondition) as raised:
        compile_condition(source, ATTRIBUTES)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


def test_one_that_runs_long_is_cut_off_and_does_not_hold():
    deep = "activity.amount == 0"
    for depth in range(9):
        deep = f"[1, 2, 3, 4, 5, 6, 7, 8, 9].all(v{depth}, {deep})"
    assert holds(deep) is False
    assert holds("[1, 2, 3].all(v, activity.amount == 0)") is True


def test_brackets_without_end_are_refused_not_followed():
    with pytest.raises(BadCondition):
        compile_condition("(" * 900 + "true" + ")" * 900, {})


def test_a_condition_remembers_its_source():
    assert compile_condition("true", {}).source == "true"


@pytest.mark.parametrize(
    "source, names",
    [
        ("activity.amount > 5 && activity.hour < 9", ("activity.amount", "activity.hour")),
        ("activity . attributes\n.store == 'x'", ("activity.attributes.store",)),
        ("true", ()),
    ],
)
def test_it_is_known_what_a_condition_reads(source, names):
    assert compile_condition(source, ATTRIBUTES).names == names


def test_a_name_that_goes_on_behind_a_comment_is_read_too():
    assert holds("activity // what was paid\n.amount > 5", amount=6)


def test_what_is_equal_and_not_the_same_is_told_apart_although_answers_are_remembered():
    below = compile_condition("1.0 / activity.attributes.weight < 0.0", ATTRIBUTES)
    is_one = compile_condition("activity.attributes.discs == 1", ATTRIBUTES)
    for _ in range(2):
        assert below.matches(SILENT | {"activity.attributes.weight": -0.0})
        assert not below.matches(SILENT | {"activity.attributes.weight": 0.0})
        assert is_one.matches(SILENT | {"activity.attributes.discs": 1})
        assert not is_one.matches(SILENT | {"activity.attributes.discs": "1"})
