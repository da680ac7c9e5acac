"""What PostgreSQL needs beside the common door: it may be away, and connections may die."""

import asyncio
from contextvars import Context

import pytest

from kit import database as db
from kit.errors import DatabaseUnavailable
from kit.models import AppliedMigration

on_postgres = pytest.mark.parametrize("dialect", ["postgres"], indirect=True)


async def test_nobody_there_is_said_so():
    with pytest.raises(DatabaseUnavailable):
        await db.connect("postgres://nobody@127.0.0.1:1/piala")
    with pytest.raises(RuntimeError, match="not connected"):
        db.dialect()


@on_postgres
async def test_a_connection_that_dies_takes_its_transaction_and_no_more(database):
    async def kill(pid):
        await db.fetch("SELECT pg_terminate_backend(?, 10000)", pid)  # Until it is gone.

    await db.execute("CREATE TABLE t (n BIGINT)")
    with pytest.raises(DatabaseUnavailable):
        async with db.transaction():
            await db.execute("INSERT INTO t VALUES (1)")
            pid = (await db.fetch_one("SELECT pg_backend_pid()"))[0]
            await asyncio.create_task(kill(pid), context=Context())
            await db.fetch("SELECT n FROM t")
    assert await db.fetch("SELECT n FROM t") == []
    assert await AppliedMigration.all().count() > 0


@on_postgres
async def test_more_work_than_connections_takes_turns(database):
    async def work(_):
        async with db.transaction():
            return (await db.fetch_one("SELECT 1"))[0]

    assert await asyncio.gather(*(work(n) for n in range(50))) == [1] * 50
    row = await db.fetch_one(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    )
    assert row[0] <= 10


@on_postgres
async def test_a_connection_goes_back_clean(database):
    """asyncpg's own reset is left out, so what could stay behind is checked here."""

    async def nothing():
        await db.fetch_one("SELECT 1")
        raise ZeroDivisionError

    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            async with db.transaction():
                await nothing()
    states = await db.fetch(
        "SELECT DISTINCT state FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert {row[0] for row in states} <= {"idle"}
