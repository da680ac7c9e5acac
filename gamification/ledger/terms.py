"""The terms on which points are earned: from when they can be spent, and until when. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from gamification.ledger.definition import Currency, Expiry, ExpiryMode
from gamification.ledger.lot import NEVER
from kit.calendar import MICROSECONDS_PER_DAY, Unit, day_of, end_of, later, shifted
from kit.clock import Instant

_LEAP = 2000


class Terms(NamedTuple):
    """Points can be spent from `available_at` until just before `expires_at`.

    `slides` where activity puts off that expiry. `awaits` names the event without which they
    cannot be spent at all.
    """

    available_at: Instant
    expires_at: Instant
    slides: bool = False
    awaits: str = ""


def terms_of(currency: Currency, at: Instant) -> Terms:
    """The terms of points that are earned at that instant."""
    available_at, awaits = _available(currency, at)
    expiry = currency.expiry
    if expiry is None:
        days = currency.expires_after_days
        expires_at = NEVER if days is None else at + days * MICROSECONDS_PER_DAY
        return Terms(available_at, expires_at, awaits=awaits)
    slides = expiry.mode is ExpiryMode.SLIDING
    return Terms(available_at, _expires(expiry, at, currency.zone), slides, awaits)


def slid(currency: Currency, at: Instant) -> Instant:
    """Until when sliding points last by an activity at that instant."""
    assert currency.expiry is not None
    return later(at, count=currency.expiry.count, unit=currency.expiry.unit, zone=currency.zone)


def awaited(kind: str, match: str, attributes: Mapping[str, str | int | float]) -> str:
    """The name of an event: its kind, and what distinguishes it where that is looked at."""
    value = attributes.get(match)
    if value is None:
        return kind
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # One kind may declare a whole number where another has a decimal.
    return f"{kind}:{match}={value}"


def _available(currency: Currency, at: Instant) -> tuple[Instant, str]:
    pending = currency.pending
    if pending is None:
        return at + currency.pending_days * MICROSECONDS_PER_DAY, ""
    if pending.event:
        return NEVER, pending.event
    if pending.until is not None:
        return max(at, pending.until), ""
    return at + (pending.days or 0) * MICROSECONDS_PER_DAY, ""


def _expires(expiry: Expiry, at: Instant, zone: str) -> Instant:
    match expiry.mode:
        case ExpiryMode.NEVER:
            return NEVER
        case ExpiryMode.ROLLING | ExpiryMode.SLIDING:
            if expiry.round_to is None:
                return later(at, count=expiry.count, unit=expiry.unit, zone=zone)
            day = shifted(day_of(at, zone), count=expiry.count, unit=expiry.unit)
            return end_of(day, unit=expiry.round_to, zone=zone)
        case ExpiryMode.CALENDAR if expiry.at is not None:
            # What is earned once the date has come is not lost at once: it has none.
            return expiry.at if at < expiry.at else NEVER
        case ExpiryMode.CALENDAR:
            return _on_calendar(expiry, at, zone)


def _on_calendar(expiry: Expiry, at: Instant, zone: str) -> Instant:
    month, day = map(int, expiry.month_day.split("-"))
    # Counted from a leap year: February 29 is February 28 where there is none.
    years = day_of(at, zone).year - _LEAP + expiry.years
    expires_at = _end_of_day(date(_LEAP, month, day), years, zone)
    return expires_at if expires_at > at else _end_of_day(date(_LEAP, month, day), years + 1, zone)


def _end_of_day(day: date, years: int, zone: str) -> Instant:
    return end_of(shifted(day, count=years, unit=Unit.YEAR), unit=Unit.DAY, zone=zone)
