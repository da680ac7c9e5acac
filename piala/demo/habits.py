"""What people do in coffee shops: habits, and half a year of activities that follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from kit import clock
from kit.clock import Instant
from piala.demo.people import HERO, Person

STORES: Final = {
    "Asia/Jakarta": ("Kemang", "Menteng", "Senayan", "Dago", "Braga", "Malioboro", "Simpang Lima"),
    "Asia/Makassar": ("Losari", "Panakkukang", "Ubud", "Sanur", "Seminyak", "Kuta"),
    "Asia/Jayapura": ("Jayapura", "Abepura", "Sentani"),
}
DRINKS: Final = {
    "kopi-susu": 24_000,
    "es-kopi-aren": 26_000,
    "kopi-tubruk": 18_000,
    "cappuccino": 34_000,
    "flat-white": 36_000,
    "americano": 28_000,
    "cold-brew": 38_000,
    "v60-gayo": 42_000,
    "v60-toraja": 44_000,
    "mocha": 38_000,
    "teh-tarik": 22_000,
    "cokelat": 32_000,
    "es-kelapa-kopi": 35_000,
}
RUPIAH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How somebody comes: how likely on each weekday (Monday first), at which hours, how many
    drinks at a time, and for which part of the half year (0 to 1)."""

    days: tuple[float, ...]
    hours: tuple[int, ...]
    cups: tuple[int, ...] = (1,)
    between: tuple[float, float] = (0.0, 1.0)


_COMMUTER: Final = Habit(days=(0.8, 0.8, 0.8, 0.8, 0.7, 0.1, 0.05), hours=(6, 7, 7, 8, 8))
_OFFICE: Final = Habit(
    days=(0.5, 0.4, 0.5, 0.4, 0.6, 0.05, 0.0), hours=(12, 13, 14, 15), cups=(1, 1, 2)
)
_WEEKEND: Final = Habit(
    days=(0.0, 0.0, 0.0, 0.05, 0.2, 0.6, 0.6), hours=(10, 11, 15, 16, 19), cups=(2, 2, 3, 4)
)
_STUDENT: Final = Habit(days=(0.3, 0.3, 0.35, 0.3, 0.4, 0.3, 0.2), hours=(16, 18, 19, 20, 21))
_SOMETIMES: Final = Habit(days=(0.06,) * 7, hours=(8, 11, 14, 17), cups=(1, 2))
_HOST: Final = Habit(days=(0.0, 0.08, 0.0, 0.1, 0.12, 0.1, 0.0), hours=(11, 14, 17), cups=(5, 7, 9))
_LAPSED: Final = Habit(days=(0.3,) * 7, hours=(7, 9, 13, 17), between=(0.0, 0.45))
_NEW: Final = Habit(days=(0.35,) * 7, hours=(7, 8, 14, 18), cups=(1, 1, 2), between=(0.72, 1.0))
_HABITS: Final = (
    *(_COMMUTER,) * 4,
    *(_OFFICE,) * 4,
    *(_WEEKEND,) * 4,
    *(_STUDENT,) * 3,
    *(_SOMETIMES,) * 6,
    _HOST,
    *(_LAPSED,) * 3,
    *(_NEW,) * 3,
)
_HERO: Final = Habit(days=(0.55, 0.55, 0.5, 0.55, 0.6, 0.4, 0.3), hours=(7, 8, 8, 14, 17))
_HERO_RUN: Final = 12
"""Sari comes every day lately, though not yet today: the next cup makes her streak longer."""
_NIGHT: Final = 4 * clock.HOUR
"""What is done before four in the morning belongs to the day before, as in the daily streak."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that somebody did."""

    person: Person
    at: Instant
    kind: str
    rupiah: int | None = None
    attributes: dict[str, Any]


class Life:
    """One person's half year, drawn by chance from their habit."""

    def __init__(self, person: Person, chance: Random) -> None:
        self.person = person
        self._chance = chance
        self._habit = _HERO if person.external_id == HERO else chance.choice(_HABITS)
        self._zone = ZoneInfo(person.zone)
        self._stores = chance.sample(STORES[person.zone], k=chance.choice((1, 2, 2, 3)))
        self._drinks = chance.sample(list(DRINKS), k=chance.choice((1, 2, 3, 5, 8)))
        self._owns_cup = chance.random() < 0.2

    def deeds(self, *, since: Instant, until: Instant) -> Iterator[Deed]:
        """All that the person does from `since` until just before `until`."""
        first, today = self._day(since), self._day(until)
        length = (today - first).days
        for number in range(length + 1):
            day = first + timedelta(days=number)
            present = self._habit.between[0] <= number / length <= self._habit.between[1]
            if present and self._comes(day, days_ago=length - number):
                for deed in self._at_the_shop(day):
                    if since <= deed.at < until:
                        yield deed

    def _comes(self, day: date, *, days_ago: int) -> bool:
        likely = self._chance.random() < self._habit.days[day.weekday()]
        if self.person.external_id == HERO and days_ago <= _HERO_RUN:
            return days_ago > 0
        return likely

    def _at_the_shop(self, day: date) -> Iterator[Deed]:
        chance = self._chance
        hour = chance.choice(self._habit.hours)
        moment = time(hour, chance.randrange(60), chance.randrange(60))
        at = clock.from_datetime(datetime.combine(day, moment, self._zone))
        store = chance.choice(self._stores if chance.random() < 0.9 else STORES[self.person.zone])
        drink = chance.choice(self._drinks if chance.random() < 0.85 else list(DRINKS))
        yield self._purchase(at, store, drink)
        if chance.random() < 0.12:
            yield self._deed(at - 5 * clock.MINUTE, "visit", {"store": store})
        if chance.random() < 0.06:
            stars = chance.choice((3, 4, 4, 5, 5, 5))
            later = chance.randrange(1, 5) * clock.HOUR
            yield self._deed(at + later, "review", {"drink": drink, "stars": stars})
        if chance.random() < 0.008:
            yield self._deed(at + clock.HOUR, "referral", {})

    def _purchase(self, at: Instant, store: str, drink: str) -> Deed:
        cups = self._chance.choice(self._habit.cups)
        cake = self._chance.choice((0, 0, 0, 15_000, 22_000, 28_000))
        bought = {"store": store, "drink": drink, "cups": cups}
        if self._owns_cup and self._chance.random() < 0.8:
            bought["own_cup"] = True
        return self._deed(at, "purchase", bought, rupiah=cups * DRINKS[drink] + cake)

    def _deed(
        self, at: Instant, kind: str, attributes: dict[str, Any], *, rupiah: int | None = None
    ) -> Deed:
        return Deed(person=self.person, at=at, kind=kind, rupiah=rupiah, attributes=attributes)

    def _day(self, moment: Instant) -> date:
        return clock.to_datetime(moment - _NIGHT).astimezone(self._zone).date()
