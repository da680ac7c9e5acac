"""What a SQLite file needs beside the common door: one process, readers, durability."""

import asyncio
import signal
import subprocess
import sys
from contextvars import Context

import pytest

from kit import database as db
from kit.errors import DatabaseInUse

HOLD = """
import asyncio, sys
from kit import database
async def main():
    await database.connect(sys.argv[1])
    print("held", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.fixture
def url(tmp_path):
    return f"sqlite://{tmp_path / 'piala.db'}"


async def test_a_second_process_is_refused_and_told_who_has_the_file(url, tmp_path):
    command = [sys.executable, "-c", HOLD, url]
    holder = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert await holder.stdout.readline() == b"held\n"
        with pytest.raises(DatabaseInUse) as caught:
            await db.connect(url)
        assert caught.value.holder == str(holder.pid)
        assert caught.value.path == str(tmp_path / "piala.db")
    finally:
        holder.send_signal(signal.SIGKILL)
        await holder.wait()
    async with db.connected(url):  # Whoever is killed leaves no lock behind.
        assert await db.fetch("SELECT 1") == [(1,)]


async def test_who_only_reads_needs_no_lock_and_cannot_write(url):
    async with db.connected(url):
        await db.execute("CREATE TABLE word (text TEXT)")
    command = [sys.executable, "-c", HOLD, url]
    holder = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert await holder.stdout.readline() == b"held\n"
        async with db.connected(url, only_read=True):
            assert await db.fetch("SELECT count(*) FROM word") == [(0,)]
            with pytest.raises(db.OperationalError, match="readonly"):
                await db.execute("INSERT INTO word VALUES ('a')")
    finally:
        holder.send_signal(signal.SIGKILL)
        await holder.wait()


async def test_an_own_second_connection_is_refused_too(url):
    async with db.connected(url):
        with pytest.raises(RuntimeError, match="already"):
            await db.connect(url)
        assert await db.fetch("SELECT 1") == [(1,)]


async def test_a_file_that_cannot_be_opened_is_an_error_and_leaves_no_thread(tmp_path):
    with pytest.raises(OSError, match="missing"):
        await db.connect(f"sqlite://{tmp_path / 'missing' / 'piala.db'}")
    (tmp_path / "piala.db").write_bytes(b"this is no database, " * 100)
    with pytest.raises(db.OperationalError, match="not a database"):
        await db.connect(f"sqlite://{tmp_path / 'piala.db'}")
    (tmp_path / "piala.db").unlink()
    async with db.connected(f"sqlite://{tmp_path / 'piala.db'}"):
        assert await db.fetch("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("wal_autocheckpoint", 10000),
        ("recursive_triggers", 1),
        ("mmap_size", 0),
    ],
)
async def test_the_writer_is_durable(url, pragma, value):
    async with db.connected(url), db.transaction():
        assert await db.fetch(f"PRAGMA {pragma}") == [(value,)]


async def test_the_url_may_ask_for_a_pragma(url):
    async with db.connected(f"{url}?synchronous=OFF"), db.transaction():
        assert await db.fetch("PRAGMA synchronous") == [(0,)]


async def test_a_transaction_takes_the_write_lock_at_once(url):
    """What begins by reading must not fail when it comes to write."""
    async with db.connected(url):
        await db.execute("CREATE TABLE t (n INTEGER)")
        async with db.transaction():
            outsider = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0.1)"
                ".execute('INSERT INTO t VALUES (1)')",
                url.removeprefix("sqlite://"),
                stderr=subprocess.PIPE,
            )
            _out, error = await outsider.communicate()
    assert b"database is locked" in error


async def test_a_database_in_memory_needs_no_file_and_no_lock(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with db.connected("sqlite://:memory:"):
        await db.execute("CREATE TABLE t (n INTEGER)")

        async def count():
            return (await db.fetch("SELECT count(*) FROM t"))[0][0]

        async with db.transaction():
            await db.execute("INSERT INTO t VALUES (1)")
            waiting = asyncio.create_task(count(), context=Context())
            await asyncio.sleep(0.01)
            assert not waiting.done()  # It waits: one connection shows no half-written work.
        assert await waiting == 1
    assert list(tmp_path.iterdir()) == []


async def test_a_relative_path_is_below_where_we_stand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with db.connected("sqlite://cdnow.db"):
        assert (tmp_path / "cdnow.db").exists()
