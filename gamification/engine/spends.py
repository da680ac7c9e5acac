"""Spends, as the fold sees them: facts that were decided when they were accepted."""

from gamification.engine.effects import Effects
from gamification.engine.standing import Hold, Standing
from gamification.journal import Entry
from gamification.ledger import BREAKAGE, HELD, MEMBER, NEVER, EntryKind, Lot, Posting, Share
from kit.clock import Instant

_Portion = tuple[str, int, Instant, Instant, Instant]


def spend(standing: Standing, entry: Entry, effects: Effects) -> None:
    """Take the points; a replay never refuses, what is short becomes a debt."""
    facts = entry.facts
    wallet = standing.wallet(facts.currency)
    shares = wallet.take(facts.points, entry.at)
    kind = EntryKind.DONATE if facts.account.startswith("charity:") else EntryKind.SPEND
    effects.postings.append(_posting(entry, kind=kind, key=f"spend:{entry.source}", shares=shares))


def set_aside(standing: Standing, entry: Entry, effects: Effects) -> None:
    """Hold the points until they are captured, released or the hold's time is up."""
    facts = entry.facts
    assert facts.release_at is not None
    wallet = standing.wallet(facts.currency)
    # What each lot was before it was taken from, so that a release can restore it.
    before = {lot.key: lot for lot in wallet.lots}
    shares = wallet.take(facts.points, entry.at)
    wallet.held += facts.points
    standing.holds[entry.source] = Hold(
        currency=facts.currency,
        points=facts.points,
        account=facts.account,
        subject=facts.subject,
        release_at=facts.release_at,
        lots=[_portion(before[key], points) for key, points in shares],
    )
    effects.postings.append(
        _posting(
            entry,
            kind=EntryKind.HOLD,
            key=f"hold:{entry.source}",
            shares=shares,
            credit=HELD,
        )
    )


def capture(standing: Standing, entry: Entry, effects: Effects) -> None:
    """Pay a hold out to its account. One that is gone was resolved before: nothing happens."""
    hold = standing.holds.pop(entry.target, None)
    if hold is None:
        return
    wallet = standing.wallet(hold.currency)
    wallet.held -= hold.points
    donated = hold.account.startswith("charity:")
    effects.postings.append(
        Posting(
            key=f"capture:{entry.target}",
            currency=hold.currency,
            kind=EntryKind.DONATE if donated else EntryKind.CAPTURE,
            amount=hold.points,
            debit=HELD,
            credit=hold.account,
            subject=hold.subject,
            at=entry.at,
            cause=entry.source,
        )
    )


def release(standing: Standing, entry: Entry, effects: Effects) -> None:
    """Give a hold's points back to the lots that they came from."""
    hold = standing.holds.pop(entry.target, None)
    if hold is not None:
        _give_back(standing, hold, entry.target, entry.at, effects, cause=entry.source)


def release_due(standing: Standing, due: Instant, effects: Effects) -> None:
    """Release the holds whose time is up."""
    for source in sorted(standing.holds):
        hold = standing.holds[source]
        if hold.release_at <= due:
            del standing.holds[source]
            _give_back(standing, hold, source, due, effects, cause="")


def _give_back(
    standing: Standing, hold: Hold, source: str, at: Instant, effects: Effects, *, cause: str
) -> None:
    wallet = standing.wallet(hold.currency)
    wallet.held -= hold.points
    portions = [Lot(p[2], p[3], p[0], p[1], p[4]) for p in hold.lots]
    # A replay may have taken part of it as a debt, which has no lot to go back to.
    owed = hold.points - sum(lot.points for lot in portions)
    if owed:
        portions.append(Lot(NEVER, at, f"release:{source}", owed, 0))
    wallet.put_back(portions)
    expired = wallet.expire(at)
    effects.postings.append(
        Posting(
            key=f"release:{source}",
            currency=hold.currency,
            kind=EntryKind.RELEASE,
            amount=hold.points,
            debit=HELD,
            credit=MEMBER,
            subject=hold.subject,
            at=at,
            cause=cause,
        )
    )
    if expired:
        # Points go back to lots of their own expiry; where that has come meanwhile, it is now.
        effects.postings.append(
            Posting(
                key=f"expire:release:{source}",
                currency=hold.currency,
                kind=EntryKind.EXPIRE,
                amount=sum(lot.points for lot in expired),
                debit=MEMBER,
                credit=BREAKAGE,
                subject="expiry",
                at=at,
                lots=tuple((lot.key, lot.points) for lot in expired),
                cause=cause,
            )
        )


def _posting(
    entry: Entry,
    *,
    kind: EntryKind,
    key: str,
    shares: list[Share],
    credit: str = "",
) -> Posting:
    facts = entry.facts
    return Posting(
        key=key,
        currency=facts.currency,
        kind=kind,
        amount=facts.points,
        debit=MEMBER,
        credit=credit or facts.account,
        subject=facts.subject,
        at=entry.at,
        lots=tuple(shares),
        cause=entry.source,
    )


def _portion(lot: Lot, points: int) -> _Portion:
    return lot.key, points, lot.expires_at, lot.at, lot.available_at
