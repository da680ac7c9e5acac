"""Reading charities and campaigns: definitions from memory, totals from one statement."""

from collections.abc import Iterator, Sequence

from gamification import programme
from gamification.programme import Definition, DefinitionKind
from kit import clock, database
from kit.errors import NotFound
from rewards.donations.definition import Campaign, Charity
from rewards.donations.thermometer import Thermometer, Total


async def charities_page(*, after: str | None = None, limit: int) -> list[Charity]:
    """Published charities, by key, from just behind the key `after`."""
    bodies: Iterator[Charity] = (one.body for one in await _published(DefinitionKind.CHARITY))
    found = sorted((body.key, body) for body in bodies if body.key > (after or ""))
    return [body for _, body in found[:limit]]


async def find_charity(key: str) -> Charity:
    """The published charity of that key. Raises `NotFound`."""
    charity = (await charities_of([key])).get(key)
    if charity is None:
        raise NotFound("charity", key)
    return charity


async def charities_of(keys: Sequence[str]) -> dict[str, Charity]:
    """The published charities of these keys."""
    wanted = set(keys)
    return {
        one.key: one.body for one in await _published(DefinitionKind.CHARITY) if one.key in wanted
    }


async def find_campaign(key: str) -> Thermometer:
    """The published campaign of that key. Raises `NotFound`."""
    thermometer = (await thermometers_of([key])).get(key)
    if thermometer is None:
        raise NotFound("campaign", key)
    return thermometer


async def thermometers_of(campaigns: Sequence[str]) -> dict[str, Thermometer]:
    """The published campaigns of these keys."""
    wanted = set(campaigns)
    definitions = await _published(DefinitionKind.CAMPAIGN)
    return await _measured([one for one in definitions if one.key in wanted])


async def campaigns_of(charities: Sequence[str]) -> dict[str, list[Thermometer]]:
    """The published campaigns of these charities, each charity's by key."""
    wanted = set(charities)
    definitions = await _published(DefinitionKind.CAMPAIGN)
    measured = await _measured([one for one in definitions if one.body.charity in wanted])
    grouped: dict[str, list[Thermometer]] = {charity: [] for charity in charities}
    for key in sorted(measured):
        grouped[measured[key].campaign.charity].append(measured[key])
    return grouped


async def _published(kind: DefinitionKind) -> list[Definition]:
    edition = (await programme.current()).at(clock.now())
    return [definition for (each, _), definition in edition.others.items() if each is kind]


async def _measured(definitions: Sequence[Definition]) -> dict[str, Thermometer]:
    totals = await _totals([one.key for one in definitions])
    return {one.key: _thermometer(one, totals) for one in definitions}


def _thermometer(definition: Definition, totals: dict[tuple[str, str], Total]) -> Thermometer:
    campaign: Campaign = definition.body
    total = totals.get((campaign.key, campaign.currency), Total())
    return Thermometer(campaign=campaign, version=definition.version, total=total)


async def _totals(campaigns: Sequence[str]) -> dict[tuple[str, str], Total]:
    if not campaigns:
        return {}
    rows = await database.fetch(
        "SELECT campaign, currency, raised, donations, donors FROM campaign_total"
        " WHERE campaign IN ?",
        campaigns,
    )
    return {(row[0], row[1]): Total(*row[2:]) for row in rows}
