"""A file's lines as activities and retractions, ready to be recorded."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from gamification import engine
from gamification.journal import AttributeType, AttributeValue
from kit import clock
from kit.clock import Instant
from piala.importing import found, money
from piala.importing.found import Read, TakenBack
from piala.importing.json_lines import NUMBER, from_json
from piala.importing.mapping import Compiled, Time
from piala.importing.rows import Bad, Blank, Line, Row, rows_of

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")


def activities_of(
    lines: Iterable[Line], mapping: Compiled | None
) -> Iterator[Read | TakenBack | Bad | Blank]:
    """What a file's lines say; without a mapping they are JSON Lines of our own shape.

    Raises `InvalidInput` where the file's header does not fit the mapping.
    """
    if mapping is None:
        yield from map(from_json, lines)
        return
    for row in rows_of(lines, mapping):
        yield _from_row(row, mapping) if isinstance(row, Row) else row


def _from_row(row: Row, mapping: Compiled) -> Read | Bad:
    try:
        return found.activity(row.line, _recording(row, mapping))
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
            if not NUMBER.fullmatch(text):
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
