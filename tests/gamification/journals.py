"""Random journals of one member: entries of all types, with facts as the engine would have it."""

from random import Random

from gamification.journal import WHOLE, Entry, EntryType
from kit.clock import HOUR, MINUTE
from tests.gamification.factories import DAY, day, entry, purchase
from tests.gamification.rich import STORES

NEVER = 1 << 62


def random_journal(rng: Random, length: int) -> list[Entry]:
    """Entries of all types over some weeks; retractions and resolutions name earlier ones."""
    made: list[Entry] = []
    at = day(0)
    for number in range(length):
        at += rng.choice([0, 0, 1, MINUTE, 5 * HOUR, 12 * HOUR, DAY, DAY, 2 * DAY, 5 * DAY])
        # At the stroke of a day many things fall due: aim there now and then.
        if rng.random() < 0.1:
            at = -(-at // DAY) * DAY
        source = f"{rng.randrange(100):02}-{number:03}"
        made.append(_random_entry(rng, at, source, made))
    return made


def _random_entry(rng: Random, at: int, source: str, made: list[Entry]) -> Entry:
    chance = rng.random()
    if chance < 0.14:
        activities = [one for one in made if one.type is EntryType.ACTIVITY]
        if activities:
            return retraction(rng, at, source, rng.choice(activities))
    if chance < 0.40:
        return _random_payment(rng, at, source, made)
    if chance < 0.43:
        return entry("CHOICE", at, source, choice="join:chosen")
    if chance < 0.50:
        return _random_decision(rng, at, source)
    if chance < 0.64:
        attributes = {"delta": rng.randrange(-3, 9)}
        if rng.random() < 0.5:
            attributes["store"] = rng.choice(STORES)
        partner = rng.choice(["", "toko"])
        return purchase(at, source, kind="visit", attributes=attributes, partner=partner)
    return random_purchase(rng, at, source)


def _random_payment(rng: Random, at: int, source: str, made: list[Entry]) -> Entry:
    holds = [one for one in made if one.type is EntryType.HOLD]
    payable = {one.source: _left_to_return(one, made) for one in made}
    paid = [one for one in made if payable[one.source] > 0]
    chance = rng.random()
    if chance < 0.15 and paid:
        target = rng.choice(paid).source
        points = rng.randrange(1, payable[target] + 1)
        return entry("RETRACTION", at, source, target=target, points=points)
    if chance < 0.45 and holds:
        hold = rng.choice(holds)
        kind = rng.choice(["CAPTURE", "CAPTURE", "RELEASE"])
        points = rng.choice([0, rng.randrange(1, hold.facts.points + 1)])
        said = {"points": points} if kind == "CAPTURE" else {}
        return entry(kind, at, source, target=hold.source, **said)
    if chance < 0.75:
        return entry("SPEND", at, source, points=rng.randrange(1, 60), **_purse(rng))
    release_at = at + rng.choice([1, HOUR, DAY, 3 * DAY, 9 * DAY])
    points = rng.randrange(1, 40)
    return entry("HOLD", at, source, points=points, release_at=release_at, **_purse(rng))


def _random_decision(rng: Random, at: int, source: str) -> Entry:
    """What staff or another member did: an adjustment, or either side of a transfer."""
    currency = rng.choice(["points", "points", "cash"])
    kind = rng.choice(["ADJUSTMENT", "ADJUSTMENT", "TRANSFER", "GRANT"])
    if kind == "ADJUSTMENT":
        points = rng.choice([-30, -1, 1, 20, 50])
        until = None if points < 0 else rng.choice([None, at + DAY, at + 9 * DAY])
        said = {"points": points, "expires_at": until, "reason": "sorry", "actor": "sari"}
        currency = rng.choice([currency, "xp"])
        return entry(kind, at, source, currency=currency, account="adjustment", **said)
    said = {"currency": currency, "account": "transfer", "subject": "transfer"}
    if kind == "TRANSFER":
        return entry(kind, at, source, points=rng.randrange(1, 40), **said)
    ends = sorted(rng.sample([at + HOUR, at + DAY, at + 5 * DAY, NEVER], rng.randrange(1, 4)))
    portions = tuple((rng.randrange(1, 30), end) for end in ends)
    return entry(kind, at, source, points=sum(p for p, _ in portions), portions=portions, **said)


def _left_to_return(one: Entry, made: list[Entry]) -> int:
    """How many of the points that an entry moved can still be given back."""
    if one.type in (EntryType.SPEND, EntryType.ADJUSTMENT):
        moved = abs(one.facts.points)
    elif one.type is EntryType.CAPTURE:
        held = next(hold for hold in made if hold.source == one.target)
        moved = one.facts.points or held.facts.points
    else:
        return 0
    return moved - sum(back.facts.points for back in made if back.target == one.source)


def random_purchase(rng: Random, at: int, source: str) -> Entry:
    """A purchase with random facts, and perhaps with what a common budget allowed it."""
    attributes = {"store": rng.choice(STORES), "discs": rng.randrange(6)}
    if rng.random() < 0.3:
        attributes["gift"] = True
    facts = {"amount": rng.choice([0, 1, 99, 100, rng.randrange(6_000)]), "currency": "IDR"}
    facts["channel"] = rng.choice(["", "APP", "IN_STORE"])
    granted = {"shared": rng.randrange(70)} if rng.random() < 0.5 else {}
    return purchase(at, source, attributes=attributes, granted=granted, **facts)


def retraction(rng: Random, at: int, source: str, target: Entry) -> Entry:
    """Take back a random share or amount of an activity, or all of it."""
    amount = target.facts.amount or 0
    taken = {"share": rng.choice([1, WHOLE // 3, WHOLE // 2, WHOLE])}
    if amount and rng.random() < 0.5:
        taken = {"amount": rng.randrange(1, amount + 1)}
    return entry("RETRACTION", at, source, target=target.source, **taken)


def _purse(rng: Random):
    account = rng.choice(["redemption", "charity:water"])
    currency = rng.choice(["points", "points", "cash"])
    return {"currency": currency, "account": account, "subject": "reward:tea"}
