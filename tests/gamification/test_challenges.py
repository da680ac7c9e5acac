import pytest

from gamification.challenges import (
    Challenge,
    ChallengeState,
    CompiledChallenge,
    Enrolment,
    Mode,
    Phase,
    Task,
    phase_of,
    reached,
    takes_part,
)
from gamification.challenges import progress as count
from gamification.metrics import Aggregate
from kit.clock import DAY
from tests.gamification.factories import (
    ALWAYS,
    day,
    definition,
    entry,
    folded,
    happening,
    metric,
    programme,
    purchase,
)

BUY = metric()
SPEND = metric(Aggregate.SUM, "amount")
VISIT = metric(kind="visit")


def challenge(*tasks, starts=0, ends=10, mode=Mode.ALL, enrolment=Enrolment.AUTOMATIC):
    body = Challenge(
        key="c",
        title="C",
        tasks=tuple(Task(metric=one.metric, goal=goal) for one, goal in tasks),
        starts_at=day(starts),
        ends_at=day(ends),
        mode=mode,
        enrolment=enrolment,
    )
    metrics = tuple(one for one, _ in tasks)
    return CompiledChallenge(challenge=body, version=1, metrics=metrics, identity=body.identity)


THREE = challenge((BUY, 3))


def completes(compiled, *happenings, state=None):
    state = ChallengeState() if state is None else state
    return [count(state, compiled, one) for one in happenings]


def test_it_is_completed_once_when_the_goal_is_reached():
    state = ChallengeState()
    bought = [happening(day(number)) for number in range(5)]
    assert completes(THREE, *bought, state=state) == [False, False, True, False, False]
    assert state.completed_at == day(2)
    assert state.counters[0].value == 3


@pytest.mark.parametrize(
    "at, counts", [(day(0) - 1, False), (day(0), True), (day(10) - 1, True), (day(10), False)]
)
def test_only_what_happens_within_the_window_counts(at, counts):
    assert completes(challenge((BUY, 1)), happening(at)) == [counts]


def test_all_tasks_or_any_of_them():
    tasks = ((BUY, 2), (VISIT, 1))
    did = [happening(day(1)), happening(day(2), kind="visit"), happening(day(3))]
    assert completes(challenge(*tasks), *did) == [False, False, True]
    assert completes(challenge(*tasks, mode=Mode.ANY), *did) == [False, True, False]


def test_two_tasks_may_count_the_same_activity():
    assert completes(challenge((BUY, 1), (SPEND, 100)), happening(day(1), amount=100)) == [True]


def test_whoever_has_to_join_takes_part_from_then_on():
    compiled = challenge((BUY, 1), enrolment=Enrolment.OPT_IN)
    state = ChallengeState()
    assert not takes_part(state, compiled.challenge)
    assert completes(compiled, happening(day(1)), state=state) == [False]
    state.joined_at = day(2)
    assert takes_part(state, compiled.challenge)
    assert completes(compiled, happening(day(3)), state=state) == [True]
    assert takes_part(ChallengeState(), THREE.challenge)


def test_what_counts_for_nothing_completes_nothing():
    """A goal that a new version has lowered is reached by the next activity that counts."""
    state = ChallengeState()
    completes(challenge((SPEND, 100)), happening(day(1), amount=60), state=state)
    lowered = challenge((SPEND, 50))
    nothing = [happening(day(2), kind="visit"), happening(day(2), amount=0)]
    assert completes(lowered, *nothing, state=state) == [False, False]
    assert completes(lowered, happening(day(2), amount=1), state=state) == [True]


@pytest.mark.parametrize(
    "tasks, values", [([(BUY, 5), (VISIT, 1)], [1, 0]), ([(SPEND, 50)], [10]), ([(BUY, 9)], [3])]
)
def test_a_version_that_counts_something_else_begins_anew(tasks, values):
    state = ChallengeState()
    bought = [happening(day(number), amount=10) for number in range(3)]
    completes(challenge((BUY, 5)), *bought[:2], state=state)
    other = challenge(*tasks)
    if values != [3]:
        assert reached(state, other.challenge) == (0, sum(goal for _, goal in tasks))
    assert completes(other, bought[2], state=state) == [False]
    assert [one.value for one in state.counters] == values


def test_what_another_version_completed_reads_as_complete():
    state = ChallengeState()
    completes(challenge((BUY, 1)), happening(day(1)), state=state)
    assert reached(state, challenge((VISIT, 2), (SPEND, 50)).challenge) == (52, 52)


