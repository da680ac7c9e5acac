"""Points that leave and come back, as the fold sees them: facts that were decided before."""

from gamification.engine import deposits
from gamification.engine.scene import Scene
from gamification.engine.standing import Hold
from gamification.journal import Entry, EntryType
from gamification.ledger import (
    BREAKAGE,
    HELD,
    MEMBER,
    NEVER,
    SLIDING,
    WRITE_OFF,
    EntryKind,
    Lot,
    Posting,
    Shortage,
    Terms,
)
from kit.clock import Instant

_AS_THEY_WERE = Terms(0, NEVER)
"""Points that go back to their own lots: the posting has nothing to say of when they expire."""

_Portion = tuple[str, int, Instant, Instant, Instant]


def spend(scene: Scene, entry: Entry) -> None:
    """Take the points, less what was given back; a replay never refuses."""
    facts = entry.facts
    points = facts.points - entry.returned
    if points > 0:
        _take(scene, entry, kind=_kind_of(entry), key=f"spend:{entry.source}", points=points)


def set_aside(scene: Scene, entry: Entry) -> None:
    """Hold the points until they are captured, released or the hold's time is up."""
    facts, standing = entry.facts, scene.standing
    assert facts.release_at is not None
    wallet = standing.wallet(facts.currency)
    parts, written_off = _take(
        scene, entry, kind=EntryKind.HOLD, key=f"hold:{entry.source}", points=facts.points
    )
    wallet.held += facts.points
    standing.holds[entry.source] = Hold(
        currency=facts.currency,
        points=facts.points,
        account=facts.account,
        subject=facts.subject,
        release_at=facts.release_at,
        lots=[
            (part.key, part.points, part.expires_at, part.at, part.available_at) for part in parts
        ],
        written_off=written_off,
    )


def capture(scene: Scene, entry: Entry) -> None:
    """Pay a hold out to its account, wholly or partly; the rest is released.

    One that is gone was resolved before: nothing happens.
    """
    hold = scene.standing.holds.pop(entry.target, None)
    if hold is None:
        return
    points = (entry.facts.points or hold.points) - entry.returned
    if points > 0:
        donated = hold.account.startswith("charity:")
        scene.standing.wallet(hold.currency).held -= points
        scene.effects.postings.append(
            Posting(
                key=f"capture:{entry.target}",
                currency=hold.currency,
                kind=EntryKind.DONATE if donated else EntryKind.CAPTURE,
                amount=points,
                debit=HELD,
                credit=hold.account,
                subject=hold.subject,
                at=entry.at,
                cause=entry.source,
            )
        )
    if points < hold.points:
        _give_back(scene, _rest_of(hold, points), entry.target)


def release(scene: Scene, entry: Entry) -> None:
    """Give a hold's points back to the lots that they came from."""
    hold = scene.standing.holds.pop(entry.target, None)
    if hold is not None:
        _give_back(scene, hold, entry.target)


def release_due(scene: Scene) -> None:
    """Release the holds whose time is up."""
    for source in sorted(scene.standing.holds):
        hold = scene.standing.holds[source]
        if hold.release_at <= scene.at:
            del scene.standing.holds[source]
            _give_back(scene, hold, source)


def take_by_staff(scene: Scene, entry: Entry) -> None:
    """An adjustment that takes points away."""
    points = -entry.facts.points - entry.returned
    if points > 0:
        _take(scene, entry, kind=EntryKind.ADJUST, key=f"adjust:{entry.source}", points=points)


def receive(scene: Scene, entry: Entry) -> None:
    """Points that another member (or the programme) hands over, with the expiry that they have.

    They are nothing that this member has earned.
    """
    facts = entry.facts
    wallet = scene.standing.wallet(facts.currency)
    for number, (points, expires_at) in enumerate(facts.portions):
        key = f"grant:{entry.source}:{number}"
        wallet.put_back([Lot(expires_at, scene.at, key, points, scene.at)])
        scene.effects.postings.append(
            Posting(
                key=key,
                currency=facts.currency,
                kind=EntryKind.TRANSFER,
                amount=points,
                debit=facts.account,
                credit=MEMBER,
                subject=facts.subject,
                at=scene.at,
                available_at=scene.at,
                expires_at=expires_at,
                cause=entry.source,
            )
        )
        # A journal can run ahead of its giver's: what has expired by then does so at once.
        expired = wallet.expire(scene.at)
        if expired:
            _expire_at_once(scene, facts.currency, key, expired)


def _kind_of(entry: Entry) -> EntryKind:
    if entry.type is EntryType.TRANSFER:
        return EntryKind.TRANSFER
    return EntryKind.DONATE if entry.facts.account.startswith("charity:") else EntryKind.SPEND


