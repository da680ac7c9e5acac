"""`piala export`."""

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

import orjson

from gamification import journal, members
from gamification.journal import Entry
from kit import clock
from piala.running import ready

PAGE: Final = 1_000


async def run(*, file: Path | None) -> int:
    """Write all activities, by source, as JSON Lines that `piala import` takes."""
    with ExitStack() as stack:
        out = stack.enter_context(file.open("wb")) if file is not None else sys.stdout.buffer
        async with ready(only_read=True):
            await _write(out)
    return 0


async def _write(out: IO[bytes]) -> None:
    after = ""
    while page := await journal.activities_after(after, limit=PAGE):
        who = await members.members_of(sorted({entry.member_id for entry in page}))
        for entry in page:
            line = _line(entry, who[entry.member_id].external_id)
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        after = page[-1].source


def _line(entry: Entry, member: str) -> dict[str, Any]:
    facts = entry.facts
    money = {"minor": facts.amount, "currency": facts.currency}
    said = {
        "source": entry.source,
        "member": member,
        "kind": entry.kind,
        "occurred_at": clock.isoformat(entry.at),
        "amount": money if facts.amount is not None else None,
        "quantity": facts.quantity,
        "channel": facts.channel or None,
        "partner": facts.partner or None,
        "attributes": facts.attributes or None,
    }
    return {name: value for name, value in said.items() if value is not None}
