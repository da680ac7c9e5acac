"""Verifying the chain: seals, the transactions that they link, and the rows that these list."""

from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import Final

import msgspec

from gamification.engine import chain
from gamification.engine.auditing.checks import Check, Tally
from kit import database
from kit.clock import Instant
from kit.database import Table

TRANSACTIONS_AT_ONCE: Final = 50
ROWS_AT_ONCE: Final = 5_000
LAST: Final = (1 << 63) - 1
"""No seal has a higher number."""


class Noted(msgspec.Struct, frozen=True):
    """A head that somebody noted earlier, outside of the database."""

    number: int
    hash: str


class Transaction(msgspec.Struct, frozen=True):
    """A transaction as stored, and the seal that links it; one without a seal has the number 0."""

    number: int
    id: str
    hash: str
    sealed_at: Instant
    recorded_at: Instant | None
    lists: tuple[bytes, bytes, bytes]
    digest: str

    def fault(self) -> str:
        """What is wrong with the transaction by itself."""
        if self.recorded_at is None:
            return f"ledger_transaction {self.id} is missing, transaction {self.number}"
        if chain.digest_of(self.id, self.recorded_at, self.lists) != self.digest:
            return f"ledger_transaction {self.id} was altered, transaction {self.number}"
        return ""

    def fault_after(self, previous: str) -> str:
        """What is wrong with it or its link, if it follows the seal of that hash."""
        link = chain.hash_of(
            previous,
            number=self.number,
            transaction_id=self.id,
            digest=self.digest,
            at=self.sealed_at,
        )
        broken = "" if link == self.hash else f"ledger_seal {self.number} does not follow"
        return self.fault() or broken


async def sealed(last: int) -> AsyncIterator[list[Transaction]]:
    """The transactions that are linked, up to that number, in pages."""
    number = -(1 << 62)
    while True:
        rows = await database.fetch(
            "SELECT seal.number, transaction_id, hash, sealed_at, recorded_at, entries, postings,"
            " honours, digest FROM ledger_seal AS seal"
            " LEFT JOIN ledger_transaction AS settled ON settled.id = transaction_id"
            " WHERE seal.number > ? AND seal.number <= ? ORDER BY seal.number LIMIT ?",
            number,
            last,
            TRANSACTIONS_AT_ONCE,
        )
        if not rows:
            return
        number = rows[-1][0]
        yield [_transaction(row) for row in rows]


async def waiting() -> AsyncIterator[list[Transaction]]:
    """The transactions that are not linked yet, by id, in pages."""
    after = ""
    while True:
        rows = await database.fetch(
            "SELECT 0, id, '', 0, recorded_at, entries, postings, honours, digest"
            " FROM ledger_transaction AS settled WHERE id > ? AND NOT EXISTS"
            " (SELECT 1 FROM ledger_seal WHERE transaction_id = settled.id) ORDER BY id LIMIT ?",
            after,
            TRANSACTIONS_AT_ONCE,
        )
        if not rows:
            return
        after = rows[-1][1]
        yield [_transaction(row) for row in rows]


class Links:
    """The chain as it goes by: numbers without gaps, digests, links, the head, a head noted."""

    def __init__(self, noted: Noted | None) -> None:
        self.tally = Tally(unit="transactions")
        self._noted = noted
        self._number, self._hash = 0, chain.NO_HASH
        self._head: tuple[int, str] | None = None

    async def begin(self) -> int:
        """Take down the head; up to which number others have sealed by now."""
        row = await database.fetch_one("SELECT number, hash FROM ledger_head WHERE id = 1")
        self._head = (row[0], row[1]) if row is not None else None
        return self._head[0] if self._head is not None else LAST

    def follow(self, page: Sequence[Transaction]) -> None:
        """Go on by some transactions."""
        for one in page:
            if one.number != self._number + 1:
                self.tally.differ(f"ledger_seal {self._number + 1} is missing")
            self.tally.note(one.fault_after(self._hash))
            self._number, self._hash = one.number, one.hash
            if self._noted is not None and one.number == self._noted.number:
                if one.hash != self._noted.hash:
                    self.tally.differ(f"ledger_seal {one.number} is not the head that was noted")
                self._noted = None

    async def end(self) -> Check:
        """Compare the last seal with the head, and look for what was never linked."""
        if self._noted is not None and self._noted != Noted(0, chain.NO_HASH):
            self.tally.differ(f"ledger_seal {self._noted.number}, which was noted, is missing")
        if self._head is None:
            self.tally.differ("ledger_head is missing")
        elif self._head != (self._number, self._hash):
            self.tally.differ(
                f"ledger_head is not the last seal: it says {self._head[0]}:{self._head[1]},"
                f" and ledger_seal {self._number} {self._hash}"
            )
        for row in await database.fetch(
            "SELECT id FROM ledger_transaction AS settled WHERE NOT EXISTS"
            " (SELECT 1 FROM ledger_seal WHERE transaction_id = settled.id) AND NOT EXISTS"
            " (SELECT 1 FROM unsealed WHERE transaction_id = settled.id) ORDER BY id LIMIT 1"
        ):
            self.tally.differ(f"ledger_transaction {row[0]} has no seal and waits for none")
        return self.tally.check("chain")


class Rows:
    """The rows that transactions list, against the rows as stored."""

    def __init__(self) -> None:
        self.tally = Tally(unit="rows")

    async def look_at(self, page: Sequence[Transaction]) -> None:
        """Compare all that some transactions list."""
        for place, table in enumerate(chain.RELATIONS):
            listed = _listed(page, place)
            while batch := list(islice(listed, ROWS_AT_ONCE)):
                await self._compare(table, batch)

    async def _compare(self, table: Table, batch: Sequence[tuple[bytes, bytes, int]]) -> None:
        written = [chain.written_id(id) for id, _, _ in batch]
        rows = await database.fetch(
            f"SELECT {', '.join(table.columns)} FROM {table.name} WHERE id IN ?", written
        )
        found = {row[0]: chain.fingerprint(row) for row in rows}
        for id, (_, listed, number) in zip(written, batch, strict=True):
            problem = _problem(found.get(id), listed)
            self.tally.note(f"{table.name} {id} {problem}, transaction {number}" if problem else "")


def _problem(found: bytes | None, listed: bytes) -> str:
    if found is None:
        return "is missing"
    return "" if found == listed else "was altered"


def _listed(page: Sequence[Transaction], place: int) -> Iterator[tuple[bytes, bytes, int]]:
    for one in page:
        for id, fingerprint in chain.pieces(one.lists[place]):
            yield id, fingerprint, one.number


def _transaction(row: database.Row) -> Transaction:
    entries, postings, honours = (one or b"" for one in row[5:8])
    return Transaction(
        row[0], row[1], row[2], row[3], row[4], (entries, postings, honours), row[8] or ""
    )