def _take(
    scene: Scene, entry: Entry, *, kind: EntryKind, key: str, points: int
) -> tuple[list[Lot], int]:
    """Take points from the wallet: parts of lots, and how much was written off for want of any."""
    facts = entry.facts
    wallet = scene.standing.wallet(facts.currency)
    owed = wallet.debt
    parts = wallet.draw(points, scene.at)
    scene.effects.postings.append(
        Posting(
            key=key,
            currency=facts.currency,
            kind=kind,
            amount=points,
            debit=MEMBER,
            credit=HELD if kind is EntryKind.HOLD else facts.account,
            subject=facts.subject,
            at=scene.at,
            lots=tuple((part.key, part.points) for part in parts),
            cause=entry.source,
        )
    )
    short = wallet.debt - owed
    currency = scene.edition.currencies.get(facts.currency)
    if not short or currency is None or currency.shortage is not Shortage.WRITE_OFF:
        return parts, 0
    wallet.debt -= short
    _write_off(scene, facts.currency, short, key=key, debit=WRITE_OFF, credit=MEMBER)
    return parts, short


def _write_off(
    scene: Scene, currency: str, points: int, *, key: str, debit: str, credit: str
) -> None:
    scene.effects.postings.append(
        Posting(
            key=f"write-off:{key}",
            currency=currency,
            kind=EntryKind.ADJUST,
            amount=points,
            debit=debit,
            credit=credit,
            subject="write-off",
            at=scene.at,
            available_at=scene.at,
            cause=scene.cause,
        )
    )


def _give_back(scene: Scene, hold: Hold, source: str) -> None:
    wallet = scene.standing.wallet(hold.currency)
    wallet.held -= hold.points
    portions = [Lot(p[2], p[3], p[0], p[1], p[4]) for p in hold.lots]
    key = f"release:{source}"
    # A replay may have taken part of it as a debt, which has no lot to go back to.
    owed = hold.points - sum(lot.points for lot in portions) - hold.written_off
    on = _terms_of_owed(scene, hold.currency) if owed else _AS_THEY_WERE
    if owed:
        expires_at = SLIDING if on.slides else on.expires_at
        portions.append(Lot(expires_at, scene.at, key, owed, on.available_at))
    wallet.put_back(portions)
    expired = wallet.expire(scene.at)
    scene.effects.postings.append(
        Posting(
            key=key,
            currency=hold.currency,
            kind=EntryKind.RELEASE,
            amount=hold.points,
            debit=HELD,
            credit=MEMBER,
            subject=hold.subject,
            at=scene.at,
            available_at=on.available_at,
            expires_at=on.expires_at,
            cause=scene.cause,
        )
    )
    if hold.written_off:
        # What was written off never was the member's: it does not come back to them.
        _write_off(scene, hold.currency, hold.written_off, key=key, debit=MEMBER, credit=WRITE_OFF)
    if expired:
        _expire_at_once(scene, hold.currency, key, expired)


def _terms_of_owed(scene: Scene, currency: str) -> Terms:
    """Points that a hold owes come back like an earning of now, lest a hold make points last."""
    on = deposits.terms(scene, currency)
    return on._replace(available_at=scene.at, awaits="") if on.awaits else on


def _expire_at_once(scene: Scene, currency: str, key: str, expired: list[Lot]) -> None:
    """Points go back to lots of their own expiry; where that has come meanwhile, it is now."""
    scene.effects.postings.append(
        Posting(
            # Not `expire:`, which is what becomes of the lot of that key by itself.
            key=f"expired:{key}",
            currency=currency,
            kind=EntryKind.EXPIRE,
            amount=sum(lot.points for lot in expired),
            debit=MEMBER,
            credit=BREAKAGE,
            subject="expiry",
            at=scene.at,
            lots=tuple((lot.key, lot.points) for lot in expired),
            cause=scene.cause,
        )
    )


def _rest_of(hold: Hold, captured: int) -> Hold:
    """What is left of a hold once its foremost points are paid out: lots first, then what is owed.

    The held points themselves are counted down by whoever pays.
    """
    lots: list[_Portion] = []
    left = captured
    for key, points, *terms in hold.lots:
        paid = min(left, points)
        left -= paid
        if points > paid:
            lots.append((key, points - paid, terms[0], terms[1], terms[2]))
    return Hold(
        currency=hold.currency,
        points=hold.points - captured,
        account=hold.account,
        subject=hold.subject,
        release_at=hold.release_at,
        lots=lots,
        written_off=max(0, hold.written_off - left),
    )
