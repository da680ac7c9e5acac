"""What points are for: rewards and donations."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kit.errors import AlreadyResolved, InsufficientPoints, SoldOut
from rewards import donations, redemptions
from tests.proofs.checked import Checked
from tests.proofs.members import PICK, POINTS, WHO
from tests.proofs.story import PRICE, STOCK


class Shop(Checked):
    """The verbs of rewards and donations."""

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.donated, self.had = {}, {}
        self.out_of_stock = 0

    @rule(who=WHO)
    def redeem(self, who):
        member, source = self.members[who], self.key("redeem")

        async def redeem():
            return await redemptions.redeem(member, reward="latte", source=source)

        if self.out_of_stock == STOCK:
            self.refuse(redeem, SoldOut)
        elif self.affordable(who, "points") < PRICE:
            self.refuse(redeem, InsufficientPoints, needed=PRICE)
        else:
            one = self.call(redeem).redemption
            self.out_of_stock += 1
            self.had[source] = one
            facts = {"currency": "points", "points": PRICE}
            self.oracle.note(member, one.redeemed_at, source, "spend", **facts)

    @precondition(lambda self: self.had)
    @rule(pick=PICK)
    def bring_back(self, pick):
        one, source = list(self.had.values())[pick % len(self.had)], self.key("back")

        async def bring_back():
            return await redemptions.give_back(one.id, reason="cold", source=source)

        if one.source in self.oracle.returned:
            self.refuse(bring_back, AlreadyResolved)
        else:
            self.call(bring_back)
            self.out_of_stock -= 1
            self.oracle.returned[one.source] = PRICE

    @rule(who=WHO, points=POINTS, confirm=st.booleans())
    def donate(self, who, points, confirm):
        member, source = self.members[who], self.key("donate")

        async def donate():
            said = {"points": points, "source": source, "confirm": confirm}
            return await donations.donate(member, campaign="wells", **said)

        if self.affordable(who, "points") < points:
            self.refuse(donate, InsufficientPoints, needed=points)
            return
        one = self.call(donate).donation
        facts = {"currency": "points", "points": points, "release_at": one.release_at}
        self.oracle.note(member, one.donated_at, source, "hold", **facts)
        if one.resolution is None:
            self.donated[source] = one
        else:
            self.resolved(one)

    @precondition(lambda self: self.donated)
    @rule(pick=PICK, verb=st.sampled_from([donations.confirm, donations.cancel]))
    def decide(self, pick, verb):
        one = self.donated[list(self.donated)[pick % len(self.donated)]]
        source = self.key("decide")

        async def decide():
            return await verb(one.member_id, donation=one.id, source=source)

        if one.source in self.oracle.tell(one.member_id, self.now).holds:
            self.resolved(self.call(decide).donation)
        else:
            self.refuse(decide, AlreadyResolved)

    def resolved(self, one):
        """The donation is paid to the charity, or back to the donor."""
        at, source = one.resolution.resolved_at, one.resolution.source
        if one.resolution.outcome is donations.Outcome.CONFIRMED:
            self.oracle.note(one.member_id, at, source, "capture", hold=one.source, points=0)
        else:
            self.oracle.note(one.member_id, at, source, "release", hold=one.source)
