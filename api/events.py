"""What happens to a member: the effects of an activity, and the events of a live screen."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, TypeAlias

import strawberry

from api import reasons
from api.badges import Badge
from api.challenges import Challenge
from api.context import Info, Reader
from api.donations import Campaign
from api.leaderboards import Leaderboard
from api.points import Currency
from api.progress import Progress
from api.rewards import Reward
from api.scalars import BigInt, DateTime
from api.streaks import Streak
from api.tiers import Tier
from api.transfers import Transfer
from gamification.ledger import EntryKind, Wallet

Fact: TypeAlias = Mapping[str, Any]


@strawberry.type(description="Points moved.")
class PointsPosted:
    currency: Currency = strawberry.field(description="Which points.")
    amount: BigInt = strawberry.field(description="Plus for what came in, minus for what went out.")
    why: str = strawberry.field(description="The reason, in the viewer's language.")
    occurred_at: DateTime = strawberry.field(description="When.")
    fact: strawberry.Private[Fact]
    member_id: strawberry.Private[str]

    @strawberry.field(description="What can be spent after it.")
    async def balance(self, info: Info) -> BigInt:
        told = self.fact.get("balance")
        if told is not None:
            return BigInt(told)
        view = await info.context.standing(self.member_id)
        return BigInt(view.standing.wallets.get(self.fact["currency"], Wallet()).balance(view.at))


@strawberry.type(description="A badge was won, or a step of it.")
class BadgeAwarded:
    badge: Badge = strawberry.field(description="The badge.")
    level: str | None = strawberry.field(description="The key of the step; null where it has none.")


@strawberry.type(description="A badge was lost, because what had won it was taken back.")
class BadgeRevoked:
    badge: Badge = strawberry.field(description="The badge.")
    level: str | None = strawberry.field(description="The key of the step; null where it has none.")


@strawberry.type(description="The member moved on the ladder.")
class TierChanged:
    from_: Tier | None = strawberry.field(name="from", description="The tier before.")
    to: Tier = strawberry.field(description="The tier now.")


@strawberry.type(description="The member came further in a challenge.")
class ChallengeProgressed:
    challenge: Challenge = strawberry.field(description="The challenge.")
    progress: Progress = strawberry.field(description="How far.")


@strawberry.type(description="The member completed a challenge.")
class ChallengeCompleted:
    challenge: Challenge = strawberry.field(description="The challenge.")


@strawberry.type(description="One more period of a streak counted.")
class StreakExtended:
    streak: Streak = strawberry.field(description="The streak.")
    length: int = strawberry.field(description="How long the run is now.")


@strawberry.type(description="A run ended.")
class StreakBroken:
    streak: Streak = strawberry.field(description="The streak.")
    length: int = strawberry.field(description="How long the run was.")


@strawberry.type(description="The member's own score moved the member on a leaderboard.")
class RankChanged:
    leaderboard: Leaderboard = strawberry.field(description="The leaderboard.")
    rank: int = strawberry.field(description="The rank now.")
    previous_rank: int | None = strawberry.field(
        description="The rank that the score before would have now; null where there was none."
    )


@strawberry.type(description="A donation was confirmed.")
class DonationConfirmed:
    points: BigInt = strawberry.field(description="How many points were given.")
    fact: strawberry.Private[Fact]

    @strawberry.field(description="The campaign, with what it has now.")
    async def campaign(self, info: Info) -> Campaign:
        fresh = info.context.renewed()
        meter = await fresh.loaders.campaign.load(self.fact["campaign"])
        return Campaign.of(meter, await fresh.reader())


@strawberry.type(description="A reward was redeemed.")
class RewardRedeemed:
    fact: strawberry.Private[Fact]

    @strawberry.field(description="The reward, with what is left of it now.")
    async def reward(self, info: Info) -> Reward:
        fresh = info.context.renewed()
        offer = await fresh.loaders.offer.load(self.fact["reward"])
        return Reward.of(offer, await fresh.reader())


@strawberry.type(description="A reward was returned: its points are back.")
class RewardReturned:
    fact: strawberry.Private[Fact]

    @strawberry.field(description="The reward, with what is left of it now.")
    async def reward(self, info: Info) -> Reward:
        fresh = info.context.renewed()
        offer = await fresh.loaders.offer.load(self.fact["reward"])
        return Reward.of(offer, await fresh.reader())


@strawberry.type(description="The member handed points over to another.")
class PointsSent:
    fact: strawberry.Private[Fact]

    @strawberry.field(description="What, and to whom.")
    async def transfer(self, info: Info) -> Transfer:
        return await _transfer(info, self.fact)


@strawberry.type(description="Another member handed points over to the member.")
class PointsReceived:
    fact: strawberry.Private[Fact]

    @strawberry.field(description="What, and from whom.")
    async def transfer(self, info: Info) -> Transfer:
        return await _transfer(info, self.fact)


async def _transfer(info: Info, fact: Fact) -> Transfer:
    found = await info.context.loaders.transfer.load(fact["transfer"])
    return Transfer.of(found, await info.context.reader())


Effect: TypeAlias = Annotated[
    PointsPosted | BadgeAwarded | BadgeRevoked | TierChanged | ChallengeCompleted,
    strawberry.union("Effect", description="What an activity brought about."),
]
Event: TypeAlias = Annotated[
    PointsPosted
    | BadgeAwarded
    | BadgeRevoked
    | TierChanged
    | ChallengeProgressed
    | ChallengeCompleted
    | StreakExtended
    | StreakBroken
    | RankChanged
    | DonationConfirmed
    | RewardRedeemed
    | RewardReturned
    | PointsSent
    | PointsReceived,
    strawberry.union("Event", description="What happened to a member."),
]
Told: TypeAlias = (
    PointsPosted
    | BadgeAwarded
    | BadgeRevoked
    | TierChanged
    | ChallengeProgressed
    | ChallengeCompleted
    | StreakExtended
    | StreakBroken
    | DonationConfirmed
    | RewardRedeemed
    | RewardReturned
    | PointsSent
    | PointsReceived
)


def told(fact: Fact, member_id: str, reader: Reader) -> Told | None:
    """What a fact tells; None where it tells nothing, or of what is no more."""
    tell = _TELLING.get(fact["type"])
    try:
        return tell and tell(fact, member_id, reader)
    except KeyError:
        # It is about a definition that this edition does not have.
        return None


def _posted(fact: Fact, member_id: str, reader: Reader) -> PointsPosted:
    kind = EntryKind(fact["kind"])
    if kind is EntryKind.SPEND and fact["amount"] > 0:
        # Some of it is given back: what is told of is the difference.
        kind = EntryKind.REVERSE
    return PointsPosted(
        currency=Currency.named(fact["currency"], reader),
        amount=BigInt(fact["amount"]),
        why=reasons.sentence(fact["subject"], kind, reader),
        occurred_at=DateTime(fact["at"]),
        fact=fact,
        member_id=member_id,
    )


def _awarded(fact: Fact, _member_id: str, reader: Reader) -> BadgeAwarded:
    return BadgeAwarded(badge=_badge(fact, reader), level=fact["level"] or None)


def _revoked(fact: Fact, _member_id: str, reader: Reader) -> BadgeRevoked:
    return BadgeRevoked(badge=_badge(fact, reader), level=fact["level"] or None)


def _badge(fact: Fact, reader: Reader) -> Badge:
    compiled = reader.edition.badges[fact["badge"]]
    return Badge.of(compiled.badge, compiled.version, reader.having_won(fact["badge"]))


def _tier_changed(fact: Fact, _member_id: str, reader: Reader) -> TierChanged | None:
    compiled = reader.edition.tier_set
    if compiled is None:
        return None
    ladder = compiled.tier_set
    places = {level.key: place for place, level in enumerate(ladder.levels)}
    before = places.get(fact["from"] or "")
    return TierChanged(
        from_=None if before is None else Tier.of(ladder, before, reader),
        to=Tier.of(ladder, places[fact["to"]], reader),
    )


def _challenge(fact: Fact, reader: Reader) -> Challenge:
    compiled = reader.edition.challenges[fact["challenge"]]
    return Challenge.of(compiled.challenge, compiled.version, reader)


def _progressed(fact: Fact, _member_id: str, reader: Reader) -> ChallengeProgressed:
    progress = Progress.of(fact["value"], fact["goal"])
    return ChallengeProgressed(challenge=_challenge(fact, reader), progress=progress)


def _completed(fact: Fact, _member_id: str, reader: Reader) -> ChallengeCompleted:
    return ChallengeCompleted(challenge=_challenge(fact, reader))


def _streak(fact: Fact, reader: Reader) -> Streak:
    compiled = reader.edition.streaks[fact["streak"]]
    return Streak.of(compiled.streak, compiled.version, reader)


def _extended(fact: Fact, _member_id: str, reader: Reader) -> StreakExtended:
    return StreakExtended(streak=_streak(fact, reader), length=fact["length"])


def _broken(fact: Fact, _member_id: str, reader: Reader) -> StreakBroken:
    return StreakBroken(streak=_streak(fact, reader), length=fact["length"])


def _donated(fact: Fact, _member_id: str, _reader: Reader) -> DonationConfirmed:
    return DonationConfirmed(points=BigInt(fact["points"]), fact=fact)


def _redeemed(fact: Fact, _member_id: str, _reader: Reader) -> RewardRedeemed:
    return RewardRedeemed(fact=fact)


def _sent(fact: Fact, _member_id: str, _reader: Reader) -> PointsSent:
    return PointsSent(fact=fact)


def _received(fact: Fact, _member_id: str, _reader: Reader) -> PointsReceived:
    return PointsReceived(fact=fact)


def _returned(fact: Fact, _member_id: str, _reader: Reader) -> RewardReturned:
    return RewardReturned(fact=fact)


_TELLING: Final[Mapping[str, Callable[[Fact, str, Reader], Told | None]]] = {
    "points.posted": _posted,
    "badge.awarded": _awarded,
    "badge.revoked": _revoked,
    "tier.changed": _tier_changed,
    "challenge.progressed": _progressed,
    "challenge.completed": _completed,
    "streak.extended": _extended,
    "streak.broken": _broken,
    "donation.confirmed": _donated,
    "reward.redeemed": _redeemed,
    "reward.returned": _returned,
    "points.sent": _sent,
    "points.received": _received,
}
