"""Relations that need rows, read in batches: one statement for all that one answer asks for."""

from collections.abc import Mapping, Sequence

from strawberry.dataloader import DataLoader

from gamification import engine, journal, ledger, members
from gamification.engine import Fact, Transfer, View
from gamification.journal import Entry
from gamification.ledger import Origin
from gamification.members import Member
from kit.errors import NotFound
from rewards import catalogue, donations, redemptions
from rewards.catalogue import Offer
from rewards.donations import Thermometer


class Loaders:
    """The loaders of one operation; what they have read is forgotten with it."""

    def __init__(self) -> None:
        self.member = DataLoader(load_fn=_members_of)
        self.standing = DataLoader(load_fn=_standings_of)
        self.effects = DataLoader(load_fn=_effects_of)
        self.entry = DataLoader(load_fn=_entries_of)
        self.entry_of_source = DataLoader(load_fn=_entries_by_source)
        self.origin = DataLoader(load_fn=_origins_of)
        self.offer = DataLoader(load_fn=_offers_of)
        self.had = DataLoader(load_fn=_had)
        self.campaign = DataLoader(load_fn=_meters_of)
        self.campaigns = DataLoader(load_fn=_campaigns_of)
        self.transfer = DataLoader(load_fn=_transfers_of)

    def forget(self) -> None:
        """Read what a mutation has changed anew: a member's points, and what they went to."""
        self.standing.clear_all()
        self.effects.clear_all()
        self.offer.clear_all()
        self.had.clear_all()
        self.campaign.clear_all()
        self.campaigns.clear_all()


async def _standings_of(member_ids: list[str]) -> Sequence[View | NotFound]:
    found = await engine.standings_of(member_ids)
    return [found.get(one) or NotFound("member", one) for one in member_ids]


async def _members_of(member_ids: list[str]) -> Sequence[Member | None]:
    found = await members.members_of(member_ids)
    return [found.get(one) for one in member_ids]


async def _effects_of(entry_ids: list[str]) -> Sequence[Sequence[Fact]]:
    found = await engine.effects_because(entry_ids)
    return [found.get(one, []) for one in entry_ids]


async def _entries_of(entry_ids: list[str]) -> Sequence[Entry | None]:
    found = {entry.id: entry for entry in await journal.entries_by_id(entry_ids)}
    return [found.get(one) for one in entry_ids]


async def _entries_by_source(sources: list[str]) -> Sequence[Entry | None]:
    found = await journal.known_sources(sources)
    return [found[one].entry if one in found else None for one in sources]


async def _origins_of(lots: list[tuple[str, str]]) -> Sequence[Origin | None]:
    found = await ledger.origins_of(lots)
    return [found.get(one) for one in lots]


async def _offers_of(keys: list[str]) -> Sequence[Offer | NotFound]:
    found = await catalogue.offers_of(keys)
    return [found.get(key) or NotFound("reward", key) for key in keys]


async def _had(asked: list[tuple[str, str]]) -> Sequence[int]:
    """How many of each reward a member has had: of one member in practice, who asks."""
    counts: dict[str, Mapping[str, int]] = {}
    for member_id in {member_id for member_id, _ in asked}:
        wanted = [reward for one, reward in asked if one == member_id]
        counts[member_id] = await redemptions.counts_of(member_id, wanted)
    return [counts[member_id].get(reward, 0) for member_id, reward in asked]


async def _meters_of(keys: list[str]) -> Sequence[Thermometer | NotFound]:
    found = await donations.thermometers_of(keys)
    return [found.get(key) or NotFound("campaign", key) for key in keys]


async def _campaigns_of(charities: list[str]) -> Sequence[Sequence[Thermometer]]:
    found = await donations.campaigns_of(charities)
    return [found.get(charity, []) for charity in charities]


async def _transfers_of(ids: list[str]) -> Sequence[Transfer | NotFound]:
    found = await engine.transfers_of(ids)
    return [found.get(one) or NotFound("transfer", one) for one in ids]
