"""What every test may ask for: a fresh database of either kind, a Redis, a clock.

Behaviour is tested on both databases: a test that asks for `database` runs twice.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
import redis

from kit import clock as kit_clock
from kit import database as kit_database
from kit import migrating
from kit.clock import Instant
from kit.database import postgres, sqlite
from tests import servers

IN_CI = bool(os.environ.get("PIALA_CI"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    return _strict(report, item.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    return _strict(report, collector.nodeid)


def _strict(report, where):
    """In CI a skip is a failure: whatever a test needs has to be there."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {where}: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def _run(request) -> str:
    """What all workers of this test run have in common."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")


@pytest.fixture(scope="session")
def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0")


@pytest.fixture(scope="session")
def own_name(_run, _worker) -> str:
    """What the databases of this worker begin with."""
    return f"piala_test_{_run[:12]}_{_worker}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    asyncio.run(_migrated(f"sqlite://{path}"))
    return path


@pytest.fixture(scope="session")
def postgres_admin(_run) -> str:
    """The administrator's URL of the PostgreSQL of this test run."""
    return servers.postgres_url(_run)


@pytest.fixture(scope="session")
def postgres_template(postgres_admin, own_name) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database that each test finds as if new."""
    url = servers.database_url(postgres_admin, own_name)
    asyncio.run(_administer(postgres_admin, f"CREATE DATABASE {own_name}"))
    asyncio.run(_migrated(url))
    asyncio.run(_administer(url, servers.KEPT_ASIDE))
    yield url
    asyncio.run(_administer(postgres_admin, f"DROP DATABASE {own_name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgres"])
def dialect(request) -> str:
    """Which of the two databases the test runs on."""
    return request.param


@pytest.fixture
def template(dialect, request):
    """What a fresh database of this kind is copied from, made when first asked for."""
    return request.getfixturevalue(f"{dialect}_template")


@pytest.fixture
async def database_url(dialect, template, tmp_path) -> str:
    """The URL of a fresh, migrated database that nobody is connected to."""
    if dialect == "sqlite":
        path = tmp_path / "piala.db"
        shutil.copy(template, path)
        return f"sqlite://{path}?synchronous=OFF"
    await _administer(template, servers.PUT_BACK)
    return template


@pytest.fixture
async def database(database_url) -> AsyncIterator[str]:
    """A fresh, migrated, connected database; its URL."""
    async with kit_database.connected(database_url):
        yield database_url


@pytest.fixture(scope="session")
def _redis_server(_worker) -> Iterator[str]:
    with servers.redis_url(int(_worker.removeprefix("gw"))) as url:
        yield url


@pytest.fixture
def redis_url(_redis_server) -> str:
    """The URL of an empty Redis."""
    with redis.Redis.from_url(_redis_server) as client:
        client.flushdb()
    return _redis_server


@dataclass
class Clock:
    """The clock of a test: it stands still until the test moves it."""

    now: Instant = field(default_factory=lambda: kit_clock.parse("2026-03-02T09:00:00Z"))

    def set(self, moment: str | Instant) -> Instant:
        """Move the clock to a moment: an instant, or ISO 8601."""
        self.now = kit_clock.parse(moment) if isinstance(moment, str) else moment
        return self.now

    def advance(self, *, days=0, hours=0, minutes=0, seconds=0) -> Instant:
        """Let time pass."""
        self.now += (
            days * kit_clock.DAY
            + hours * kit_clock.HOUR
            + minutes * kit_clock.MINUTE
            + round(seconds * kit_clock.SECOND)
        )
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The house's clock in the test's hand; it begins on Monday, 2026-03-02, 09:00 UTC."""
    clock = Clock()
    kit_clock.set_now(lambda: clock.now)
    yield clock
    kit_clock.set_now(None)


@pytest.fixture
def statements(monkeypatch) -> list[str]:
    """Every SQL text sent from now on, so that a test can count them; the list may be cleared."""
    sent: list[str] = []

    def record(owner, method):
        original = getattr(owner, method)

        async def recording(self, sql, *args):
            sent.append(str(sql))
            return await original(self, sql, *args)

        monkeypatch.setattr(owner, method, recording)

    own = ("fetch", "execute")
    orm = ("execute_query", "execute_insert", "execute_many")
    for owner, methods in (
        (sqlite.Client, (*own, *orm)),
        (sqlite.Transaction, (*own, "insert")),
        (postgres.Client, (*own, "insert", *orm)),
    ):
        for method in methods:
            record(owner, method)
    return sent


async def _migrated(url: str) -> None:
    async with kit_database.connected(url):
        await migrating.migrate()


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
