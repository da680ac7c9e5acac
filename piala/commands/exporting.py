"""`piala export`."""

import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

import orjson

from gamification import journal, members
from gamification.journal import WHOLE, Entry, EntryType
from kit import clock
from piala.running import ready

PAGE: Final = 1_000


async def run(*, file: Path | None) -> int:
    """Write all activities and what was taken back of them, each by source, as JSON Lines that
    `piala import` takes."""
    with ExitStack() as stack:
        out = stack.enter_context(file.open("wb")) if file is not None else sys.stdout.buffer
        async with ready(only_read=True):
            await _write(out)
    return 0


async def _write(out: IO[bytes]) -> None:
    async for page in _pages(EntryType.ACTIVITY):
        who = await members.members_of(sorted({entry.member_id for entry in page}))
        _write_lines(out, [_activity(entry, who[entry.member_id].external_id) for entry in page])
    async for page in _pages(EntryType.RETRACTION):
        targets = await journal.known_sources(sorted({entry.target for entry in page}))
        pairs = [(entry, targets[entry.target].entry) for entry in page]
        of_activities = [pair for pair in pairs if pair[1].type is EntryType.ACTIVITY]
        _write_lines(out, [_retraction(*pair) for pair in of_activities])


async def _pages(type: EntryType) -> AsyncIterator[list[Entry]]:
    after = ""
    while page := await journal.entries_after(after, type=type, limit=PAGE):
        yield page
        after = page[-1].source


def _write_lines(out: IO[bytes], lines: list[dict[str, Any]]) -> None:
    for line in lines:
        out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def _activity(entry: Entry, member: str) -> dict[str, Any]:
    facts = entry.facts
    return _said(
        source=entry.source,
        member=member,
        kind=entry.kind,
        occurred_at=clock.isoformat(entry.at),
        amount=_money(facts.amount, facts.currency),
        quantity=facts.quantity,
        # What was told without a channel stays without one.
        channel=facts.channel,
        partner=facts.partner or None,
        attributes=facts.attributes or None,
    )


def _retraction(entry: Entry, target: Entry) -> dict[str, Any]:
    facts = entry.facts
    is_part = facts.amount is None and facts.share != WHOLE
    taken = _said(
        source=entry.target,
        fraction=(facts.share or 0) / WHOLE if is_part else None,
        amount=_money(facts.amount, target.facts.currency),
        reason=facts.reason or None,
    )
    return {"retract": taken, "occurred_at": clock.isoformat(entry.at), "source": entry.source}


def _money(minor: int | None, currency: str) -> dict[str, Any] | None:
    return None if minor is None else {"minor": minor, "currency": currency}


def _said(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
