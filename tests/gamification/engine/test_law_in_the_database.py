"""The law through the database: whatever comes in whichever way, the audit is clean.

That any order of arrival comes to the same is proved in tests/proofs/test_orders.py.
"""

from fractions import Fraction
from random import Random

import pytest

from gamification import engine, ledger, programme
from gamification.engine import Recorded, Recording, checkpoints
from gamification.programme import Backfill, Ref, Scope
from kit.clock import DAY, HOUR
from kit.errors import AlreadyResolved, InsufficientPoints, InvalidInput, NotAvailable, NotFound
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


@pytest.mark.parametrize("seed", range(3 * EFFORT))
async def test_whatever_happens_the_audit_is_clean(database, clock, seed, monkeypatch):
    if seed % 2:
        monkeypatch.setattr(checkpoints, "INTERVAL", 3)
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
    assert life.accepted > 20


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
        self.sources, self.holds, self.paid, self.accepted = [], [], [], 0
        often = [self.do_something] * 6 + [self.take] * 3 + [self.settle] * 2
        once = [self.refund, self.resolve, self.join, self.sweep, self.publish, self.repeat]
        once += [self.give_back, self.adjust, self.send]
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
        if self.sources and self.rng.random() < 0.5:
            facts["activity"] = self.rng.choice(self.sources)
        if self.rng.random() < 0.5:
            if await self._try(engine.spend(member, **facts)):
                self.paid.append((member, source))
            return
        release_at = self.clock.now + self.rng.choice([HOUR, DAY, 9 * DAY])
        if await self._try(engine.hold(member, release_at=release_at, **facts)):
            self.holds.append((member, source))

    async def resolve(self, number):
        if self.holds:
            member, hold = self.rng.choice(self.holds)
            verb = self.rng.choice([engine.capture, engine.release])
            said = {"hold_source": hold, "source": f"0-resolve-{number}"}
            if verb is engine.capture and self.rng.random() < 0.5:
                said["points"] = self.rng.randrange(1, 50)
            if await self._try(verb(member, **said)) and verb is engine.capture:
                self.paid.append((member, said["source"]))

    async def give_back(self, number):
        if self.paid:
            member, target = self.rng.choice(self.paid)
            points = self.rng.choice([None, self.rng.randrange(1, 20)])
            said = {"target_source": target, "source": f"0-back-{number}", "points": points}
            await self._try(engine.give_back(member, reason="sorry", **said))

    async def adjust(self, number):
        said = {"currency": self.rng.choice(["points", "xp"]), "points": self.rng.choice([-9, 30])}
        said |= {"reason": "sorry", "source": f"0-adjust-{number}", "by": engine.Staff(name="sari")}
        await self._try(engine.adjust(self.rng.choice(self.members), **said))

    async def send(self, number):
        sender, to = self.rng.sample(MEMBERS, 2)
        said = {"currency": "points", "points": self.rng.randrange(1, 30)}
        said |= {"to": engine.Recipient(external_id=to), "source": f"0-send-{number}"}
        await self._try(engine.transfer(self.members[MEMBERS.index(sender)], **said))

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
        except (AlreadyResolved, InsufficientPoints, InvalidInput, NotAvailable, NotFound):
            return False
        self.accepted += 1
        return True
