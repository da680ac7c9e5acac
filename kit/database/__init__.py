"""One door to SQLite and PostgreSQL. Tortoise owns the connections; hot paths write SQL by hand.

    await database.connect()                      # PIALA_DATABASE_URL
    async with database.transaction():
        rows = await database.fetch("SELECT id FROM member WHERE id IN ?", ids)
        await database.insert(AWARDS, [(award.id, award.member_id, award.at)])

One text serves both: `?` for a parameter, `IN ?` or `NOT IN ?` for a list of texts or numbers.
Rows are read by position. SQLite answers booleans as 0 and 1. A broken constraint is an
`IntegrityError`, a statement that the database refuses an `OperationalError`, and a database
that does not answer a `DatabaseUnavailable`, whichever of the two it is.

Inside a transaction: no `gather`, no `create_task`, no loader, no network.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, ParamSpec, TypeVar
from urllib.parse import parse_qsl, urlsplit

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.exceptions import IntegrityError, OperationalError

from kit import houses
from kit.database import postgres, sqlite
from kit.database.sql import ColumnType, Dialect, Row, Table
from kit.settings import settings

__all__ = [
    "ColumnType",
    "Dialect",
    "IntegrityError",
    "OperationalError",
    "Row",
    "Table",
    "close",
    "connect",
    "connected",
    "connection_number",
    "dialect",
    "execute",
    "fetch",
    "fetch_one",
    "in_transaction",
    "insert",
    "locking",
    "script",
    "transaction",
    "unit_of_work",
]

T = TypeVar("T")
P = ParamSpec("P")

CLOSING_SECONDS: Final = 8.0
_log = logging.getLogger(__name__)

_context: TortoiseContext | None = None
_connections = 0
_live: set[asyncio.Task[Any]] = set()


async def connect(url: str | None = None, *, only_read: bool = False) -> None:
    """Open the database at `url` (default: the setting) for the whole process.

    With `only_read` an SQLite file may be open in another process, and cannot be written.

    Raises `DatabaseInUse` when another process has the SQLite file, and `DatabaseUnavailable`
    when PostgreSQL does not answer.
    """
    global _context, _connections
    if _context is not None:
        raise RuntimeError("the database is already connected")
    alias, connection = _connection_config(url or settings().database_url, only_read=only_read)
    config = {
        "connections": {alias: connection},
        "apps": {"models": {"models": houses.model_modules(), "default_connection": alias}},
    }
    context = TortoiseContext()
    with context:  # Current while it is built; afterwards every task sees it as the global one.
        await context.init(config=config, _enable_global_fallback=True)
    try:
        await context.db().create_connection(with_db=True)
    except BaseException:
        await context.close_connections()
        raise
    _context = context
    _connections += 1


async def close() -> None:
    """Wait for the live units of work (8 seconds at most), then close the connections."""
    global _context
    if _live:
        _done, late = await asyncio.wait(_live, timeout=CLOSING_SECONDS)
        for task in late:
            _log.error("a unit of work was still running at the end: %r", task)
            task.cancel()
    context, _context = _context, None
    if context is not None:
        await context.close_connections()


@asynccontextmanager
async def connected(url: str | None = None, *, only_read: bool = False) -> AsyncIterator[None]:
    """The database, connected inside the block and closed whatever happens: for commands."""
    await connect(url, only_read=only_read)
    try:
        yield
    finally:
        await close()


def connection_number() -> int:
    """Which connection of this process it is: what another one answered may not be true here."""
    return _connections


def dialect() -> Dialect:
    """Which of the two databases is connected."""
    return _client().dialect


def in_transaction() -> bool:
    """Whether the caller stands inside a transaction."""
    return isinstance(_client(), TransactionalDBClient)


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Everything inside happens, or nothing does. Inside another one it joins that.

    On SQLite it is the only writer from its first moment (`BEGIN IMMEDIATE`). It may be
    cancelled at any moment; work that must not be goes through `unit_of_work`.
    """
    client = _client()
    if isinstance(client, TransactionalDBClient):
        yield
        return
    async with client._in_transaction():
        yield


async def unit_of_work(work: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` to its end in a task of its own, although the caller may be cancelled meanwhile.

    Inside a transaction it is part of that transaction's unit and simply runs.
    """
    if in_transaction():
        return await work(*args, **kwargs)
    task = asyncio.ensure_future(_run(work, *args, **kwargs))
    _live.add(task)
    task.add_done_callback(_live.discard)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_report_unheard)
        raise


async def fetch(sql: str, *params: Any) -> list[Row]:
    """The rows that a statement answers, `RETURNING` included."""
    return await _client().fetch(sql, params)


async def fetch_one(sql: str, *params: Any) -> Row | None:
    """The first row, or `None`. The statement should limit itself to one."""
    rows = await _client().fetch(sql, params)
    return rows[0] if rows else None


async def execute(sql: str, *params: Any) -> int:
    """Run a statement; how many rows it changed."""
    return await _client().execute(sql, params)


async def insert(table: Table, rows: Sequence[Row], on_conflict: str = "") -> int:
    """Insert all rows or none; how many were. `on_conflict` is the SQL of that clause."""
    if not rows:
        return 0
    return await _client().insert(table, rows, on_conflict)


async def script(sql: str) -> None:
    """Run one statement as it stands, with an hour's patience: for migrations."""
    await _client().script(sql)


def locking(*, skip_locked: bool = False) -> str:
    """What a `SELECT` ends in to lock its rows: on SQLite nothing, the transaction has them all."""
    if dialect() == "sqlite":
        return ""
    return " FOR UPDATE SKIP LOCKED" if skip_locked else " FOR UPDATE"


def _client() -> sqlite.Client | postgres.Client:
    """Tortoise's connection for this task: the open transaction's, if there is one."""
    if _context is None:
        raise RuntimeError("the database is not connected")
    return _context.db()  # type: ignore[return-value]


def _connection_config(url: str, *, only_read: bool) -> tuple[str, dict[str, Any]]:
    """Tortoise's configuration. The connection is named for its dialect, because Tortoise keeps
    the SQL that it has built by that name, even when the next database is of the other kind."""
    config = expand_db_url(url)
    given = config["credentials"]
    if config["engine"] == "tortoise.backends.sqlite":
        credentials = {**given, **sqlite.PRAGMAS, **_asked(url)}
        if only_read:
            credentials["query_only"] = "ON"
        return "sqlite", {"engine": sqlite.__name__, "credentials": credentials}
    if config["engine"] == "tortoise.backends.asyncpg":
        credentials = {**postgres.POOL_OPTIONS, "maxsize": settings().database_pool, **given}
        return "postgres", {"engine": postgres.__name__, "credentials": credentials}
    raise ValueError("the database URL must begin with sqlite:// or postgres://")


def _asked(url: str) -> dict[str, str]:
    """The pragmas that the URL itself asks for, as in `sqlite://piala.db?foreign_keys=OFF`."""
    return dict(parse_qsl(urlsplit(url).query))


async def _run(work: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    return await work(*args, **kwargs)


def _report_unheard(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _log.error("a unit of work failed after its caller had gone", exc_info=error)
