"""Reading the catalogue: definitions from the programme in memory, stock from one statement."""

from collections.abc import Iterable, Sequence

from gamification import programme
from gamification.programme import Definition, DefinitionKind
from kit import clock, database
from kit.errors import NotFound
from rewards.catalogue.definition import Reward
from rewards.catalogue.offers import Offer, has_ended, offer_of


async def page(*, after: str | None = None, limit: int) -> list[Offer]:
    """Published rewards that are not over, by key, from just behind the key `after`."""
    now = clock.now()
    keys = sorted(
        definition.key
        for definition in await _published()
        if definition.key > (after or "") and not has_ended(definition.body, now)
    )
    offers = await offers_of(keys[:limit])
    return [offers[key] for key in keys[:limit]]


async def find(key: str) -> Offer:
    """The published reward of that key, over or not. Raises `NotFound`."""
    offer = (await offers_of([key])).get(key)
    if offer is None:
        raise NotFound("reward", key)
    return offer


async def offers_of(keys: Sequence[str]) -> dict[str, Offer]:
    """The published rewards of these keys; there is none for a key that nobody published."""
    wanted = set(keys)
    definitions = [one for one in await _published() if one.key in wanted]
    taken = await _taken(one.key for one in definitions)
    return {
        one.key: offer_of(one.body, version=one.version, taken=taken.get(one.key, 0))
        for one in definitions
    }


async def _published() -> list[Definition]:
    edition = (await programme.current()).at(clock.now())
    return [
        definition
        for (kind, _), definition in edition.others.items()
        if kind is DefinitionKind.REWARD and isinstance(definition.body, Reward)
    ]


async def _taken(rewards: Iterable[str]) -> dict[str, int]:
    keys = list(rewards)
    if not keys:
        return {}
    rows = await database.fetch("SELECT reward, taken FROM reward_stock WHERE reward IN ?", keys)
    return {row[0]: row[1] for row in rows}
