"""The fold: one entry onto a standing. Pure: no clock, no table, no chance.

`fold` and `advance` change the standing that they are given and add to the effects; both depend
on nothing but their arguments. The order of what an activity does is fixed and reads top down:
points, then challenges and their prizes, streaks, tiers, badges, leaderboards; and then the same
for each of the points that were earned.
"""

from fractions import Fraction

import msgspec

from gamification import badges, challenges, leaderboards, rules, streaks, tiers
from gamification.conditions import DEFAULTS, Activation
from gamification.engine.effects import Effects, Honour, HonourKind
from gamification.engine.spends import capture, release, release_due, set_aside, spend
from gamification.engine.standing import Standing
from gamification.journal import Entry, EntryType
from gamification.ledger import BREAKAGE, ISSUANCE, MEMBER, NEVER, EntryKind, Lot, Posting
from gamification.metrics import Happening
from gamification.programme import Edition, Plan, Programme, attribute_types
from kit.calendar import MICROSECONDS_PER_DAY, day_of, zone_of
from kit.clock import Instant, to_datetime

_ONE = Fraction(1)


class Scene(msgspec.Struct, kw_only=True):
    """Where one entry is folded: onto whose standing, by which edition, into which effects."""

    standing: Standing
    edition: Edition
    zone: str
    at: Instant
    cause: str
    effects: Effects
    earned: list[tuple[str, int]] = []


def fold(
    standing: Standing, programme: Programme, entry: Entry, *, zone: str, effects: Effects
) -> None:
    """Fold one entry. Entries come in the order of `(at, source)`, retractions taken off."""
    advance(standing, programme, entry.at, zone=zone, effects=effects)
    scene = Scene(
        standing=standing,
        edition=programme.at(entry.at),
        zone=zone,
        at=entry.at,
        cause=entry.source,
        effects=effects,
    )
    match entry.type:
        case EntryType.ACTIVITY:
            _activity(scene, entry)
        case EntryType.SPEND:
            spend(standing, entry, effects)
        case EntryType.HOLD:
            set_aside(standing, entry, effects)
        case EntryType.CAPTURE:
            capture(standing, entry, effects)
        case EntryType.RELEASE:
            release(standing, entry, effects)
        case EntryType.CHOICE:
            _choice(scene, entry)
        case EntryType.RETRACTION:
            raise AssertionError("retractions are taken off before the fold")
    standing.last_at, standing.last_source = entry.at, entry.source
    standing.entries += 1
    standing.next_due = _next_due(standing)


def advance(
    standing: Standing, programme: Programme, to: Instant, *, zone: str, effects: Effects
) -> None:
    """Let everything that falls due up to and at `to` happen at its own time, in order.

    However often and however far it is called, the result for an instant is the same.
    """
    while standing.next_due <= to:
        due = standing.next_due
        scene = Scene(
            standing=standing,
            edition=programme.at(due),
            zone=zone,
            at=due,
            cause="",
            effects=effects,
        )
        _expire(scene)
        release_due(standing, due, effects)
        _lapse(scene)
        _slip(scene)
        standing.moved_at = due
        standing.next_due = _next_due(standing)


# --- what an entry does ---------------------------------------------------------------------------


def _activity(scene: Scene, entry: Entry) -> None:
    plan = scene.edition.by_kind.get(entry.kind)
    if plan is None:
        return
    happening = _happening(scene, entry, plan)
    for earning in rules.earnings_of(
        happening,
        plan.rules,
        zone=scene.zone,
        bonus=_bonus(scene),
        spent=scene.standing.capped,
    ):
        _earn(
            scene,
            key=f"earn:{entry.source}:{earning.rule.key}",
            currency=earning.rule.currency,
            points=earning.points,
            subject=f"rule:{earning.rule.key}@{earning.version}",
        )
    _count(scene, plan, happening)
    # Prizes append to what was earned while it is counted; each challenge completes only once.
    for currency, points in scene.earned:
        earned_plan = scene.edition.by_currency.get(currency)
        if earned_plan is not None:
            _count(scene, earned_plan, Happening(at=scene.at, earned=currency, amount=points))


