"""The fold's own rules: what comes before what, and what is left alone."""

import pytest

from gamification.engine.effects import Effects
from gamification.engine.fold import advance, fold
from gamification.engine.standing import Standing, packed, unpacked
from gamification.ledger import BREAKAGE, HELD, ISSUANCE, MEMBER, NEVER
from kit.clock import DAY
from tests.gamification.factories import day, entry, folded, programme, purchase

POINTS = ("CURRENCY", {"key": "points", "name": "Points", "expires_after_days": 10})
LASTING = ("CURRENCY", {"key": "points", "name": "Points"})
KIND = ("ACTIVITY_KIND", {"key": "purchase", "title": "Purchase"})
METRIC = {"kind": "purchase"}
STREAK = ("STREAK", {"key": "s", "name": "S", "period": "DAY", "metric": METRIC})
ROLLING = (
    "TIER_SET",
    {
        "key": "t",
        "name": "T",
        "metric": METRIC,
        "rolling_days": 3,
        "levels": [
            {"key": "low", "name": "", "threshold": 0},
            {"key": "high", "name": "", "threshold": 1},
        ],
    },
)


def rule(key="r", points=10, **facts):
    body = {"key": key, "title": "", "kind": "purchase", "currency": "points"}
    return "EARNING_RULE", body | {"earn": {"points": points}} | facts


def moves(effects):
    return [(one.key, one.amount, one.debit, one.credit, one.at) for one in effects.postings]


def taken(what, at, source="h", **facts):
    said = {"currency": "points", "account": "charity:water", "subject": "campaign:wells"}
    return entry(what, at, source, **said | facts)


def test_an_activity_of_an_unknown_kind_counts_for_nothing_but_is_an_entry():
    standing, effects = folded(programme(rule()), [purchase(day(0), "p", kind="flight")])
    assert (effects.postings, standing.entries, standing.last_source) == ([], 1, "p")


def test_a_rule_sees_the_standing_before_the_activity():
    poor = rule("poor", condition="standing.balance == 0")
    _, effects = folded(
        programme(LASTING, KIND, poor), [purchase(day(n), f"p{n}") for n in range(2)]
    )
    assert [one.key for one in effects.postings] == ["earn:p0:poor"]
    low = rule("low", condition="standing.tier == 'low'")
    _, effects = folded(
        programme(LASTING, KIND, low, ROLLING), [purchase(day(n), f"p{n}") for n in (0, 1, 9)]
    )
    assert [one.key for one in effects.postings] == ["earn:p0:low", "earn:p9:low"]


@pytest.mark.parametrize(
    "condition, hours",
    [
        ("activity.hour == 7", [0]),
        ("activity.weekday == 1", [0, 16.9]),
        ("activity.weekday == 2 && activity.hour == 0", [17]),
        ("member.time_zone == 'Asia/Jakarta'", [0, 16.9, 17]),
        ("activity.kind == 'purchase' && activity.quantity == 1", [0, 16.9, 17]),
    ],
)
def test_hours_and_weekdays_are_the_members_own(condition, hours):
    published = programme(LASTING, KIND, rule(condition=condition))
    entries = [purchase(day(0, hour), f"{hour}") for hour in (0, 16.9, 17)]
    _, effects = folded(published, entries, zone="Asia/Jakarta")
    assert [one.cause for one in effects.postings] == [f"{hour}" for hour in hours]


def test_time_comes_before_the_entry_of_its_instant():
    """Points are gone at the instant of their expiry, not after what happens then."""
    entries = [purchase(day(0), "p"), taken("SPEND", day(10), points=10)]
    standing, effects = folded(programme(POINTS, rule()), entries)
    assert moves(effects) == [
        ("earn:p:r", 10, ISSUANCE, MEMBER, day(0)),
        ("expire:earn:p:r", 10, MEMBER, BREAKAGE, day(10)),
        ("spend:h", 10, MEMBER, "charity:water", day(10)),
    ]
    assert standing.wallets["points"].debt == 10


def test_entries_of_one_instant_come_in_the_order_of_their_sources():
    first = [taken("SPEND", day(0), "a", points=5), purchase(day(0), "b")]
    _, effects = folded(programme(LASTING, rule()), first)
    assert [one.key for one in effects.postings] == ["spend:a", "earn:b:r"]
    later = [taken("SPEND", day(0), "c", points=5), purchase(day(0), "b")]
    _, effects = folded(programme(LASTING, rule()), later)
    assert [one.key for one in effects.postings] == ["earn:b:r", "spend:c"]


def test_a_hold_goes_to_its_account_or_back():
    placed = [purchase(day(0), "p"), taken("HOLD", day(1), points=4, release_at=day(5))]
    published = programme(POINTS, rule())
    hold = ("hold:h", 4, MEMBER, HELD, day(1))
    paid = folded(published, [*placed, entry("CAPTURE", day(2), "c", target="h")])
    assert moves(paid[1])[1:] == [hold, ("capture:h", 4, HELD, "charity:water", day(2))]
    back = folded(published, [*placed, entry("RELEASE", day(2), "r", target="h")])
    assert moves(back[1])[1:] == [hold, ("release:h", 4, HELD, MEMBER, day(2))]
    over = folded(published, placed, until=day(5))
    assert moves(over[1])[1:] == [hold, ("release:h", 4, HELD, MEMBER, day(5))]
    assert over[0].holds == {}
    assert [one.points for one in over[0].wallets["points"].lots] == [10]


