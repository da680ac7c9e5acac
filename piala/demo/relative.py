"""Instants such as `@-12d` in the demo's programme: so many days before or after its loading."""

import re
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kit import clock
from kit.clock import Instant

ZONE: Final = ZoneInfo("Asia/Jakarta")
_DAYS: Final = re.compile(r"'@([+-][0-9]+)d'")


def filled(text: str, now: Instant) -> str:
    """The text with ISO 8601 in the place of each such instant: midnight in Jakarta."""
    today = clock.to_datetime(now).astimezone(ZONE).date()

    def written(match: re.Match[str]) -> str:
        midnight = datetime.combine(today + timedelta(days=int(match[1])), time(), ZONE)
        return clock.isoformat(clock.from_datetime(midnight))

    return _DAYS.sub(written, text)
