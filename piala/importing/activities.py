"""Rows as activities, ready to be recorded."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from gamification import engine
from gamification.journal import AttributeType, AttributeValue
from kit import clock
from kit.clock import Instant
from piala.importing import money
from piala.importing.mapping import Compiled, Time
from piala.importing.rows import Bad, Blank, Line, Row, damage, rows_of, unreadable

CHANNEL: Final = "IMPORT"
SOURCE_MAX: Final = 300
MEMBER_MAX: Final = 200
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,3})?")


class Read(NamedTuple):
    """An activity, and the line on which it stands."""

    line: Line
    recording: engine.Recording


class _Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    minor: int
    currency: str


class _Activity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a JSON Lines file that needs no mapping."""

    source: str
    member: str
    kind: str
    occurred_at: str
    amount: _Money | None = None
    quantity: int | None = None
    channel: str = CHANNEL
    partner: str = ""
    attributes: dict[str, AttributeValue] = {}


_decoder: Final = msgspec.json.Decoder(_Activity)


def activities_of(lines: Iterable[Line], mapping: Compiled | None) -> Iterator[Read | Bad | Blank]:
    """The activities in a file's lines; without a mapping they are JSON Lines of our own shape.

    Raises `InvalidInput` where the file's header does not fit the mapping.
    """
    if mapping is None:
        yield from map(_from_json, lines)
        return
    for row in rows_of(lines, mapping):
        yield _from_row(row, mapping) if isinstance(row, Row) else row


def _from_json(line: Line) -> Read | Bad | Blank:
    reason = damage(line)
    if reason:
        return Bad(line, reason)
    if not line.text.strip():
        return Blank(line)
    try:
        found = _decoder.decode(line.text)
        recording = engine.Recording(
            external_id=found.member,
            kind=found.kind,
            source=found.source,
            occurred_at=_instant(found.occurred_at),
            amount=found.amount.minor if found.amount else None,
            currency=found.amount.currency if found.amount else None,
            quantity=found.quantity,
            channel=found.channel,
            partner=found.partner,
            attributes=found.attributes,
        )
    except (msgspec.DecodeError, ValueError) as error:
        return Bad(line, str(error))
    return _checked(line, recording)


def _from_row(row: Row, mapping: Compiled) -> Read | Bad:
    try:
        return _checked(row.line, _recording(row, mapping))
    except KeyError as error:
        return Bad(row.line, f"has no column {error.args[0]}")
    except ValueError as error:
        return Bad(row.line, str(error))


def _recording(row: Row, mapping: Compiled) -> engine.Recording:
    number, values = row.line.number, row.values
    amount, currency = _amount(row, mapping)
    quantity = mapping.quantity.fill(values, number).strip() if mapping.quantity else ""
    when = mapping.occurred_at.fill(values, number).strip()
    return engine.Recording(
        external_id=mapping.member.fill(values, number).strip(),
        kind=mapping.kind.fill(values, number).strip(),
        source=mapping.source.fill(values, number),
        occurred_at=_moment(when, mapping.mapping.occurred_at, mapping.zone),
        amount=amount,
        currency=currency,
        quantity=_whole(quantity, "the quantity") if quantity else None,
        channel=mapping.channel.fill(values, number).strip(),
        partner=mapping.partner.fill(values, number).strip(),
        attributes=_attributes(row, mapping),
    )


def _amount(row: Row, mapping: Compiled) -> tuple[int | None, str | None]:
    if mapping.amount is None or mapping.currency is None:
        return None, None
    text = mapping.amount.fill(row.values, row.line.number).strip()
    if not text:
        return None, None
    currency = mapping.currency.fill(row.values, row.line.number).strip()
    return money.minor(text, currency), currency


def _attributes(row: Row, mapping: Compiled) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for name, template, kind in mapping.attributes:
        text = template.fill(row.values, row.line.number).strip()
        if text:
            attributes[name] = _typed(text, kind, name)
    return attributes


def _typed(text: str, kind: AttributeType, name: str) -> AttributeValue:
    match kind:
        case AttributeType.STRING:
            return text
        case AttributeType.INTEGER:
            return _whole(text, name)
        case AttributeType.DECIMAL:
            if not _NUMBER.fullmatch(text):
                raise ValueError(f"{name} is {text[:40]!r} and no number")
            return float(text)
        case AttributeType.BOOLEAN:
            if text.lower() not in ("true", "false"):
                raise ValueError(f"{name} is {text[:40]!r} and neither true nor false")
            return text.lower() == "true"


def _whole(text: str, name: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{name} is {text[:40]!r} and no whole number")
    return int(text)


@lru_cache(maxsize=65_536)
def _moment(text: str, time: Time, zone: ZoneInfo) -> Instant:
    if not text:
        raise ValueError("there is no time at which it happened")
    try:
        if time.format:
            moment = datetime.strptime(text, time.format)  # noqa: DTZ007 - the zone follows
        else:
            moment = datetime.fromisoformat(text)
    except ValueError:
        shape = time.format or "ISO 8601"
        raise ValueError(f"{text[:40]!r} is not a time of the form {shape}") from None
    return clock.from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))


@lru_cache(maxsize=65_536)
def _instant(text: str) -> Instant:
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time such as 1997-01-01T00:00:00Z") from None


def _checked(line: Line, recording: engine.Recording) -> Read | Bad:
    for name, text, most in (
        ("source", recording.source, SOURCE_MAX),
        ("member", recording.external_id, MEMBER_MAX),
    ):
        if not text:
            return Bad(line, f"there is no {name}")
        if len(text) > most:
            return Bad(line, f"the {name} is longer than {most} characters")
    texts = (recording.source, recording.external_id, recording.channel, recording.partner)
    attributes = (value for value in recording.attributes.values() if isinstance(value, str))
    for text in (*texts, *attributes):
        reason = unreadable(text or "")
        if reason:
            return Bad(line, reason)
    return Read(line, recording)
