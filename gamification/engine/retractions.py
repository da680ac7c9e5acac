"""What a retraction takes back: decided once, from what is left. Pure."""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from gamification import journal
from gamification.journal import WHOLE, Entry, Facts
from kit.clock import Instant
from kit.errors import AlreadyResolved, InvalidInput

REASON_MAX = 500


class Retracting(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be taken back, as it was told: of which activity, how much of it, and why.

    How much is a `share` (above 0, at most 1), an `amount` in minor units (of `currency`, where
    that is said), or, with neither, all that is left. Without `occurred_at` it happened just now.
    """

    source: str
    reason: str
    target_id: str = ""
    target_source: str = ""
    occurred_at: Instant | None = None
    share: Fraction | None = None
    amount: int | None = None
    currency: str | None = None

    @property
    def millionths(self) -> int | None:
        """The share as it is counted."""
        return None if self.share is None else max(1, int(self.share * WHOLE))


def refusal_of(told: Retracting) -> InvalidInput | None:
    """What is wrong with a retraction, whatever it is about."""
    if not 1 <= len(told.reason) <= REASON_MAX:
        return InvalidInput.at("reason", f"must be from 1 to {REASON_MAX} characters")
    if told.share is not None and told.amount is not None:
        return InvalidInput.at("amount", "give a fraction or an amount, not both")
    if told.share is not None and not 0 < told.share <= 1:
        return InvalidInput.at("fraction", "must be above 0 and at most 1")
    return None


def decided(told: Retracting, target: Entry, earlier: Sequence[Facts]) -> Facts:
    """What is taken back of an activity, after what was before: never more than is left.

    Raises `InvalidInput`, and `AlreadyResolved` where nothing is left.
    """
    if journal.share_taken(target, earlier) == WHOLE:
        raise AlreadyResolved("All of the activity")
    if told.amount is not None:
        _check_amount(told, told.amount, target, earlier)
        return _completed(Facts(amount=told.amount, reason=told.reason), target, earlier)
    rest = _rest(target, earlier)
    share = rest if told.millionths is None else told.millionths
    if share > rest:
        raise InvalidInput.at("fraction", f"at most {rest / WHOLE:g} of it is left")
    return _completed(Facts(share=share, reason=told.reason), target, earlier)


def says_the_same(told: Retracting, known: Entry) -> bool:
    """Whether somebody told just what a retraction came to, as an export does."""
    facts = known.facts
    if facts.amount is None:
        is_as_much = told.amount is None and (told.millionths or WHOLE) == facts.share
    else:
        is_as_much = told.share is None and told.amount == facts.amount
    return (
        is_as_much
        and known.type is journal.EntryType.RETRACTION
        and known.target == told.target_source
        and known.at == told.occurred_at
        and facts.reason in ("", told.reason)
    )


def _check_amount(told: Retracting, amount: int, target: Entry, earlier: Sequence[Facts]) -> None:
    currency = target.facts.currency
    if told.currency is not None and told.currency != currency:
        expected = currency or "no money at all"
        raise InvalidInput.at("amount.currency", f"the activity was about {expected}")
    left = (target.facts.amount or 0) - journal.amount_taken(target, earlier)
    if not 1 <= amount <= left:
        raise InvalidInput.at("amount", f"must be from 1 to {left:,} minor units: what is left")


def _completed(taken: Facts, target: Entry, earlier: Sequence[Facts]) -> Facts:
    """A last part takes along what rounding would leave: three thirds are the whole.

    So does one that leaves no money, once money was taken back by amounts.
    """
    parts = [*earlier, taken]
    money = target.facts.amount or 0
    rest = WHOLE - journal.share_taken(target, parts)
    if not rest or journal.amount_taken(target, parts) < money:
        return taken
    if rest > len(parts) and not any(part.amount for part in parts):
        return taken
    return msgspec.structs.replace(taken, share=(taken.share or 0) + _rest(target, parts))


def _rest(target: Entry, parts: Sequence[Facts]) -> int:
    """The share that is left, in millionths, rounded up: taking it leaves nothing."""
    money = target.facts.amount or 0
    by_share = sum(part.share or 0 for part in parts)
    by_amount = sum(part.amount or 0 for part in parts)
    return WHOLE - by_share - (by_amount * WHOLE // money if money else 0)
