"""An edition: the definitions in force at one time, compiled and indexed by what they look at."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

import msgspec

from gamification.badges import Badge, CompiledBadge
from gamification.challenges import Challenge, CompiledChallenge
from gamification.conditions import BadCondition, Condition, ValueType, compile_condition
from gamification.journal import ActivityKind
from gamification.leaderboards import CompiledBoard, Leaderboard
from gamification.ledger import Currency, CurrencyKind, ExpiryMode
from gamification.metrics import CompiledMetric, Metric
from gamification.programme.definition import Definition
from gamification.programme.kinds import Body, DefinitionKind
from gamification.rules import CompiledRule, EarningRule, compiled_rule
from gamification.streaks import CompiledStreak, Streak
from gamification.tiers import CompiledTierSet, TierSet

T = TypeVar("T")


class Plan(msgspec.Struct, kw_only=True):
    """All that looks at one activity kind, or at one currency's earnings, in a fixed order.

    `unlocks` are the currencies whose points await the kind, each with the attribute that must
    match; `slides` those whose points such an activity makes last. `asked` is what conditions read.
    """

    unlocks: list[tuple[str, str]] = []
    slides: list[Currency] = []
    rules: list[CompiledRule] = []
    challenges: list[CompiledChallenge] = []
    streaks: list[CompiledStreak] = []
    tier_set: CompiledTierSet | None = None
    badges: list[CompiledBadge] = []
    boards: list[CompiledBoard] = []
    asked: tuple[str, ...] = ()
    needs_day: bool = False


class Edition(msgspec.Struct, kw_only=True):
    """The definitions in force, by key; `others` are those of higher floors.

    `by_any_kind` is for kinds that nothing looks at but what looks at all.
    """

    kinds: dict[str, ActivityKind] = {}
    currencies: dict[str, Currency] = {}
    main_currency: str = ""
    rules: dict[str, CompiledRule] = {}
    badges: dict[str, CompiledBadge] = {}
    challenges: dict[str, CompiledChallenge] = {}
    streaks: dict[str, CompiledStreak] = {}
    tier_set: CompiledTierSet | None = None
    boards: dict[str, CompiledBoard] = {}
    others: dict[tuple[DefinitionKind, str], Definition] = {}
    by_kind: dict[str, Plan] = {}
    by_any_kind: Plan | None = None
    by_currency: dict[str, Plan] = {}


def compiled(definitions: Iterable[Definition], outdated: Iterable[Definition] = ()) -> Edition:
    """The edition that these definitions (one version a key, already checked) make.

    Points that were earned by `outdated` ones still await what those said.
    Raises `BadCondition` where a condition asks for what its activity kind does not have.
    """
    edition = Edition()
    ordered = sorted(definitions, key=lambda definition: (definition.kind, definition.key))
    for definition in ordered:
        if isinstance(definition.body, ActivityKind):
            edition.kinds[definition.key] = definition.body
        elif isinstance(definition.body, Currency):
            edition.currencies[definition.key] = definition.body
    edition.main_currency = _main(edition.currencies)
    for definition in ordered:
        try:
            _add(edition, definition)
        except BadCondition as error:
            kind = definition.kind.value.lower().replace("_", " ")
            raise BadCondition(f"{kind} {definition.key}: {error}") from None
    _plan(edition)
    _plan_terms(edition, [one.body for one in [*outdated, *ordered]])
    return edition


def _main(currencies: Mapping[str, Currency]) -> str:
    redeemable = [
        currency for currency in currencies.values() if currency.kind is CurrencyKind.REDEEMABLE
    ]
    flagged = [currency.key for currency in redeemable if currency.main]
    return next(iter([*flagged, *(currency.key for currency in redeemable)]), "")


def _money(currency: Currency | None) -> str | None:
    """Which money a currency of money is; None of what is none."""
    if currency is None or currency.kind is not CurrencyKind.MONEY:
        return None
    return currency.money


def _add(edition: Edition, definition: Definition) -> None:
    body, version = definition.body, definition.version
    match body:
        case ActivityKind() | Currency():
            pass
        case EarningRule():
            edition.rules[body.key] = compiled_rule(
                body,
                version=version,
                condition=_condition(edition, body.kind, body.condition),
                money=_money(edition.currencies.get(body.currency)),
            )
        case Badge():
            edition.badges[body.key] = CompiledBadge(
                badge=body,
                version=version,
                metric=_metric(edition, body.metric) if body.metric is not None else None,
                steps=body.steps,
            )
        case Challenge():
            metrics = tuple(_metric(edition, task.metric) for task in body.tasks)
            edition.challenges[body.key] = CompiledChallenge(
                challenge=body, version=version, metrics=metrics, identity=body.identity
            )
        case Streak():
            edition.streaks[body.key] = CompiledStreak(
                streak=body, version=version, metric=_metric(edition, body.metric)
            )
        case TierSet():
            edition.tier_set = CompiledTierSet(
                tier_set=body,
                version=version,
                metric=_metric(edition, body.metric),
                bonuses=tuple(Fraction(level.earn_multiplier or 1) for level in body.levels),
            )
        case Leaderboard():
            edition.boards[body.key] = CompiledBoard(
                board=body, version=version, metric=_metric(edition, body.metric)
            )
        case _:
            edition.others[definition.kind, definition.key] = definition


def _plan(edition: Edition) -> None:
    for rule in edition.rules.values():
        plan = edition.by_kind.setdefault(rule.rule.kind, Plan())
        plan.rules.append(rule)
        _note_needs(plan, rule.condition)
    for challenge in edition.challenges.values():
        for plan in _unique(_noted(edition, metric) for metric in challenge.metrics):
            plan.challenges.append(challenge)
    for streak in edition.streaks.values():
        _noted(edition, streak.metric).streaks.append(streak)
    for badge in edition.badges.values():
        if badge.metric is not None:
            _noted(edition, badge.metric).badges.append(badge)
    for board in edition.boards.values():
        _noted(edition, board.metric).boards.append(board)
    if edition.tier_set is not None:
        _noted(edition, edition.tier_set.metric).tier_set = edition.tier_set


def _plan_terms(edition: Edition, bodies: Iterable[Body]) -> None:
    for body in bodies:
        pending = body.pending if isinstance(body, Currency) else None
        if pending is not None and pending.event:
            plan = edition.by_kind.setdefault(pending.event, Plan())
            if (body.key, pending.match) not in plan.unlocks:
                plan.unlocks.append((body.key, pending.match))
    for currency in edition.currencies.values():
        expiry = currency.expiry
        if expiry is not None and expiry.mode is ExpiryMode.SLIDING:
            for kind in expiry.kinds or edition.kinds:
                edition.by_kind.setdefault(kind, Plan()).slides.append(currency)
            if not expiry.kinds:
                edition.by_any_kind = edition.by_any_kind or Plan()
                edition.by_any_kind.slides.append(currency)


def _noted(edition: Edition, compiled_metric: CompiledMetric) -> Plan:
    metric = compiled_metric.metric
    plans, key = (
        (edition.by_currency, metric.currency)
        if metric.currency
        else (edition.by_kind, metric.kind)
    )
    plan = plans.setdefault(key, Plan())
    _note_needs(plan, compiled_metric.condition)
    plan.needs_day |= metric.field == "day"
    return plan


def _note_needs(plan: Plan, condition: Condition | None) -> None:
    if condition is not None:
        plan.asked = tuple(sorted({*plan.asked, *condition.names}))


def _unique(plans: Iterable[Plan]) -> list[Plan]:
    return list({id(plan): plan for plan in plans}.values())


def _metric(edition: Edition, metric: Metric) -> CompiledMetric:
    return CompiledMetric(
        metric=metric,
        condition=_condition(edition, metric.kind, metric.where),
        identity=metric.identity,
    )


def _condition(edition: Edition, kind: str, source: str) -> Condition | None:
    return compile_condition(source, attribute_types(edition.kinds.get(kind)))


def attribute_types(kind: ActivityKind | None) -> dict[str, ValueType]:
    """The types of a kind's attributes, as conditions want to know them."""
    if kind is None:
        return {}
    return {name: ValueType(rule.type.value) for name, rule in kind.attributes.items()}
