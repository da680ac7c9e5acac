"""What an activity does to a standing. Pure."""

from fractions import Fraction

from gamification import badges, challenges, leaderboards, rules, streaks, tiers
from gamification.engine import deposits, spends
from gamification.engine.effects import Honour, HonourKind, Wish
from gamification.engine.happenings import happening_of
from gamification.engine.scene import (
    Scene,
    badge_state,
    challenge_state,
    honour_badge,
    honour_tier,
)
from gamification.journal import Entry
from gamification.ledger import (
    ADJUSTMENT,
    ISSUANCE,
    MEMBER,
    CurrencyKind,
    EntryKind,
    Posting,
    Terms,
)
from gamification.metrics import Happening
from gamification.programme import Plan

_ONE = Fraction(1)


def act(scene: Scene, entry: Entry) -> None:
    """Points, then challenges and prizes, streaks, tiers, badges, boards; then what was earned."""
    plan = scene.edition.by_kind.get(entry.kind, scene.edition.by_any_kind)
    if plan is None:
        return
    scene.attributes = entry.facts.attributes
    deposits.waken(scene, plan, entry)
    happening = happening_of(scene, entry, plan)
    tier, bonus = _tier_of(scene)
    for earning in rules.earnings_of(
        happening,
        plan.rules,
        zone=scene.zone,
        bonus=bonus,
        tier=tier,
        spent=scene.standing.capped,
        holdings=scene.standing.holdings,
        granted=entry.granted,
        taken=entry.taken,
    ):
        if earning.wished:
            _wish(scene, entry, earning)
        if not earning.points:
            continue
        _earn(
            scene,
            key=f"earn:{entry.source}:{earning.rule.key}",
            currency=earning.rule.currency,
            points=earning.points,
            subject=f"rule:{earning.rule.key}@{earning.version}",
            account=earning.account or ISSUANCE,
        )
    _count(scene, plan, happening)
    _count_earned(scene)


def adjust(scene: Scene, entry: Entry) -> None:
    """Staff give points, to be spent at once, or take some away.

    Of a currency that only measures, what is given counts like an earning.
    """
    facts = entry.facts
    if facts.points < 0:
        spends.take_by_staff(scene, entry)
        return
    points = facts.points - entry.returned
    if points <= 0:
        return
    on = Terms(scene.at, facts.expires_at or 0)
    if facts.expires_at is None:
        on = deposits.terms(scene, facts.currency)._replace(available_at=scene.at, awaits="")
    deposits.deposit(
        scene,
        Posting(
            key=f"adjust:{entry.source}",
            currency=facts.currency,
            kind=EntryKind.ADJUST,
            amount=points,
            debit=ADJUSTMENT,
            credit=MEMBER,
            subject=facts.subject,
            at=scene.at,
            available_at=on.available_at,
            expires_at=on.expires_at,
            cause=scene.cause,
        ),
        on,
    )
    currency = scene.edition.currencies.get(facts.currency)
    if currency is not None and currency.kind in (CurrencyKind.QUALIFYING, CurrencyKind.XP):
        scene.earned.append((facts.currency, points))
        _count_earned(scene)


def choose(scene: Scene, entry: Entry) -> None:
    """A member joins a challenge; what they do counts from here on."""
    key = entry.facts.choice.removeprefix("join:")
    state = challenge_state(scene.standing, key)
    if state.joined_at is None:
        state.joined_at = entry.at


def keep(scene: Scene, entry: Entry) -> None:
    """Badges that stay with the member although what won them was taken back."""
    for key, level, achieved_at in entry.facts.kept:
        compiled = scene.edition.badges.get(key)
        if compiled is not None and badges.award(
            badge_state(scene.standing, key), level, achieved_at
        ):
            honour_badge(scene, compiled, level)


def _count_earned(scene: Scene) -> None:
    # Prizes append to what was earned while it is counted; each challenge completes only once.
    for currency, points in scene.earned:
        earned_plan = scene.edition.by_currency.get(currency)
        if earned_plan is not None:
            _count(scene, earned_plan, Happening(at=scene.at, earned=currency, amount=points))


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
        state_of_badge = badge_state(scene.standing, badge.badge.key)
        for level in badges.progress(state_of_badge, badge, happening):
            honour_badge(scene, badge, level)
    for board in plan.boards:
        _score(scene, board, happening)


def _challenge(scene: Scene, compiled: challenges.CompiledChallenge, happening: Happening) -> None:
    challenge = compiled.challenge
    if not challenge.starts_at <= happening.at < challenge.ends_at:
        return
    state = challenge_state(scene.standing, challenge.key)
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
            if badges.award(badge_state(scene.standing, prize.badge), level, scene.at):
                honour_badge(scene, badge, level)


def _tier(scene: Scene, compiled: tiers.CompiledTierSet, happening: Happening) -> None:
    key = compiled.tier_set.key
    state = scene.standing.tiers.get(key)
    if state is None:
        state = scene.standing.tiers[key] = tiers.TierState()
    before = state.level
    if tiers.climb(state, compiled, happening):
        honour_tier(scene, compiled, before, state.level)


def _score(scene: Scene, compiled: leaderboards.CompiledBoard, happening: Happening) -> None:
    key = compiled.board.key
    state = scene.standing.scores.get(key) or leaderboards.ScoreState()
    if leaderboards.score(state, compiled, happening):
        scene.standing.scores[key] = state
        scene.effects.scores[key, state.period] = state.counter.value, state.reached_at


def _earn(
    scene: Scene, *, key: str, currency: str, points: int, subject: str, account: str = ISSUANCE
) -> None:
    on = deposits.terms(scene, currency)
    scene.earned.append((currency, points))
    deposits.deposit(
        scene,
        Posting(
            key=key,
            currency=currency,
            kind=EntryKind.EARN,
            amount=points,
            debit=account,
            credit=MEMBER,
            subject=subject,
            at=scene.at,
            available_at=on.available_at,
            expires_at=on.expires_at,
            cause=scene.cause,
        ),
        on,
    )


def _wish(scene: Scene, entry: Entry, earning: rules.Earning) -> None:
    budget = earning.rule.budget
    assert budget is not None
    scene.effects.wishes.append(
        Wish(
            source=entry.source,
            member_id=entry.member_id,
            at=entry.at,
            rule=earning.rule.key,
            points=earning.wished,
            assumed=earning.points,
            limit=budget.points,
            mode=budget.mode,
        )
    )


def _tier_of(scene: Scene) -> tuple[str, Fraction]:
    """The key of the member's tier, and what it multiplies points by."""
    compiled = scene.edition.tier_set
    if compiled is None:
        return "", _ONE
    state = scene.standing.tiers.get(compiled.tier_set.key)
    level = min(state.level if state is not None else 0, len(compiled.bonuses) - 1)
    return compiled.tier_set.levels[level].key, compiled.bonuses[level]