@pytest.mark.parametrize("what", ["CAPTURE", "RELEASE"])
@pytest.mark.parametrize("at", [day(5), day(6)])
def test_a_hold_that_is_over_can_neither_be_captured_nor_released(what, at):
    placed = [purchase(day(0), "p"), taken("HOLD", day(1), points=4, release_at=day(5))]
    _, effects = folded(programme(LASTING, rule()), [*placed, entry(what, at, "c", target="h")])
    assert [one.key for one in effects.postings] == ["earn:p:r", "hold:h", "release:h"]


def test_what_was_held_beyond_what_was_there_comes_back_like_an_earning():
    placed = [purchase(day(0), "p"), taken("HOLD", day(1), points=14, release_at=day(5))]
    standing, _ = folded(programme(POINTS, rule()), placed, until=day(5))
    wallet = standing.wallets["points"]
    # The four that were owed go back to the debt first.
    assert (wallet.debt, sum(one.points for one in wallet.lots)) == (0, 10)
    assert {one.expires_at for one in wallet.lots} == {day(10), day(15)}


def test_released_points_whose_expiry_has_come_expire_with_the_release():
    placed = [purchase(day(0), "p"), taken("HOLD", day(1), points=4, release_at=day(20))]
    standing, effects = folded(programme(POINTS, rule()), placed, until=day(20))
    assert moves(effects)[2:] == [
        ("expire:earn:p:r", 6, MEMBER, BREAKAGE, day(10)),
        ("release:h", 4, HELD, MEMBER, day(20)),
        ("expired:release:h", 4, MEMBER, BREAKAGE, day(20)),
    ]
    assert standing.wallets["points"].total() == 0


def test_where_points_have_no_definition_they_last():
    standing, _ = folded(programme(rule()), [purchase(day(0), "p")], until=day(9_999))
    assert standing.wallets["points"].balance(day(9_999)) == 10


def test_retractions_never_reach_the_fold():
    with pytest.raises(AssertionError):
        fold(
            Standing(),
            programme(),
            entry("RETRACTION", day(0), "r", target="p"),
            zone="UTC",
            effects=Effects(),
        )


def test_what_is_no_longer_defined_falls_silent():
    """A programme can be folded without a streak or tier set that a standing still knows."""
    standing, effects = folded(programme(STREAK, ROLLING), [purchase(day(0), "p")])
    advance(standing, programme(), day(9), zone="UTC", effects=effects)
    assert standing.next_due == NEVER
    assert (standing.streaks["s"].breaks_at, standing.tiers["t"].parts) == (None, [])


def test_the_next_due_is_the_soonest_of_all():
    published = programme(POINTS, rule(), STREAK, ROLLING)
    entries = [purchase(day(0), "p"), taken("HOLD", day(0, 1), points=4, release_at=day(1))]
    standing, effects = folded(published, entries)
    dues = []
    while standing.next_due < NEVER:
        dues.append(standing.next_due)
        advance(standing, published, standing.next_due, zone="UTC", effects=effects)
        assert standing.moved_at == dues[-1]
    assert dues == [day(1), day(2), day(3), day(10)]


def test_advancing_backwards_or_to_where_it_is_does_nothing():
    standing, effects = folded(programme(POINTS, rule()), [purchase(day(0), "p")])
    before = packed(standing)
    for to in (day(10) - 1, day(0), day(0) - DAY):
        advance(standing, programme(POINTS, rule()), to, zone="UTC", effects=effects)
    assert packed(standing) == before


def test_a_standing_survives_packing():
    entries = [
        purchase(day(0), "p"),
        taken("HOLD", day(0, 1), points=4, release_at=day(1)),
        purchase(day(1), "q"),
    ]
    standing, _ = folded(programme(POINTS, rule(), STREAK, ROLLING), entries)
    assert unpacked(packed(standing)) == standing
    assert packed(unpacked(packed(standing))) == packed(standing)
    assert unpacked(packed(Standing())) == Standing()


def test_equal_standings_are_packed_equally_whatever_came_first():
    one, other = Standing(), Standing()
    for key in ("a", "b"):
        one.wallet(key)
    for key in ("b", "a"):
        other.wallet(key)
    assert packed(one) == packed(other)


def test_points_that_are_granted_too_late_expire_at_once():
    portions = ((30, day(1)), (20, day(9)))
    grant = entry("GRANT", day(2), "g", currency="points", account="transfer", portions=portions)
    standing, effects = Standing(), Effects()
    fold(standing, programme(), grant, zone="UTC", effects=effects)
    assert [(one.kind, one.amount, one.at) for one in effects.postings] == [
        ("TRANSFER", 30, day(2)),
        ("EXPIRE", 30, day(2)),
        ("TRANSFER", 20, day(2)),
    ]
    wallet = standing.wallets["points"]
    assert (wallet.balance(day(2)), wallet.lifetime) == (20, 0)
