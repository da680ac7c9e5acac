"""Where the stories about money play: what is published before they begin, and who is there."""

from gamification.engine import Staff
from gamification.programme import DefinitionKind
from kit.clock import DAY
from tests.gamification import world
from tests.proofs.ground import START

PRICE, STOCK = 40, 4
BUDGET = 70
SENT_MIN, SENT_MAX, SENT_A_DAY = 2, 60, 100
ALONE_MAX, ADJUSTED_MAX = 50, 80

SARI, TONO = Staff(name="sari"), Staff(name="tono")
CLERK = Staff(name="clerk", decides=False)


def by_amount(rate):
    """The rule that is published again and again."""
    return _rule("by-amount", currency="points", earn={"points": rate, "per": 1, "of": "amount"})


def ground(shortage):
    """Points ripen and expire, miles are written off, gems are shared out of one budget."""
    points = {
        **world.POINTS[1],
        "pending_days": 1,
        "expires_after_days": 5,
        "transfers": {"min": SENT_MIN, "max": SENT_MAX, "max_per_day": SENT_A_DAY},
        "approval_above": ALONE_MAX,
        "adjustment_max": ADJUSTED_MAX,
    }
    gems = {"key": "gems", "name": "Gems", "expires_after_days": 9, "shortage": shortage}
    wells = {"key": "wells", "charity": "water", "title": "Wells", "goal": 1_000}
    price = [{"currency": "points", "amount": PRICE}]
    return [
        ("CURRENCY", points),
        ("CURRENCY", {"key": "miles", "name": "Miles", "shortage": "WRITE_OFF"}),
        ("CURRENCY", gems),
        world.PURCHASE,
        by_amount(1),
        _rule("miles", currency="miles", earn={"points": 1, "per": 2, "of": "amount"}),
        _rule(
            "gems",
            currency="gems",
            earn={"points": 1, "per": 3, "of": "amount"},
            budget={"points": BUDGET},
        ),
        (DefinitionKind("REWARD"), {"key": "latte", "title": "", "stock": STOCK, "price": price}),
        (DefinitionKind("CHARITY"), {"key": "water", "name": "Water"}),
        (DefinitionKind("CAMPAIGN"), {**wells, "currency": "points", "starts_at": START - DAY}),
    ]


async def begun(shortage):
    """Publish the ground and enrol two members; their ids."""
    await world.publish(*ground(shortage))
    return [await world.enrol(name) for name in ("ani", "budi")]


def _rule(key, **more):
    return "EARNING_RULE", {"key": key, "title": key, "kind": "purchase", **more}
