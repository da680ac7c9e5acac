"""An activity as metrics and conditions see it. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime

from gamification.conditions import DEFAULTS, ValueType
from gamification.engine.scene import Scene
from gamification.journal import AttributeValue, Entry
from gamification.metrics import Happening
from gamification.programme import Plan
from kit.calendar import day_of, zone_of
from kit.clock import to_datetime


def happening_of(scene: Scene, entry: Entry, plan: Plan) -> Happening:
    """The entry with as much beside it as those who look at its kind want to know."""
    facts = entry.facts
    return Happening(
        at=entry.at,
        kind=entry.kind,
        day=day_of(entry.at, scene.zone).isoformat() if plan.needs_day else "",
        amount=facts.amount or 0,
        quantity=_quantity(entry),
        currency=facts.currency,
        channel=facts.channel,
        partner=facts.partner,
        attributes=facts.attributes,
        activation={name: _asked(scene, entry, name) for name in plan.asked},
    )


def _asked(scene: Scene, entry: Entry, name: str) -> AttributeValue:
    """What conditions read under a name."""
    read = _READ.get(name)
    if read is not None:
        return read(scene, entry)
    attribute = name.removeprefix("activity.attributes.")
    value = entry.facts.attributes.get(attribute)
    if value is None:
        kind = scene.edition.kinds[entry.kind].attributes[attribute].type
        return DEFAULTS[ValueType(kind.value)]
    return value


def _quantity(entry: Entry) -> int:
    return 1 if entry.facts.quantity is None else entry.facts.quantity


def _main_balance(scene: Scene) -> int:
    wallet = scene.standing.wallets.get(scene.edition.main_currency)
    return wallet.balance(scene.at) if wallet is not None else 0


def _tier_key(scene: Scene) -> str:
    compiled = scene.edition.tier_set
    if compiled is None:
        return ""
    state = scene.standing.tiers.get(compiled.tier_set.key)
    levels = compiled.tier_set.levels
    return levels[min(state.level if state is not None else 0, len(levels) - 1)].key


def _local_time(scene: Scene) -> datetime:
    return to_datetime(scene.at).astimezone(zone_of(scene.zone))


_READ: Mapping[str, Callable[[Scene, Entry], AttributeValue]] = {
    "activity.kind": lambda _, entry: entry.kind,
    "activity.amount": lambda _, entry: entry.facts.amount or 0,
    "activity.currency": lambda _, entry: entry.facts.currency,
    "activity.quantity": lambda _, entry: _quantity(entry),
    "activity.channel": lambda _, entry: entry.facts.channel,
    "activity.partner": lambda _, entry: entry.facts.partner,
    "activity.hour": lambda scene, _: _local_time(scene).hour,
    "activity.weekday": lambda scene, _: _local_time(scene).isoweekday(),
    "member.time_zone": lambda scene, _: scene.zone,
    "standing.tier": lambda scene, _: _tier_key(scene),
    "standing.balance": lambda scene, _: _main_balance(scene),
}
