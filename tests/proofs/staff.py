"""What staff do: give points and take them, alone or two together, and publish other rules."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from gamification import engine
from gamification.programme import Backfill, Scope
from kit.clock import DAY, HOUR
from kit.errors import AlreadyResolved, Denied, InsufficientPoints, InvalidInput, NotAvailable
from tests.gamification import world
from tests.proofs.checked import Checked
from tests.proofs.members import PICK, WHO
from tests.proofs.story import ADJUSTED_MAX, ALONE_MAX, CLERK, SARI, TONO, by_amount

ALWAYS = -(1 << 62)


class Staff(Checked):
    """The verbs of staff."""

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.asked = {}

    @rule(
        who=WHO,
        points=st.integers(-ADJUSTED_MAX - 5, ADJUSTED_MAX + 5).filter(bool),
        by=st.sampled_from([SARI, CLERK]),
        hours=st.sampled_from([None, None, 30, 300]),
    )
    def adjust(self, who, points, by, hours):
        member, source = self.members[who], self.key("adjust")
        expires_at = None if hours is None or points < 0 else self.now + hours * HOUR
        said = {"currency": "points", "points": points, "reason": "sorry", "source": source}
        said |= {"by": by, "expires_at": expires_at}

        async def adjust():
            return await engine.adjust(member, **said)

        affordable = self.affordable(who, "points")
        if abs(points) > ADJUSTED_MAX:
            self.refuse(adjust, InvalidInput)
        elif points < 0 and -points > affordable:
            self.refuse(adjust, InsufficientPoints, available=max(0, affordable))
        else:
            done = self.call(adjust).adjustment
            by_two = self.alone(member, by) + abs(points) > ALONE_MAX
            assert done.by_two == by_two
            self.asked[done.id] = done
            if not by_two:
                self.applied(done)

    def alone(self, member, by):
        """What somebody gave and took by themselves within a day."""
        return sum(
            abs(one.points)
            for one in self.asked.values()
            if (one.member_id, one.requested_by, one.by_two) == (member, by.name, False)
            and one.requested_at > self.now - DAY
        )

    def applied(self, done):
        """An adjustment took effect: find out when, the rest is known."""
        entry = self.entry_of(done.decision.entry_id)
        facts = {"currency": "points", "points": abs(done.points)}
        if done.points > 0:
            self.oracle.note(
                done.member_id, entry.at, entry.source, "give", expires_at=done.expires_at, **facts
            )
        else:
            self.oracle.note(done.member_id, entry.at, entry.source, "spend", **facts)

    @precondition(lambda self: self.asked)
    @rule(pick=PICK, by=st.sampled_from([SARI, TONO, TONO, CLERK]), agrees=st.booleans())
    def agree(self, pick, by, agrees):
        done, source = self.an_adjustment(pick), self.key("agree")
        verb = engine.approve_adjustment if agrees else engine.reject_adjustment

        async def agree():
            return await verb(done.id, by=by, source=source, note="seen")

        who = self.members.index(done.member_id)
        if done.decision is not None:
            self.refuse(agree, AlreadyResolved)
        elif by is CLERK or by.name == done.requested_by:
            self.refuse(agree, Denied)
        elif agrees and done.points < 0 and -done.points > self.affordable(who, "points"):
            self.refuse(agree, InsufficientPoints)
        elif agrees and done.expires_at is not None and done.expires_at <= self.now:
            self.refuse(agree, NotAvailable)
        else:
            self.asked[done.id] = self.call(agree).adjustment
            if agrees:
                self.applied(self.asked[done.id])

    @precondition(lambda self: self.asked)
    @rule(pick=PICK)
    def reverse(self, pick):
        done, source = self.an_adjustment(pick), self.key("reverse")

        async def reverse():
            return await engine.reverse_adjustment(done.id, by=TONO, reason="no", source=source)

        if done.decision is None or not done.decision.approved:
            self.refuse(reverse, NotAvailable)
        elif done.is_reversed:
            self.refuse(reverse, AlreadyResolved)
        else:
            self.asked[done.id] = self.call(reverse).adjustment
            self.oracle.returned[done.entry_source] = abs(done.points)

    def an_adjustment(self, pick):
        return list(self.asked.values())[pick % len(self.asked)]

    @rule(rate=st.integers(1, 3), scope=st.sampled_from(Scope), hours=st.integers(0, 200))
    def publish(self, rate, scope, hours):
        since = self.now - hours * HOUR if scope is Scope.SINCE else None
        backfill = Backfill(scope=scope, since=since)
        self.ground.do(world.publish(by_amount(rate), backfill=backfill))
        start = {Scope.ALL: ALWAYS, Scope.SINCE: since, Scope.NONE: self.now}[scope]
        # What is published already stays as it is.
        if self.oracle.rates[-1][1] != rate:
            self.oracle.rates.append((start, rate))
