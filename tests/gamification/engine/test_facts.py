"""Facts: what a settlement tells the rest of the house."""

from gamification.engine.difference import Because, stored_posting
from gamification.engine.facts import facts_of, snapshot
from gamification.engine.settlement import Stored, advanced, continued, refolded
from gamification.engine.standing import Standing
from tests.gamification.factories import day, entry, programme, purchase

POINTS = ("CURRENCY", {"key": "points", "name": "Points", "expires_after_days": 30})
RULE = (
    "EARNING_RULE",
    {
        "key": "r",
        "title": "",
        "kind": "purchase",
        "currency": "points",
        "earn": {"points": 1, "per": 1, "of": "amount"},
    },
)
BOUGHT = {"kind": "purchase", "aggregate": "SUM", "field": "amount"}
EVERYTHING = programme(
    POINTS,
    RULE,
    ("BADGE", {"key": "b", "name": "B", "metric": {"kind": "purchase"}, "goal": 2}),
    (
        "CHALLENGE",
        {
            "key": "c",
            "title": "C",
            "tasks": [{"metric": {"kind": "purchase"}, "goal": 3}],
            "starts_at": day(0),
            "ends_at": day(10),
        },
    ),
    ("STREAK", {"key": "s", "name": "S", "period": "DAY", "metric": {"kind": "purchase"}}),
    (
        "TIER_SET",
        {
            "key": "t",
            "name": "T",
            "metric": BOUGHT,
            "levels": [
                {"key": "low", "name": "", "threshold": 0},
                {"key": "high", "name": "", "threshold": 15},
            ],
        },
    ),
    ("LEADERBOARD", {"key": "l", "title": "L", "metric": BOUGHT, "period": "DAILY"}),
)
ONLY_POINTS = programme(POINTS, RULE)


class Member:
    """Somebody whose settlements are told."""

    def __init__(self, published):
        self.published, self.standing, self.journal, self.rows = published, Standing(), [], {}

    def does(self, *entries):
        self.journal += entries
        before = snapshot(self.standing)
        done = continued(self.standing, self.published, list(entries), zone="UTC", revision=0)
        return self._told(before, done)

    def waits(self, until):
        before = snapshot(self.standing)
        return self._told(
            before, advanced(self.standing, self.published, until, zone="UTC", revision=0)
        )

    def does_late(self, *entries, at=0):
        self.journal += entries
        before = snapshot(self.standing)
        stored = Stored(postings={key: stored_posting(rows) for key, rows in self.rows.items()})
        how = {"zone": "UTC", "until": self.standing.moved_at, "revision": 0}
        because = Because(at=at)
        return self._told(before, refolded(self.published, self.journal, stored, because, **how))

    def _told(self, before, done):
        for row in done.postings:
            self.rows.setdefault(row.posting.key, []).append((row.posting, row.revision))
        self.standing = done.standing
        return facts_of(before, done, self.published.at(done.standing.last_at))


def test_points_are_told_with_the_balance_after_them():
    member = Member(ONLY_POINTS)
    facts = member.does(*(purchase(day(n), f"p{n}", amount=10 + n) for n in range(3)))
    assert facts[0] == {
        "type": "points.posted",
        "at": day(0),
        "currency": "points",
        "amount": 10,
        "kind": "EARN",
        "subject": "rule:r@1",
        "balance": 10,
    }
    assert [(one["amount"], one["balance"]) for one in facts] == [(10, 10), (11, 21), (12, 33)]
    spent = {"points": 30, "currency": "points", "account": "redemption", "subject": "reward:tea"}
    [fact] = member.does(entry("SPEND", day(3), "s", **spent))
    assert (fact["amount"], fact["kind"], fact["balance"]) == (-30, "SPEND", 3)
    assert fact["subject"] == "reward:tea"


def test_expired_points_are_told():
    member = Member(ONLY_POINTS)
    member.does(purchase(day(0), "p0", amount=10), purchase(day(1), "p1", amount=5))
    facts = member.waits(day(31))
    assert [(one["at"], one["amount"], one["kind"], one["balance"]) for one in facts] == [
        (day(30), -10, "EXPIRE", 5),
        (day(31), -5, "EXPIRE", 0),
    ]


