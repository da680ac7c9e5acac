"""The law once more, through the database: whatever comes in whichever way, the audit is clean."""

from fractions import Fraction
from random import Random

import pytest

from gamification import engine, ledger, programme
from gamification.engine import Recorded, Recording
from gamification.programme import Backfill, Ref, Scope
from kit.clock import DAY, HOUR, MINUTE
from kit.errors import AlreadyResolved, InsufficientPoints, InvalidInput, NotAvailable
from tests.gamification import rich, world
from tests.gamification.factories import MONDAY
from tests.profiles import EFFORT

MEMBERS = ("ani", "budi", "citra")


def random_activity(rng, number, at):
    """What somebody did, to be recorded once or twice."""
    said = {"external_id": rng.choice(MEMBERS), "source": f"{rng.randrange(9)}-{number:03}"}
    if rng.random() < 0.3:
        attributes = {"delta": rng.randrange(-3, 9)}
        return Recording(kind="visit", occurred_at=at, attributes=attributes, **said)
    attributes = {"store": rng.choice(rich.STORES), "discs": rng.randrange(6)}
    money = {"amount": rng.choice([0, 99, rng.randrange(6_000)]), "currency": "IDR"}
    return Recording(kind="purchase", occurred_at=at, attributes=attributes, **money, **said)


async def settled(*recordings):
    answers = await engine.record(recordings, trusted=True, enrol=True)
    assert all(isinstance(one, Recorded) for one in answers), answers
    return answers


async def publish_editions(seed):
    """A programme in two editions, the same for every run of a seed."""
    rng = Random(seed)
    everything = Backfill(scope=Scope.ALL)
    await world.publish(*rich.bodies(rng), backfill=everything)
    changed = rng.sample(rich.bodies(rng)[len(rich.GROUND) :], 6)
    since = Backfill(scope=Scope.SINCE, since=MONDAY + 20 * DAY)
    await world.publish(*changed, backfill=since)


@pytest.mark.parametrize("seed", range(2 * EFFORT))
async def test_any_order_of_arrival_gives_one_digest(database, clock, seed):
    """Everybody exists twice: what one did in order, the other did in any order."""
    rng = Random(seed)
    await publish_editions(seed)
    end = MONDAY + 60 * DAY
    moments = sorted(rng.randrange(MONDAY, MONDAY + 45 * DAY, MINUTE) for _ in range(36))
    activities = [random_activity(rng, n, at) for n, at in enumerate(moments)]
    refunds = {
        one.source: rng.choice([None, Fraction(1, 2), Fraction(1, 3)])
        for one in rng.sample(activities, 9)
    }
    digests = []
    for copy in "ab":
        renamed = [_renamed(one, copy) for one in activities]
        if copy == "b":
            rng.shuffle(renamed)
        await _arrive(rng, clock, renamed, {f"<{copy}>{key}": one for key, one in refunds.items()})
        clock.set(end)
        while await engine.sweep():
            pass
        await world.assert_sound()
        digests.append(await _effective(copy))
    assert digests[0] == digests[1]


def _renamed(recording, copy):
    return Recording(
        kind=recording.kind,
        source=f"<{copy}>{recording.source}",
        external_id=f"<{copy}>{recording.external_id}",
        occurred_at=recording.occurred_at,
        amount=recording.amount,
        currency=recording.currency,
        attributes=recording.attributes,
    )


async def _arrive(rng, clock, activities, refunds):
    clock.set(MONDAY)
    rest = list(activities)
    while rest:
        size = rng.choice([1, 1, 2, 7])
        batch, rest = rest[:size], rest[size:]
        await settled(*batch, *rng.sample(batch, rng.randrange(len(batch) + 1)))
        for one in batch:
            if one.source in refunds and rng.random() < 0.5:
                await _refund(one.source, refunds.pop(one.source))
        if rng.random() < 0.7:
            await engine.settle_pending()
        if rng.random() < 0.4:
            clock.advance(days=rng.randrange(5), hours=rng.randrange(24))
            await engine.sweep()
    for source, share in refunds.items():
        await _refund(source, share)
    await engine.settle_pending()


async def _refund(source, share):
    await engine.retract(target_source=source, source=f"{source}:r", reason="refund", share=share)


async def _effective(copy):
    """What the copy's members stand at, without what names them."""
    found = {}
    for name in MEMBERS:
        [entry] = await settled(
            Recording(kind="visit", source=f"<{copy}>{name}", external_id=f"<{copy}>{name}")
        )
        member_id = entry.entry.member_id
        await engine.settle([member_id])
        view = await engine.standing_of(member_id)
        found[name] = repr(view.standing).replace(f"<{copy}>", "")
    return found


