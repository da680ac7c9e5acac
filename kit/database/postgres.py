"""Tortoise's PostgreSQL engine with our statements on it, and transactions safe to cancel.

Tortoise finds `client_class` here by the engine's name in its configuration.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final, cast

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import IntegrityError, OperationalError

from kit.database.sql import Row, Table, statement
from kit.errors import DatabaseUnavailable

POOL_OPTIONS: Final = {
    "minsize": 1,
    "timeout": 5.0,
    "command_timeout": 60.0,
    "max_inactive_connection_lifetime": 300.0,
    "server_settings": {
        "application_name": "piala",
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": "60s",
    },
}
ACQUIRE_SECONDS: Final = 10.0
SCRIPT_SECONDS: Final = 3600.0
# How asyncpg says that a connection or the pool has gone in the meantime.
_GONE: Final = ("closed", "closing", "released back to the pool")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        raise IntegrityError(error) from error
    except (
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.AdminShutdownError,
        asyncpg.TooManyConnectionsError,
        ConnectionError,
        TimeoutError,
        OSError,
    ) as error:
        raise DatabaseUnavailable(str(error) or type(error).__name__) from error
    except asyncpg.InterfaceError as error:
        if not any(word in str(error) for word in _GONE):  # Then it is a mistake of ours.
            raise
        raise DatabaseUnavailable(str(error)) from error
    except asyncpg.PostgresError as error:
        raise OperationalError(error) from error


class Client(AsyncpgDBClient):
    """The pool. Each statement outside a transaction takes a connection for itself alone."""

    dialect: Final = "postgres"

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool. Raises `DatabaseUnavailable` when nobody answers."""
        with _translated():
            await super().create_connection(with_db)

    async def create_pool(self, **options: Any) -> asyncpg.Pool:
        # We leave nothing behind in a session, so a connection goes back without the usual
        # `RESET ALL`: one round trip less for each statement. An open transaction is still
        # rolled back by asyncpg.
        return await super().create_pool(reset=_leave_as_it_is, **options)

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        """The errors of Tortoise's own statements, as the door promises them."""
        with _translated():
            return await super()._translate_exceptions(func, *args, **kwargs)

    async def fetch(self, sql: str, params: Sequence[Any]) -> list[Row]:
        async with self._held() as connection:
            rows: list[Row] = await connection.fetch(statement(sql, "postgres").sql, *params)
            return rows

    async def execute(self, sql: str, params: Sequence[Any]) -> int:
        async with self._held() as connection:
            return _affected(await connection.execute(statement(sql, "postgres").sql, *params))

    async def insert(self, table: Table, rows: Sequence[Row], on_conflict: str) -> int:
        async with self._held() as connection:
            columns = zip(*rows, strict=True)
            sql = table.inserting("postgres", on_conflict)
            return _affected(await connection.execute(sql, *columns))

    async def script(self, sql: str) -> None:
        async with self._held() as connection:
            await connection.execute(sql, timeout=SCRIPT_SECONDS)

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[Any]:
        if self._pool is None:
            raise OperationalError("the database is closed")
        with _translated():
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                yield connection

    def _in_transaction(self) -> "TransactionContext":
        return TransactionContext(Transaction(self), self._pool_init_lock)


class Transaction(TransactionWrapper, Client):
    """One connection while a transaction is open on it."""

    def __init__(self, connection: Client) -> None:
        TransactionWrapper.__init__(self, connection)

    @asynccontextmanager
    async def _held(self) -> AsyncIterator[Any]:
        if self._finalized:
            raise OperationalError("this transaction is over")
        with _translated():
            yield self._connection

    def _in_transaction(self) -> Any:
        return TransactionWrapper._in_transaction(self)


class TransactionContext(TransactionContextPooled):
    """Enters and leaves a transaction so that a cancellation at any moment leaks no connection.

    The pool shields its own release, and rolls back what is still open on a connection that
    comes home.
    """

    async def __aenter__(self) -> Transaction:
        transaction = cast(Transaction, self.client)
        await self.ensure_connection()
        pool: Any = transaction._parent._pool
        with _translated():
            transaction._connection = await pool.acquire(timeout=ACQUIRE_SECONDS)
            try:
                await transaction.begin()
            except BaseException:
                await pool.release(transaction._connection)
                raise
        self.token = get_connections().set(self.connection_name, transaction)
        return transaction

    async def __aexit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        get_connections().reset(self.token)
        transaction = cast(Transaction, self.client)
        pool: Any = transaction._parent._pool
        with _translated():
            try:
                if not transaction._finalized:
                    await self._finish(transaction, failed=exc_type is not None)
            finally:
                transaction._finalized = True
                await pool.release(transaction._connection)

    async def _finish(self, transaction: Transaction, *, failed: bool) -> None:
        if not failed:
            await transaction.commit()
            return
        try:
            await transaction.rollback()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            # The connection is lost, and the server rolls back by itself. What the caller has to
            # hear of is the error that brought us here.
            with suppress(asyncpg.InterfaceError):  # The pool may have let go of it already.
                transaction._connection.terminate()


async def _leave_as_it_is(connection: Any) -> None:
    """Takes the place of asyncpg's reset."""


def _affected(status: str) -> int:
    """The rows of a command tag: `UPDATE 3`, `INSERT 0 3`; none in `CREATE TABLE`."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


client_class = Client
