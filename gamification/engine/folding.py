"""Folding every journal from nothing, page by page: the ground of audits and statistics."""

from collections.abc import AsyncIterator

import msgspec

from gamification import journal, programme
from gamification.engine import budgeting
from gamification.engine.effects import Effects
from gamification.engine.settlement import replayed
from gamification.engine.standing import Standing
from gamification.journal import Entry
from gamification.programme import Programme
from kit import database
from kit.clock import Instant

PAGE = 1_000


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """One member, folded up to an instant from the entries that had happened by then."""

    external_id: str
    enrolled_at: Instant
    journal: list[Entry]
    standing: Standing
    effects: Effects


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What the fold has to know of a member."""

    id: str
    external_id: str
    zone: str
    enrolled_at: Instant


async def people() -> AsyncIterator[list[Person]]:
    """All members by id, in pages."""
    after = ""
    while True:
        rows = await database.fetch(
            "SELECT id, external_id, time_zone, enrolled_at FROM member"
            " WHERE id > ? ORDER BY id LIMIT ?",
            after,
            PAGE,
        )
        if not rows:
            return
        after = rows[-1][0]
        yield [
            Person(id=row[0], external_id=row[1], zone=row[2], enrolled_at=row[3]) for row in rows
        ]


async def everybody(as_of: Instant) -> AsyncIterator[tuple[Programme, Folded]]:
    """Every member folded as of an instant: what was known later of earlier times counts."""
    published = await programme.current()
    async for page in people():
        happened = await journal.journals_of([person.id for person in page], until=as_of)
        journals = await budgeting.attached(happened, published)
        for person in page:
            yield published, folded(published, person, journals[person.id], as_of)


def folded(published: Programme, person: Person, entries: list[Entry], as_of: Instant) -> Folded:
    """One member's journal, folded up to an instant. Pure."""
    standing, effects = replayed(published, entries, zone=person.zone, until=as_of)
    return Folded(
        external_id=person.external_id,
        enrolled_at=person.enrolled_at,
        journal=entries,
        standing=standing,
        effects=effects,
    )