@pytest.mark.parametrize("seed", range(3 * EFFORT))
async def test_whatever_happens_the_audit_is_clean(database, clock, seed):
    rng = Random(seed)
    clock.set(MONDAY)
    await world.publish(*rich.bodies(rng), backfill=Backfill(scope=Scope.ALL))
    members = [await world.enrol(name, time_zone=rng.choice(rich.ZONES)) for name in MEMBERS]
    life = Life(rng, clock, members)
    for number in range(70):
        clock.advance(seconds=1, hours=rng.choice([0, 0, 1, 5, 24, 50]))
        await rng.choice(life.doings)(number)
        if number % 10 == 9:
            await world.assert_sound()
    while await engine.settle_pending():
        pass
    await world.assert_sound()
    for member_id in members:
        await _assert_statement_adds_up(member_id)
    assert life.accepted > 30


async def _assert_statement_adds_up(member_id):
    view = await engine.standing_of(member_id, at=MONDAY)
    for currency, wallet in view.standing.wallets.items():
        lines = await ledger.statement(member_id, currency=currency, limit=9_999)
        assert sum(line.amount for line in lines) == wallet.total()
        assert all(line.amount for line in lines)


class Life:
    """All that can happen, at random; what is refused is refused for good reasons."""

    def __init__(self, rng, clock, members):
        self.rng, self.clock, self.members = rng, clock, members
        self.sources, self.holds, self.accepted = [], [], 0
        often = [self.do_something] * 6 + [self.take] * 3 + [self.settle] * 2
        once = [self.refund, self.resolve, self.join, self.sweep, self.publish, self.repeat]
        self.doings = [*often, *once]

    async def do_something(self, number):
        batch = []
        for n in range(self.rng.choice([1, 1, 3])):
            late = self.rng.choice([0, 0, 0, HOUR, DAY, 9 * DAY])
            batch.append(random_activity(self.rng, f"{number}-{n}", self.clock.now - late))
        self.said = batch
        await settled(*batch)
        self.sources += [one.source for one in batch]
        self.accepted += len(batch)

    async def repeat(self, number):
        if self.sources:
            await settled(*self.said)

    async def take(self, number):
        member, source = self.rng.choice(self.members), f"{self.rng.randrange(9)}-take-{number}"
        currency = self.rng.choice(["points", "points", "cash"])
        facts = {"currency": currency, "account": "redemption", "subject": "reward:tea"}
        facts |= {"points": self.rng.randrange(1, 50), "source": source}
        if self.rng.random() < 0.5:
            await self._try(engine.spend(member, **facts))
            return
        release_at = self.clock.now + self.rng.choice([HOUR, DAY, 9 * DAY])
        if await self._try(engine.hold(member, release_at=release_at, **facts)):
            self.holds.append((member, source))

    async def resolve(self, number):
        if self.holds:
            member, hold = self.rng.choice(self.holds)
            verb = self.rng.choice([engine.capture, engine.release])
            await self._try(verb(member, hold_source=hold, source=f"0-resolve-{number}"))

    async def refund(self, number):
        if self.sources:
            share = self.rng.choice([None, Fraction(1, 2), Fraction(1, 10)])
            target = self.rng.choice(self.sources)
            await self._try(
                engine.retract(
                    target_source=target, source=f"0-r-{number}", reason="refund", share=share
                )
            )

    async def join(self, number):
        member = self.rng.choice(self.members)
        await self._try(engine.join(member, challenge="chosen", source=f"5-join-{number}"))

    async def settle(self, number):
        await engine.settle_pending()

    async def sweep(self, number):
        await engine.sweep()

    async def publish(self, number):
        changed = self.rng.sample(rich.bodies(self.rng)[len(rich.GROUND) :], 3)
        drafts = await world.define(*changed)
        since = self.clock.now - self.rng.randrange(20) * DAY
        backfill = self.rng.choice(
            [
                Backfill(),
                Backfill(scope=Scope.ALL),
                Backfill(scope=Scope.SINCE, since=since),
            ]
        )
        refs = [Ref(one.kind, one.key, one.version) for one in drafts]
        await programme.publish(refs, backfill=backfill, by="test")

    async def _try(self, call):
        try:
            await call
        except (AlreadyResolved, InsufficientPoints, InvalidInput, NotAvailable):
            return False
        self.accepted += 1
        return True