def _choice(scene: Scene, entry: Entry) -> None:
    key = entry.facts.choice.removeprefix("join:")
    state = _challenge_state(scene.standing, key)
    if state.joined_at is None:
        state.joined_at = entry.at


def _count(scene: Scene, plan: Plan, happening: Happening) -> None:
    for challenge in plan.challenges:
        _challenge(scene, challenge, happening)
    for streak in plan.streaks:
        state = scene.standing.streaks.get(streak.streak.key)
        if state is None:
            state = scene.standing.streaks[streak.streak.key] = streaks.StreakState()
        streaks.extend(state, streak, happening, scene.zone)
    if plan.tier_set is not None:
        _tier(scene, plan.tier_set, happening)
    for badge in plan.badges:
        state_of_badge = _badge_state(scene.standing, badge.badge.key)
        for level in badges.progress(state_of_badge, badge, happening):
            _honour_badge(scene, badge, level)
    for board in plan.boards:
        _score(scene, board, happening)


def _challenge(scene: Scene, compiled: challenges.CompiledChallenge, happening: Happening) -> None:
    challenge = compiled.challenge
    if not challenge.starts_at <= happening.at < challenge.ends_at:
        return
    state = _challenge_state(scene.standing, challenge.key)
    if not challenges.progress(state, compiled, happening):
        return
    scene.effects.honours.append(
        Honour(
            kind=HonourKind.CHALLENGE,
            key=f"challenge:{challenge.key}",
            subject=challenge.key,
            value="",
            at=scene.at,
            version=compiled.version,
            cause=scene.cause,
        )
    )
    for number, prize in enumerate(challenge.prizes):
        if prize.points is not None:
            _earn(
                scene,
                key=f"prize:challenge:{challenge.key}:{number}",
                currency=prize.points.currency,
                points=prize.points.amount,
                subject=f"challenge:{challenge.key}@{compiled.version}",
            )
        badge = scene.edition.badges.get(prize.badge)
        if badge is not None:
            level = badge.badge.steps[0][0]
            if badges.award(_badge_state(scene.standing, prize.badge), level, scene.at):
                _honour_badge(scene, badge, level)


def _tier(scene: Scene, compiled: tiers.CompiledTierSet, happening: Happening) -> None:
    key = compiled.tier_set.key
    state = scene.standing.tiers.get(key)
    if state is None:
        state = scene.standing.tiers[key] = tiers.TierState()
    before = state.level
    if tiers.climb(state, compiled, happening):
        _honour_tier(scene, compiled, before, state.level)


def _score(scene: Scene, compiled: leaderboards.CompiledBoard, happening: Happening) -> None:
    key = compiled.board.key
    state = scene.standing.scores.get(key) or leaderboards.ScoreState()
    if leaderboards.score(state, compiled, happening):
        scene.standing.scores[key] = state
        scene.effects.scores[key, state.period] = state.counter.value, state.reached_at


def _earn(scene: Scene, *, key: str, currency: str, points: int, subject: str) -> None:
    definition = scene.edition.currencies.get(currency)
    pending_days = definition.pending_days if definition else 0
    expiry_days = definition.expires_after_days if definition else None
    available_at = scene.at + pending_days * MICROSECONDS_PER_DAY
    expires_at = NEVER if expiry_days is None else scene.at + expiry_days * MICROSECONDS_PER_DAY
    wallet = scene.standing.wallet(currency)
    wallet.deposit(Lot(expires_at, scene.at, key, points, available_at))
    scene.earned.append((currency, points))
    scene.effects.postings.append(
        Posting(
            key=key,
            currency=currency,
            kind=EntryKind.EARN,
            amount=points,
            debit=ISSUANCE,
            credit=MEMBER,
            subject=subject,
            at=scene.at,
            available_at=available_at,
            expires_at=expires_at,
            cause=scene.cause,
        )
    )


