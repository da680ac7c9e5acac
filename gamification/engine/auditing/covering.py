"""Covering: each row belongs to one transaction, neither to none nor to two."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final

from gamification.engine import chain
from gamification.engine.auditing.checks import Check, Tally
from gamification.engine.auditing.sketch import Sketch
from gamification.engine.auditing.verifying import LAST, Transaction, sealed, waiting
from kit import database, ids

IDS_AT_ONCE: Final = 10_000
_JOURNAL: Final = 0
"""The place of the journal among the relations: only of it may rows still wait."""


class Coverage:
    """What transactions list, against what is there: in little memory, whatever its size."""

    def __init__(self) -> None:
        key = ids.new().encode()
        self._sketches = [Sketch(key) for _ in chain.RELATIONS]
        self._entries = Tally(unit="entries")

    def take(self, page: Sequence[Transaction]) -> None:
        """Note what some transactions list."""
        for place, sketch in enumerate(self._sketches):
            for one in page:
                for id, _ in chain.pieces(one.lists[place]):
                    sketch.add(id)

    async def end(self, rows: Tally) -> Check:
        """Compare with all rows that are there: strays are told to `rows`, entries in a check."""
        for place, sketch in enumerate(self._sketches):
            tally = self._entries if place == _JOURNAL else rows
            async for page in _present(place):
                self._entries.compared += len(page) * (place == _JOURNAL)
                for packed in _packed(page, place, tally):
                    sketch.add(packed, -1)
            for excused in await _excused(place):
                sketch.add(excused)
            if not sketch.is_even():
                await self._locate(place, sketch, tally)
        return self._entries.check("settled once")

    async def _locate(self, place: int, sketch: Sketch, tally: Tally) -> None:
        """Look again, id by id, at those that may make the difference."""
        listed: dict[bytes, list[int]] = {}
        async for page in _transactions():
            for one in page:
                for id, _ in chain.pieces(one.lists[place]):
                    if sketch.is_uneven_at(id):
                        listed.setdefault(id, []).append(one.number)
        excused = set(await _excused(place))
        async for ids_there in _present(place):
            for packed in _packed(ids_there, place, Tally(unit="")):
                if sketch.is_uneven_at(packed):
                    problem = _problem(listed.get(packed, []), excused=packed in excused)
                    if problem:
                        name = chain.RELATIONS[place].name
                        tally.differ(f"{name} {chain.written_id(packed)} {problem}")


async def _transactions() -> AsyncIterator[list[Transaction]]:
    async for page in sealed(LAST):
        yield page
    async for page in waiting():
        yield page


async def _present(place: int) -> AsyncIterator[list[str]]:
    after = ""
    while True:
        rows = await database.fetch(
            f"SELECT id FROM {chain.RELATIONS[place].name} WHERE id > ? ORDER BY id LIMIT ?",
            after,
            IDS_AT_ONCE,
        )
        if not rows:
            return
        after = rows[-1][0]
        yield [row[0] for row in rows]


async def _excused(place: int) -> list[bytes]:
    """Rows that need no transaction yet: what waits, could not be folded, or is to be adopted."""
    sql = "SELECT id FROM before_chain WHERE relation = ?"
    if place == _JOURNAL:
        sql += (
            " UNION SELECT entry_id FROM pending WHERE entry_id IS NOT NULL"
            " UNION SELECT entry_id FROM dead_letter WHERE entry_id IS NOT NULL"
        )
    rows = await database.fetch(sql, chain.RELATIONS[place].name)
    return list(_packed([row[0] for row in rows], place, Tally(unit="")))


def _packed(written: Iterable[str], place: int, tally: Tally) -> Iterable[bytes]:
    for id in written:
        try:
            yield chain.packed_id(id)
        except ValueError:
            tally.differ(f"{chain.RELATIONS[place].name} {id} belongs to no transaction")


def _problem(numbers: Sequence[int], *, excused: bool) -> str:
    if len(numbers) > 1:
        return f"belongs to transactions {numbers[0]} and {numbers[1]}"
    return "" if numbers or excused else "belongs to no transaction"
