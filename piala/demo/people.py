"""The demo's members: invented people, as one meets them in a coffee shop in Indonesia."""

from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import Final

from piala import yaml_files
from piala.demo.faces import face

HERO: Final = "sari"
"""The external id of the member whose screen the demo shows."""
PEOPLE: Final = 200

_ZONES: Final = ("Asia/Jakarta",) * 15 + ("Asia/Makassar",) * 4 + ("Asia/Jayapura",)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who will be enrolled."""

    external_id: str
    name: str
    avatar: str
    zone: str
    locale: str
    card: str


def people(chance: Random) -> list[Person]:
    """Everybody, the hero first, no two of one name."""
    names = _names(chance)
    hero = Person(
        external_id=HERO,
        name="Sari Wulandari",
        avatar=face(Random(7), woman=True),
        zone="Asia/Jakarta",
        locale="id",
        card="KP-0001",
    )
    others = [
        Person(
            external_id=f"kopi-{number:03d}",
            name=name,
            avatar=face(chance, woman=woman),
            zone=chance.choice(_ZONES),
            locale=chance.choices(("id", "en"), (9, 1))[0],
            card=f"KP-{number:04d}",
        )
        for number, (name, woman) in enumerate(names, start=2)
    ]
    return [hero, *others]


def _names(chance: Random) -> list[tuple[str, bool]]:
    text = files("piala.demo").joinpath("names.yaml").read_text("utf-8")
    (lists,) = yaml_files.parse(text, name="names.yaml")
    names: dict[str, bool] = {}
    while len(names) < PEOPLE - 1:
        woman = chance.random() < 0.55
        first = chance.choice(lists["women" if woman else "men"])
        names.setdefault(f"{first} {chance.choice(lists['families'])}", woman)
    return list(names.items())
