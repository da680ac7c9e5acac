"""JSON Lines of our own shape, which need no mapping: activities, and retractions beside them."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import Final

import msgspec

from gamification import engine
from gamification.journal import AttributeValue
from kit import clock
from kit.clock import Instant
from piala.importing import found
from piala.importing.found import Read, TakenBack
from piala.importing.rows import Bad, Blank, Line, damage

CHANNEL: Final = "IMPORT"
REASON: Final = "import"
"""Why an activity is taken back, where the file does not say."""

NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?")


class _Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    minor: int
    currency: str


class _Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    member: str
    kind: str
    occurred_at: str
    amount: _Money | None = None
    quantity: int | None = None
    channel: str = CHANNEL
    partner: str = ""
    attributes: dict[str, AttributeValue] = {}


class _Retract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which activity how much is taken back: all that is left, where nothing is said."""

    source: str
    # As it is written: 0.3 is three tenths, and no binary number near it.
    fraction: msgspec.Raw = msgspec.Raw()
    amount: _Money | None = None
    reason: str = REASON


class _Retraction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    retract: _Retract
    occurred_at: str
    source: str


class _Sort(msgspec.Struct, frozen=True):
    """All that tells a retraction from an activity."""

    retract: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_activity: Final = msgspec.json.Decoder(_Activity)
_retraction: Final = msgspec.json.Decoder(_Retraction)
_sort: Final = msgspec.json.Decoder(_Sort)


def from_json(line: Line) -> Read | TakenBack | Bad | Blank:
    """What a line says, or why it cannot be read."""
    reason = damage(line)
    if reason:
        return Bad(line, reason)
    if not line.text.strip():
        return Blank(line)
    try:
        if _is_retraction(line.text):
            return found.retraction(line, _retracting(_retraction.decode(line.text)))
        return found.activity(line, _recording(_activity.decode(line.text)))
    except (msgspec.DecodeError, ValueError) as error:
        return Bad(line, str(error))


def _is_retraction(text: str) -> bool:
    # Nearly all lines are activities, and are read once only.
    return '"retract"' in text and _sort.decode(text).retract is not msgspec.UNSET


def _recording(said: _Activity) -> engine.Recording:
    return engine.Recording(
        external_id=said.member,
        kind=said.kind,
        source=said.source,
        occurred_at=_instant(said.occurred_at),
        amount=said.amount.minor if said.amount else None,
        currency=said.amount.currency if said.amount else None,
        quantity=said.quantity,
        channel=said.channel,
        partner=said.partner,
        attributes=said.attributes,
    )


def _retracting(said: _Retraction) -> engine.Retracting:
    taken = said.retract
    return engine.Retracting(
        source=said.source,
        reason=taken.reason,
        target_source=taken.source,
        occurred_at=_instant(said.occurred_at),
        share=_fraction(bytes(taken.fraction).decode()),
        amount=taken.amount.minor if taken.amount else None,
        currency=taken.amount.currency if taken.amount else None,
    )


def _fraction(text: str) -> Fraction | None:
    if text in ("", "null"):
        return None
    if not NUMBER.fullmatch(text):
        raise ValueError(f"retract.fraction is {text[:40]} and no number")
    return Fraction(text)


@lru_cache(maxsize=65_536)
def _instant(text: str) -> Instant:
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time such as 1997-01-01T00:00:00Z") from None