# --- what time does -------------------------------------------------------------------------------


def _expire(scene: Scene) -> None:
    for currency in sorted(scene.standing.wallets):
        wallet = scene.standing.wallets[currency]
        for lot in wallet.expire(scene.at):
            scene.effects.postings.append(
                Posting(
                    key=f"expire:{lot.key}",
                    currency=currency,
                    kind=EntryKind.EXPIRE,
                    amount=lot.points,
                    debit=MEMBER,
                    credit=BREAKAGE,
                    subject="expiry",
                    at=scene.at,
                    lots=((lot.key, lot.points),),
                )
            )


def _lapse(scene: Scene) -> None:
    for key, state in scene.standing.streaks.items():
        if state.breaks_at is None or state.breaks_at > scene.at:
            continue
        compiled = scene.edition.streaks.get(key)
        if compiled is None:
            state.breaks_at = None
        else:
            streaks.lapse(state, compiled.streak, scene.zone)


def _slip(scene: Scene) -> None:
    compiled = scene.edition.tier_set
    for key, state in scene.standing.tiers.items():
        leaves_at = tiers.next_slip(state)
        if leaves_at is None or leaves_at > scene.at:
            continue
        if compiled is None or compiled.tier_set.key != key:
            state.parts = []
            continue
        before = state.level
        if tiers.slip(state, compiled, scene.at):
            _honour_tier(scene, compiled, before, state.level)


def _next_due(standing: Standing) -> Instant:
    due = NEVER
    for wallet in standing.wallets.values():
        if wallet.lots:
            due = min(due, wallet.next_due())
    for hold in standing.holds.values():
        due = min(due, hold.release_at)
    for streak in standing.streaks.values():
        if streak.breaks_at is not None:
            due = min(due, streak.breaks_at)
    for tier in standing.tiers.values():
        if tier.parts:
            due = min(due, tier.parts[0][0])
    return due


# --- small pieces ---------------------------------------------------------------------------------


def _happening(scene: Scene, entry: Entry, plan: Plan) -> Happening:
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


def _honour_badge(scene: Scene, compiled: badges.CompiledBadge, level: str) -> None:
    key = compiled.badge.key
    scene.effects.honours.append(
        Honour(
            kind=HonourKind.BADGE,
            key=f"badge:{key}:{level}",
            subject=key,
            value=level,
            at=scene.at,
            version=compiled.version,
            cause=scene.cause,
        )
    )


def _honour_tier(scene: Scene, compiled: tiers.CompiledTierSet, before: int, after: int) -> None:
    levels = compiled.tier_set.levels
    # One entry can move the tier more than once (its points, then a prize): the level tells apart.
    moment = scene.cause or f"@{scene.at}"
    scene.effects.honours.append(
        Honour(
            kind=HonourKind.TIER,
            key=f"tier:{compiled.tier_set.key}:{moment}:{levels[after].key}",
            subject=compiled.tier_set.key,
            value=levels[after].key,
            previous=levels[min(before, len(levels) - 1)].key,
            at=scene.at,
            version=compiled.version,
            cause=scene.cause,
        )
    )


def _badge_state(standing: Standing, key: str) -> badges.BadgeState:
    state = standing.badges.get(key)
    if state is None:
        state = standing.badges[key] = badges.BadgeState()
    return state


def _challenge_state(standing: Standing, key: str) -> challenges.ChallengeState:
    state = standing.challenges.get(key)
    if state is None:
        state = standing.challenges[key] = challenges.ChallengeState()
    return state


def _bonus(scene: Scene) -> Fraction:
    compiled = scene.edition.tier_set
    if compiled is None:
        return _ONE
    state = scene.standing.tiers.get(compiled.tier_set.key)
    level = state.level if state is not None else 0
    return compiled.bonuses[min(level, len(compiled.bonuses) - 1)]


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
