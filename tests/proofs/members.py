"""What members do with points: earn them, spend them, set them aside, hand them over, lose them."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from gamification import engine
from kit.clock import DAY, HOUR
from kit.errors import AlreadyResolved, InsufficientPoints, InvalidInput, NotAvailable, NotFound
from tests.gamification import world
from tests.proofs.checked import Checked
from tests.proofs.ground import START
from tests.proofs.oracle import WHOLE
from tests.proofs.story import SENT_A_DAY, SENT_MAX, SENT_MIN

WHO = st.integers(0, 1)
PICK = st.integers(0, 99)
POINTS = st.integers(1, 90)
CURRENCY = st.sampled_from(["points", "points", "points", "miles", "gems"])
PAYS_FOR = st.one_of(st.none(), PICK)
PART = st.one_of(st.none(), st.integers(1, 60), st.fractions(0, 1, max_denominator=7))


class Members(Checked):
    """The members' own verbs."""

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.holds = {}

    @rule(who=WHO, amount=st.integers(0, 60), late=st.sampled_from([0, 0, 0, 2, 26, 130]))
    def earn(self, who, amount, late):
        at = max(START, self.now - late * HOUR)
        said = world.bought(self.members[who], amount, self.key("p"), occurred_at=at)

        async def record():
            [answer] = await engine.record([said])
            return answer

        entry = self.call(record).entry
        self.oracle.note(entry.member_id, entry.at, entry.source, "earn", amount=amount)
        self.oracle.purchases[entry.source] = entry.member_id, amount

    @rule(who=WHO, currency=CURRENCY, points=POINTS, pays_for=PAYS_FOR)
    def spend(self, who, currency, points, pays_for):
        source = self.key("spend")
        said = {"points": points, "currency": currency, "source": source}
        said |= {"account": "partner:shop", "subject": "order:1"}
        self.take(who, engine.spend, "spend", said, self.a_purchase(pays_for))

    @rule(
        who=WHO,
        currency=CURRENCY,
        points=POINTS,
        hours=st.sampled_from([1, 5, 30, 200]),
        pays_for=PAYS_FOR,
    )
    def hold(self, who, currency, points, hours, pays_for):
        source = self.key("hold")
        said = {"points": points, "currency": currency, "source": source}
        said |= {"account": "pool:match", "subject": "order:2"}
        said["release_at"] = self.now + hours * HOUR
        if self.take(who, engine.hold, "hold", said, self.a_purchase(pays_for)):
            self.holds[source] = who

    def a_purchase(self, pick):
        purchases = list(self.oracle.purchases)
        return purchases[pick % len(purchases)] if purchases and pick is not None else ""

    def take(self, who, verb, what, said, activity):
        """Take points where there are enough; whether that was so."""
        member, currency, points = self.members[who], said["currency"], said["points"]

        async def take():
            return await verb(member, **said, activity=activity)

        affordable = self.affordable(who, currency)
        if activity and self.oracle.purchases[activity][0] != member:
            self.refuse(take, NotFound)
        elif activity and self.oracle.gone(activity) == WHOLE:
            self.refuse(take, AlreadyResolved)
        elif points > affordable:
            self.refuse(take, InsufficientPoints, needed=points, available=max(0, affordable))
        else:
            entry = self.call(take).entry
            facts = {"currency": currency, "points": points}
            if what == "hold":
                facts["release_at"] = entry.facts.release_at
            self.oracle.note(member, entry.at, entry.source, what, **facts)
            self.assert_spendable(entry)
            if activity:
                self.oracle.pay(activity, entry.source, points if what == "spend" else 0)
            return True
        return False

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, part=st.one_of(st.none(), POINTS))
    def capture(self, pick, part):
        source, key = self.a_hold(pick), self.key("capture")
        member = self.members[self.holds[source]]
        hold = self.oracle.tell(member, self.now).holds.get(source)

        async def capture():
            return await engine.capture(member, hold_source=source, source=key, points=part)

        if hold is None:
            self.refuse(capture, AlreadyResolved)
        elif part is not None and part > hold.points:
            self.refuse(capture, InvalidInput)
        else:
            entry = self.call(capture).entry
            self.oracle.note(member, entry.at, key, "capture", hold=source, points=part or 0)
            paid_for = self.oracle.pay_by_hold(source, key, part or hold.points)
            if paid_for:
                self.read_returns(paid_for)

    @precondition(lambda self: self.holds)
    @rule(pick=PICK)
    def release(self, pick):
        source, key = self.a_hold(pick), self.key("release")
        member = self.members[self.holds[source]]

        async def release():
            return await engine.release(member, hold_source=source, source=key)

        if source in self.oracle.tell(member, self.now).holds:
            entry = self.call(release).entry
            self.oracle.note(member, entry.at, key, "release", hold=source)
        else:
            self.refuse(release, AlreadyResolved)

    def a_hold(self, pick):
        return list(self.holds)[pick % len(self.holds)]

    @precondition(lambda self: self.oracle.purchases)
    @rule(pick=PICK, part=PART)
    def retract(self, pick, part):
        target, source = self.a_purchase(pick), self.key("r")
        said = {"amount": part} if type(part) is int else {"share": part or None}

        async def retract():
            return await engine.retract(
                target_source=target, source=source, reason="refund", **said
            )

        member = self.oracle.purchases[target][0]
        self.settle_if_watched(member)
        refusal = self.refusal_of(target, part)
        if refusal is not None:
            self.refuse(retract, refusal)
            return
        owed = self.oracle.tell(member, self.now).purses["gems"].debt
        if self.prevents and self.oracle.owed_after(target, part, self.now) > owed:
            self.refuse(retract, InsufficientPoints)
            return
        facts = self.call(retract).entry.facts
        self.oracle.retract(target, facts.share or 0, facts.amount or 0)
        self.read_returns(target)

    def refusal_of(self, target, part):
        """Why such a part cannot be taken back; None where it can."""
        amount = self.oracle.purchases[target][1]
        if self.oracle.gone(target) == WHOLE:
            return AlreadyResolved
        if type(part) is int:
            return InvalidInput if part > self.oracle.left_of(target) else None
        parts = self.oracle.taken.get(target, [])
        left = WHOLE - sum(share for share, _ in parts)
        left -= sum(money for _, money in parts) * WHOLE // (amount or 1)
        return InvalidInput if part and int(part * WHOLE) > left else None

    @rule(who=WHO, points=POINTS)
    def send(self, who, points):
        sender, recipient = self.members[who], self.members[1 - who]
        source, to = self.key("send"), engine.Recipient(external_id=("budi", "ani")[who])

        async def send():
            said = {"to": to, "currency": "points", "points": points, "source": source}
            return await engine.transfer(sender, **said)

        affordable = self.affordable(who, "points")
        today = sum(points for at, points in self.sent[who] if at // DAY == self.now // DAY)
        if not SENT_MIN <= points <= SENT_MAX:
            self.refuse(send, InvalidInput)
        elif today + points > SENT_A_DAY:
            self.refuse(send, NotAvailable)
        elif points > affordable:
            self.refuse(send, InsufficientPoints, needed=points, available=max(0, affordable))
        else:
            done = self.call(send).transfer
            purse = self.oracle.tell(sender, done.at).purses["points"]
            portions = {}
            for lot in purse.take(points, done.at)[0]:
                portions[lot.expires_at] = portions.get(lot.expires_at, 0) + lot.points
            said = sorted((points, expires_at) for expires_at, points in portions.items())
            said.sort(key=lambda one: one[1])
            self.oracle.note(sender, done.at, source, "spend", currency="points", points=points)
            into = f"transfer:{done.id}"
            self.oracle.note(recipient, done.at, into, "receive", currency="points", portions=said)
            self.sent[who].append((done.at, points))

    @rule(hours=st.sampled_from([1, 5, 23, 24, 47, 121]))
    def wait(self, hours):
        self.ground.now += hours * HOUR

    @rule()
    def sweep(self):
        self.ground.do(engine.sweep())

    @rule()
    def settle(self):
        self.ground.do(engine.settle_pending())

    @precondition(lambda self: self.calls)
    @rule(pick=PICK)
    def repeat(self, pick):
        self.again(pick % len(self.calls))