def test_what_moves_within_the_members_accounts_is_no_news():
    member = Member(ONLY_POINTS)
    member.does(purchase(day(0), "p", amount=10))
    held = {"points": 4, "currency": "points", "account": "charity:water", "subject": "campaign:w"}
    [fact] = member.does(entry("HOLD", day(1), "h", release_at=day(9), **held))
    assert (fact["kind"], fact["amount"], fact["balance"]) == ("HOLD", -4, 6)
    assert member.does(entry("CAPTURE", day(2), "c", target="h")) == []


def test_a_correction_tells_only_what_moved():
    member = Member(ONLY_POINTS)
    member.does(purchase(day(0), "p", amount=10))
    refund = entry("RETRACTION", day(1), "r", target="p", amount=4)
    [fact] = member.does_late(refund, at=day(1))
    assert (fact["amount"], fact["kind"], fact["balance"]) == (-4, "REVERSE", 6)
    assert member.does_late(purchase(day(0) - 1, "early", amount=0)) == []


def test_all_that_was_won_is_told_in_its_order():
    facts = Member(EVERYTHING).does(*(purchase(day(n), f"p{n}", amount=10) for n in range(3)))
    told = [(one["type"], one["at"]) for one in facts]
    assert told == [
        ("points.posted", day(0)),
        ("points.posted", day(1)),
        ("tier.changed", day(1)),
        ("badge.awarded", day(1)),
        ("points.posted", day(2)),
        ("challenge.completed", day(2)),
        ("challenge.progressed", day(2)),
        ("streak.extended", day(2)),
        ("score.changed", day(2)),
    ]
    by_type = {one["type"]: one for one in facts}
    assert by_type["badge.awarded"] == {
        "type": "badge.awarded",
        "at": day(1),
        "badge": "b",
        "level": "",
        "version": 1,
    }
    assert by_type["tier.changed"] == {
        "type": "tier.changed",
        "at": day(1),
        "set": "t",
        "from": "low",
        "to": "high",
    }
    assert by_type["challenge.progressed"] == {
        "type": "challenge.progressed",
        "at": day(2),
        "challenge": "c",
        "value": 3,
        "goal": 3,
    }
    assert by_type["challenge.completed"]["challenge"] == "c"
    assert by_type["streak.extended"] == {
        "type": "streak.extended",
        "at": day(2),
        "length": 3,
        "streak": "s",
    }
    assert by_type["score.changed"] == {
        "type": "score.changed",
        "at": day(2),
        "board": "l",
        "period": day(2),
        "score": 10,
        "reached_at": day(2),
        "before": None,
    }


def test_a_score_is_told_with_the_one_before_it_in_its_period():
    member = Member(EVERYTHING)
    member.does(purchase(day(0), "p0", amount=10))
    facts = member.does(purchase(day(0, 5), "p1", amount=5))
    [changed] = [one for one in facts if one["type"] == "score.changed"]
    assert (changed["score"], changed["before"]) == (15, [10, day(0)])


def test_a_purchase_of_nothing_is_no_score_to_tell_of():
    member = Member(EVERYTHING)
    member.does(purchase(day(0), "p0", amount=10))
    facts = member.does(purchase(day(1), "p1", amount=0))
    assert [one for one in facts if one["type"] == "score.changed"] == []


def test_a_broken_streak_is_told_with_its_length_and_when():
    member = Member(EVERYTHING)
    member.does(*(purchase(day(n), f"p{n}", amount=1) for n in range(2)))
    [fact] = member.waits(day(5))
    assert fact == {"type": "streak.broken", "at": day(3), "length": 2, "streak": "s"}


def test_nothing_new_is_nothing_to_tell():
    member = Member(EVERYTHING)
    assert member.does(entry("CHOICE", day(0), "j", choice="join:nothing")) == []
    assert member.waits(day(99)) == []
