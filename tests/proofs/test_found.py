"""What the proofs have found, each reduced to a few lines, so that it stays found."""

from gamification.journal import WHOLE
from tests.gamification.engine.live import Live, from_nothing
from tests.gamification.factories import DAY, day, entry, programme, purchase

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


def released(lasting):
    return programme(
        ("CURRENCY", {**GROUND[0][1], "expires_after_days": lasting}),
        GROUND[1],
        ("EARNING_RULE", {**RULE, "earn": {"points": 1, "per": 1, "of": "amount"}}),
    )


def test_what_a_hold_owes_expires_under_a_name_of_its_own():
    """What expired as it was released, and what was owed and expires later, were one posting."""
    said = {"currency": "points", "account": "redemption", "subject": "x"}
    journal = [
        purchase(day(1), "a", amount=5),
        purchase(day(2), "b", amount=5),
        entry("HOLD", day(3), "h", points=10, release_at=day(6) + DAY // 2, **said),
        entry("RETRACTION", day(4), "r", target="b", share=WHOLE),
        # This pays the debt: what was held of it is owed when it is released.
        purchase(day(5), "c", amount=5),
    ]
    live = Live(released(5), "UTC")
    for one in journal:
        live.settle([one])
    for number in range(5, 15):
        live.sweep(day(number))
    assert live.digest(day(20)) == from_nothing(released(5), journal, zone="UTC", until=day(20))
    live.assert_conserved()
