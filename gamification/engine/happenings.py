"""An activity as metrics and conditions see it. Pure."""

from gamification.conditions import DEFAULTS, Activation
from gamification.engine.scene import Scene
from gamification.journal import Entry
from gamification.metrics import Happening
from gamification.programme import Plan, attribute_types
from kit.calendar import day_of, zone_of
from kit.clock import Instant, to_datetime


def happening_of(scene: Scene, entry: Entry, plan: Plan) -> Happening:
    """The entry with as much beside it as those who look at its kind want to know."""
    facts = entry.facts
    return Happening(
        at=entry.at,
        kind=entry.kind,
        day=day_of(entry.at, scene.zone).isoformat() if plan.needs_day else "",
        amount=facts.amount or 0,
        quantity=1 if facts.quantity is None else facts.quantity,
        currency=facts.currency,
        channel=facts.channel,
        partner=facts.partner,
        attributes=facts.attributes,
        activation=_activation(scene, entry, plan) if plan.needs_activation else {},
    )


def _activation(scene: Scene, entry: Entry, plan: Plan) -> Activation:
    facts = entry.facts
    local = _local_time(entry.at, scene.zone)
    activation: Activation = {
        "activity.kind": entry.kind,
        "activity.amount": facts.amount or 0,
        "activity.currency": facts.currency,
        "activity.quantity": 1 if facts.quantity is None else facts.quantity,
        "activity.channel": facts.channel,
        "activity.partner": facts.partner,
        "activity.hour": local[0],
        "activity.weekday": local[1],
        "member.time_zone": scene.zone,
        "standing.tier": _tier_key(scene),
        "standing.balance": _main_balance(scene) if plan.needs_balance else 0,
    }
    for name, kind in attribute_types(scene.edition.kinds.get(entry.kind)).items():
        activation[f"activity.attributes.{name}"] = facts.attributes.get(name, DEFAULTS[kind])
    return activation


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


def _local_time(at: Instant, zone: str) -> tuple[int, int]:
    moment = to_datetime(at).astimezone(zone_of(zone))
    return moment.hour, moment.isoweekday()
