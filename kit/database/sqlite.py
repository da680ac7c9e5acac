"""Tortoise's SQLite engine, made safe: one writing connection, readers beside it, a lock file.

Tortoise finds `client_class` here by the engine's name in its configuration.
"""

import fcntl
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import ENOENT
from pathlib import Path
from typing import IO, Any, Final, TypeVar

import aiosqlite
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError

from kit.database.patience import to_the_end
from kit.database.sql import Row, Statement, Table, statement
from kit.errors import DatabaseInUse

T = TypeVar("T")

READERS: Final = 2
PRAGMAS: Final = {
    "journal_mode": "WAL",
    "synchronous": "FULL",
    "wal_autocheckpoint": "10000",
    "journal_size_limit": str(64 * 1024 * 1024),
    "foreign_keys": "ON",
    "recursive_triggers": "ON",  # Otherwise INSERT OR REPLACE slips past append-only triggers.
    "busy_timeout": "5000",
    "cache_size": "-32000",
    "temp_store": "MEMORY",
    "mmap_size": "0",
}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise IntegrityError(error) from error
    except sqlite3.DatabaseError as error:
        raise OperationalError(error) from error


class Client(SqliteClient):
    """The writing connection. Reads outside a transaction go to the readers beside it, which see
    committed rows only and never wait for a long batch. A database in memory has no readers:
    there reads take their turn behind the writer's lock."""

    dialect: Final = "sqlite"

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self._readers: list[aiosqlite.Connection] = []
        self._turn = 0
        self._lock_file: IO[str] | None = None
        self._only_reads = str(options.get("query_only", "")).upper() == "ON"

    @property
    def in_memory(self) -> bool:
        """Whether the database lives in this process only."""
        return self.filename == ":memory:"

    async def create_connection(self, with_db: bool) -> None:
        """Lock the file, open it for writing, then for reading. Raises `DatabaseInUse`.

        Who only reads (`query_only`) needs no lock: a file has one writer, and any readers beside.
        """
        if self._connection:
            return
        if self._only_reads:
            _refuse_missing(self.filename)
        if not self.in_memory and not self._only_reads:
            self._lock_file = _locked(self.filename)
        try:
            with _translated():
                await super().create_connection(with_db)
            if not self.in_memory:
                self._readers = [await _reader(self.filename) for _ in range(READERS)]
        except BaseException:
            await to_the_end(self.close())
            raise

    async def close(self) -> None:
        """Close every connection and let go of the file."""
        readers, self._readers = self._readers, []
        for reader in readers:
            await reader.close()
        await super().close()
        if self._lock_file:
            self._lock_file.close()
            self._lock_file = None

    async def fetch(self, sql: str, params: Sequence[Any]) -> list[Row]:
        prepared = statement(sql, "sqlite")
        with _translated():
            if self._readers and not prepared.writes:
                return await _on(self._next_reader(), _fetched, prepared, params)
            async with self._lock:
                return await _on(self._writer(), _fetched, prepared, params)

    async def execute(self, sql: str, params: Sequence[Any]) -> int:
        with _translated():
            async with self._lock:
                return await _on(self._writer(), _executed, statement(sql, "sqlite"), params)

    async def insert(self, table: Table, rows: Sequence[Row], on_conflict: str) -> int:
        async with self._in_transaction() as transaction:
            inserted: int = await transaction.insert(table, rows, on_conflict)
            return inserted

    async def script(self, sql: str) -> None:
        await self.execute(sql, ())

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[Any]]:
        """Tortoise's reads go to the readers too."""
        if not self._readers or statement(query, "sqlite").writes:
            answer: tuple[int, Sequence[Any]] = await super().execute_query(query, values)
            return answer
        with _translated():
            rows = list(await self._next_reader().execute_fetchall(query, values or []))
            return len(rows), rows

    async def execute_query_dict(
        self, query: str, values: list[Any] | None = None
    ) -> list[dict[str, Any]]:
        """Tortoise's reads go to the readers too."""
        return [dict(row) for row in (await self.execute_query(query, values))[1]]

    def _in_transaction(self) -> "TransactionContext":
        return TransactionContext(Transaction(self), self._lock)

    def _next_reader(self) -> aiosqlite.Connection:
        self._turn = (self._turn + 1) % len(self._readers)
        return self._readers[self._turn]

    def _writer(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise OperationalError("the database is closed")
        return self._connection


class Transaction(SqliteTransactionWrapper, Client):
    """The writing connection while a transaction is open on it."""

    _readers: Sequence[aiosqlite.Connection] = ()  # type: ignore[assignment]

    def __init__(self, connection: Client) -> None:
        SqliteTransactionWrapper.__init__(self, connection)

    async def begin(self) -> None:
        # IMMEDIATE takes the write lock now: a transaction that begins by reading could
        # otherwise fail when it comes to write.
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    async def fetch(self, sql: str, params: Sequence[Any]) -> list[Row]:
        with _translated():
            return await _on(self._writer(), _fetched, statement(sql, "sqlite"), params)

    async def execute(self, sql: str, params: Sequence[Any]) -> int:
        with _translated():
            return await _on(self._writer(), _executed, statement(sql, "sqlite"), params)

    async def insert(self, table: Table, rows: Sequence[Row], on_conflict: str) -> int:
        with _translated():
            return await _on(
                self._writer(), _inserted, table.inserting("sqlite", on_conflict), rows
            )

    def _in_transaction(self) -> Any:
        return SqliteTransactionWrapper._in_transaction(self)

    def _writer(self) -> aiosqlite.Connection:
        if self._finalized:
            raise OperationalError("this transaction is over")
        return self._connection


class TransactionContext(SqliteTransactionContext):
    """Enters and leaves a transaction so that a cancellation at any moment leaves no lock behind.

    What was handed to the connection's thread runs although its caller was cancelled; so each
    way out rolls back, behind whatever is still in the thread's queue.
    """

    async def __aenter__(self) -> Transaction:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            await self._leave()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        transaction: Transaction = self.connection
        return transaction

    async def __aexit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        get_connections().reset(self.token)
        try:
            if exc_type is None and not self.connection._finalized:
                with _translated():
                    await self.connection.commit()
        finally:
            await self._leave()

    async def _leave(self) -> None:
        self.connection._finalized = True
        try:
            with suppress(sqlite3.Error, ValueError):
                await to_the_end(self.connection._connection.rollback())
        finally:
            self._trxlock.release()


async def _on(connection: aiosqlite.Connection, work: Callable[..., T], *args: Any) -> T:
    """Run `work` in the connection's thread: one hop for all that it does there."""
    run: Callable[..., Awaitable[T]] = connection._execute
    return await run(work, connection._conn, *args)


def _fetched(
    connection: sqlite3.Connection, prepared: Statement, params: Sequence[Any]
) -> list[Row]:
    cursor = connection.cursor()
    cursor.row_factory = None  # Tortoise wants mappings, we want plain tuples.
    try:
        return cursor.execute(prepared.sql, prepared.with_json(params)).fetchall()
    finally:
        cursor.close()


def _executed(connection: sqlite3.Connection, prepared: Statement, params: Sequence[Any]) -> int:
    cursor = connection.execute(prepared.sql, prepared.with_json(params))
    try:
        return max(cursor.rowcount, 0)
    finally:
        cursor.close()


def _inserted(connection: sqlite3.Connection, sql: str, rows: Sequence[Row]) -> int:
    cursor = connection.executemany(sql, rows)
    try:
        return max(cursor.rowcount, 0)
    finally:
        cursor.close()


async def _reader(path: str) -> aiosqlite.Connection:
    connection = await aiosqlite.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    for pragma in ("query_only=ON", "busy_timeout=5000", "cache_size=-16000", "temp_store=MEMORY"):
        await connection.execute(f"PRAGMA {pragma}")
    return connection


def _refuse_missing(path: str) -> None:
    """Opening would make an empty file, and who only reads leaves nothing behind."""
    if not Path(path).exists():
        raise FileNotFoundError(ENOENT, os.strerror(ENOENT), path)


def _locked(path: str) -> IO[str]:
    """Take `<path>.lock` for this process; the kernel lets it go when the process ends."""
    file = Path(f"{path}.lock").open("a+")  # noqa: SIM115 - it is open as long as the database
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.seek(0)
        holder = file.read().strip()
        file.close()
        raise DatabaseInUse(path, holder) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


client_class = Client
