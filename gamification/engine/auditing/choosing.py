"""Choosing whom an audit looks at: everybody, some by a seed, or one."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from heapq import nsmallest
from typing import Final

import msgspec

from gamification import members
from gamification.engine.folding import Person, people
from kit import database

SAMPLED_AT_ONCE: Final = 50
"""A sample is taken beside everybody's work: few members are held at a time."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Everybody, or a `sample` of so many by a `seed`, or the `member` of that external id."""

    sample: int | None = None
    seed: int = 0
    member: str | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether nobody is left out."""
        return self.sample is None and self.member is None


async def count_of(choice: Choice) -> int:
    """How many members there are to look at."""
    if choice.member is not None:
        return 1
    row = await database.fetch_one("SELECT count(*) FROM member")
    assert row is not None
    return int(row[0]) if choice.sample is None else min(choice.sample, int(row[0]))


async def chosen(choice: Choice) -> AsyncIterator[list[Person]]:
    """The chosen members, in pages. Raises `NotFound`."""
    if choice.member is not None:
        yield await _of([(await members.find(external_id=choice.member)).id])
    elif choice.sample is not None:
        member_ids = await _sampled(choice.sample, choice.seed)
        for start in range(0, len(member_ids), SAMPLED_AT_ONCE):
            yield await _of(member_ids[start : start + SAMPLED_AT_ONCE])
    else:
        async for page in people():
            yield page


async def _sampled(count: int, seed: int) -> list[str]:
    """The same seed chooses the same members in any database that knows them."""
    drawn: list[tuple[bytes, str]] = []
    async for page in people():
        lots = [(_lot(person.external_id, seed), person.id) for person in page]
        drawn = nsmallest(count, drawn + lots)
    return sorted(id for _, id in drawn)


def _lot(external_id: str, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{external_id}".encode(), digest_size=16).digest()


async def _of(member_ids: Sequence[str]) -> list[Person]:
    rows = await database.fetch(
        "SELECT id, external_id, time_zone, enrolled_at FROM member WHERE id IN ? ORDER BY id",
        member_ids,
    )
    return [Person(id=row[0], external_id=row[1], zone=row[2], enrolled_at=row[3]) for row in rows]
