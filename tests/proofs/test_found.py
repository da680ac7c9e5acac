"""What the proofs have found, each reduced to a few lines, so that it stays found."""

from tests.gamification.engine.live import Live, from_nothing
from tests.gamification.factories import day, programme, purchase

GROUND = (
    ("CURRENCY", {"key": "points", "name": "Points", "main": True}),
    ("ACTIVITY_KIND", {"key": "purchase", "title": "Purchase", "amount": {"required": True}}),
)
RULE = {"key": "r", "title": "r", "kind": "purchase", "currency": "points", "earn": {"points": 5}}


def paid_by(account):
    return programme(*GROUND, ("EARNING_RULE", {**RULE, "funded_by": account}))


def test_a_rule_may_change_who_pays():
    """Rows of a key were told apart from their reversals by the account that they debit."""
    live, journal = Live(paid_by(""), "UTC"), [purchase(day(1), "a", amount=5)]
    live.settle(journal)
    for number, account in enumerate(("pool:x", "", "pool:x")):
        live.publish(paid_by(account), at=day(2 + number))
        expected = from_nothing(paid_by(account), journal, zone="UTC", until=day(9))
        assert live.digest(day(9)) == expected
        live.assert_conserved()
