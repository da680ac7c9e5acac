"""The floors that own tables, lowest first: where models and migrations are looked for.

They are names, not imports: imports run downhill, and this is the ground.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from tortoise.models import Model

HOUSES: Final = ("kit", "gamification", "rewards")


def model_modules() -> list[str]:
    """The names of all `models` modules that hold ORM models."""
    return [module.__name__ for module in _modules_named("models") if _has_models(module)]


def _modules_named(name: str) -> Iterator[ModuleType]:
    for house in HOUSES:
        spec = find_spec(house)
        if spec is None:
            continue
        for found in pkgutil.walk_packages(spec.submodule_search_locations, f"{house}."):
            if found.name.rpartition(".")[2] == name:
                yield importlib.import_module(found.name)


def _has_models(module: ModuleType) -> bool:
    return any(
        isinstance(thing, type) and issubclass(thing, Model) and not thing._meta.abstract
        for thing in vars(module).values()
    )
