"""Loading the demo: half a year of a coffee chain, week by week, by everybody's own verbs."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from itertools import count
from operator import attrgetter
from random import Random
from typing import Final

import msgspec

from gamification import engine, members, programme
from gamification.engine import Answer, Recorded, Recording
from gamification.journal import Entry
from gamification.members import Enrolment
from kit import clock, database
from kit.clock import Instant
from kit.errors import InsufficientPoints, NotAvailable, NotFound
from piala import programmes, yaml_files
from piala.demo.habits import RUPIAH, Deed, Life
from piala.demo.people import HERO, Person, people
from piala.demo.relative import filled
from rewards import donations, redemptions
from workers.relay import relay

WEEKS: Final = 26
SEED: Final = 17_081_945
GIVERS_A_WEEK: Final = 12
REDEEMERS_A_WEEK: Final = 4
_CAMPAIGNS: Final = ("water-for-sumba", "water-for-sumba", "seedlings-for-gayo")
_REWARDS: Final = ("milk-coffee", "milk-coffee", "pastry", "discount-25k", "gayo-beans")


class Loaded(msgspec.Struct, kw_only=True):
    """What the demo came to."""

    members: int = 0
    activities: int = 0
    donations: int = 0
    redemptions: int = 0


async def load(tell: Callable[[int], None]) -> Loaded | None:
    """Load the demo, all of it or nothing; None where it is there already.

    `tell` hears how many of the `WEEKS` are done. Raises `NotAvailable` where the database has a
    programme of its own.
    """
    if await is_loaded():
        return None
    if (await programme.current()).revision:
        raise NotAvailable("The demo", "this database has a programme of its own")
    loaded = await database.unit_of_work(_load, clock.now(), tell)
    await relay()
    return loaded


async def is_loaded() -> bool:
    """Whether the demo's people are here."""
    try:
        await members.find(external_id=HERO)
    except NotFound:
        return False
    return True


async def _load(now: Instant, tell: Callable[[int], None]) -> Loaded:
    chance = Random(SEED)
    began = now - WEEKS * 7 * clock.DAY
    deeds = _deeds(chance, began, now)
    loaded = Loaded()
    async with database.transaction():
        with _running_from(began):
            await _publish(now)
        for week in range(WEEKS):
            ends = began + (week + 1) * 7 * clock.DAY
            part = [deed for deed in deeds if ends - 7 * clock.DAY <= deed.at < ends]
            with _running_from(ends):
                await _live(part, loaded)
                await _spend(chance, week, loaded)
            tell(week + 1)
    return loaded


@contextmanager
def _running_from(start: Instant) -> Iterator[None]:
    """A clock that is `start` now and runs on by a millisecond each time that it is read."""
    ticks = count(start, clock.SECOND // 1_000)
    with clock.fixed(start):
        clock.set_now(lambda: next(ticks))
        yield


async def _publish(now: Instant) -> None:
    text = files("piala.demo").joinpath("programme.yaml").read_text("utf-8")
    documents = yaml_files.parse(filled(text, now), name="programme.yaml")
    publications = programmes.publications_of(documents, name="programme.yaml")
    await programmes.apply_documents(publications, by="piala demo")


def _deeds(chance: Random, since: Instant, until: Instant) -> list[Deed]:
    deeds: list[Deed] = []
    for person in people(chance):
        own = Random(chance.random())  # Nobody's life depends on how often others drew.
        deeds += Life(person, own).deeds(since=since, until=until)
    return sorted(deeds, key=attrgetter("at"))


async def _live(deeds: Sequence[Deed], loaded: Loaded) -> None:
    for person in {deed.person.external_id: deed.person for deed in deeds}.values():
        loaded.members += not (await _enrol(person)).replayed
    answers = await engine.record([_recording(deed) for deed in deeds])
    loaded.activities += len(answers)
    await engine.settle([_entry(answer).member_id for answer in answers])


def _entry(answer: Answer) -> Entry:
    if not isinstance(answer, Recorded):
        raise answer
    return answer.entry


async def _enrol(person: Person) -> engine.Enrolled:
    return await engine.enrol(
        Enrolment(
            external_id=person.external_id,
            display_name=person.name,
            time_zone=person.zone,
            locale=person.locale,
            avatar_url=person.avatar,
            card_number=person.card,
        )
    )


def _recording(deed: Deed) -> Recording:
    return Recording(
        external_id=deed.person.external_id,
        kind=deed.kind,
        source=f"demo:{deed.person.external_id}:{deed.kind}:{deed.at}",
        occurred_at=deed.at,
        amount=None if deed.rupiah is None else deed.rupiah * RUPIAH,
        currency=None if deed.rupiah is None else "IDR",
        channel="IN_STORE" if deed.kind in ("purchase", "visit") else "APP",
        attributes=deed.attributes,
    )


async def _spend(chance: Random, week: int, loaded: Loaded) -> None:
    """Some give, some treat themselves, as far as their points reach."""
    everybody = await members.page(after=None, limit=1_000)
    for number in range(GIVERS_A_WEEK):
        member = chance.choice(everybody)
        points = chance.choice((50, 50, 80, 100, 150, 250))
        campaign = chance.choice(_CAMPAIGNS)
        try:
            await donations.donate(
                member.id,
                campaign=campaign,
                points=points,
                source=f"demo:donation:{week}:{number}",
                anonymous=chance.random() < 0.2,
            )
            loaded.donations += 1
        except (InsufficientPoints, NotAvailable):
            continue
    for number in range(REDEEMERS_A_WEEK):
        member = chance.choice(everybody)
        try:
            await redemptions.redeem(
                member.id,
                reward=chance.choice(_REWARDS),
                source=f"demo:redemption:{week}:{number}",
            )
            loaded.redemptions += 1
        except (InsufficientPoints, NotAvailable):
            continue