@pytest.mark.parametrize(
    "mode, values, expected",
    [
        (Mode.ALL, (0, 0), (0, 6)),
        (Mode.ALL, (1, 1), (2, 6)),
        (Mode.ALL, (9, 1), (3, 6)),
        (Mode.ALL, (9, 9), (6, 6)),
        (Mode.ANY, (1, 1), (1, 2)),
        (Mode.ANY, (0, 3), (3, 4)),
        (Mode.ANY, (2, 0), (2, 2)),
        (Mode.ANY, (0, 0), (0, 2)),
    ],
)
def test_progress_is_told_over_all_tasks_or_of_the_nearest(mode, values, expected):
    compiled = challenge((BUY, 2), (VISIT, 4), mode=mode)
    state = ChallengeState()
    for one, times in zip(("purchase", "visit"), values, strict=True):
        for _ in range(times):
            state.completed_at = None
            count(state, compiled, happening(day(1), kind=one))
    assert reached(state, compiled.challenge) == expected


def test_progress_of_one_who_did_nothing_is_nothing():
    assert reached(ChallengeState(), THREE.challenge) == (0, 3)


@pytest.mark.parametrize(
    "at, phase",
    [
        (day(0) - 1, Phase.SCHEDULED),
        (day(0), Phase.ACTIVE),
        (day(10) - 1, Phase.ACTIVE),
        (day(10), Phase.SETTLING),
        (day(40) - 1, Phase.SETTLING),
        (day(40), Phase.CLOSED),
    ],
)
def test_a_challenge_settles_as_long_as_late_activities_are_taken(at, phase):
    assert phase_of(THREE.challenge, at, lateness=30 * DAY) is phase


# --- through the fold -----------------------------------------------------------------------------

BODY = {
    "key": "c",
    "title": "C",
    "tasks": [{"metric": {"kind": "purchase"}, "goal": 2}],
    "starts_at": day(0),
    "ends_at": day(10),
}
POINTS = {"points": {"currency": "points", "amount": 50}}


def result(entries, *definitions, **facts):
    return folded(programme(("CHALLENGE", BODY | facts), *definitions), entries)


def bought(*numbers):
    return [purchase(day(number), f"p{number:02}", amount=100) for number in numbers]


def test_prizes_are_given_once_with_their_reason():
    winner = ("BADGE", {"key": "winner", "name": "W"})
    standing, effects = result(bought(1, 2, 3, 4), winner, prizes=[POINTS, {"badge": "winner"}])
    [prize] = effects.postings
    assert (prize.amount, prize.at, prize.subject) == (50, day(2), "challenge:c@1")
    assert (prize.key, prize.cause) == ("prize:challenge:c:0", "p02")
    assert [(one.key, one.at) for one in effects.honours] == [
        ("challenge:c", day(2)),
        ("badge:winner:", day(2)),
    ]
    assert standing.wallets["points"].balance(day(2)) == 50


def test_a_prize_that_was_won_already_is_not_won_again():
    winner = ("BADGE", {"key": "winner", "name": "W"})
    _, effects = result(bought(1, 2), winner, prizes=[{"badge": "winner"}, {"badge": "winner"}])
    assert [one.key for one in effects.honours] == ["challenge:c", "badge:winner:"]


def test_a_refund_takes_the_prize_back():
    refund = entry("RETRACTION", day(5), "r", target="p01", share=1_000_000)
    standing, effects = result([*bought(1, 2), refund], prizes=[POINTS])
    assert (effects.postings, effects.honours) == ([], [])
    assert standing.wallets == {}


def test_points_of_a_prize_count_for_whatever_counts_points():
    earner = {
        "key": "earner",
        "title": "",
        "tasks": [{"metric": {"currency": "points", "aggregate": "SUM", "field": "amount"}}],
        "starts_at": day(0),
        "ends_at": day(10),
    }
    earner["tasks"] = [earner["tasks"][0] | {"goal": 50}]
    xp = {"points": {"currency": "xp", "amount": 7}}
    _, effects = result(bought(1, 2), ("CHALLENGE", earner | {"prizes": [xp]}), prizes=[POINTS])
    assert [(one.currency, one.amount) for one in effects.postings] == [("points", 50), ("xp", 7)]


def test_joining_counts_from_its_instant_and_only_the_first_time():
    opted = {"enrolment": "OPT_IN"}
    join, again = (entry("CHOICE", day(number), f"j{number}", choice="join:c") for number in (2, 4))
    standing, effects = result([*bought(1, 3), join, again], **opted)
    assert standing.challenges["c"].joined_at == day(2)
    assert standing.challenges["c"].counters[0].value == 1
    assert effects.honours == []
    _, effects = result([*bought(1, 3, 5), join, again], **opted)
    assert [one.at for one in effects.honours] == [day(5)]


def test_after_its_end_nothing_is_noted():
    standing, _ = result(bought(11, 12))
    assert standing.challenges == {}


def test_a_published_version_that_is_completed_stays_completed():
    second = definition("CHALLENGE", BODY | {"prizes": [POINTS]}, version=2, since=day(3))
    published = programme(definition("CHALLENGE", BODY, since=ALWAYS), second)
    _, effects = folded(published, bought(1, 2, 4, 5))
    assert [one.at for one in effects.honours] == [day(2)]
    assert effects.postings == []
