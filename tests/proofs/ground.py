"""The ground of a proof: a prepared database of either kind, as if new for each example."""

import asyncio
import shutil
from pathlib import Path

import asyncpg

from kit import clock
from kit import database as db
from tests import servers

START = clock.parse("2026-03-02T09:00:00Z")
"""Where the time of each example begins."""

# What the proof's own world put into the tables is kept aside, and put back for each example.
_KEPT = servers.KEPT_ASIDE.replace("migrated", "prepared")
_PUT_BACK = """
SET session_replication_role = replica;
DO $$
DECLARE
    name TEXT;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM %I', name);
        EXECUTE format(
            'INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT * FROM prepared.%I', name, name
        );
    END LOOP;
END $$;
"""
_VACUUM_EVERY = 100


class Ground:
    """One event loop, one database; whoever proves something runs everything through it."""

    def __init__(self, dialect: str, template: str | Path, directory: Path) -> None:
        self.dialect, self.template, self.directory = dialect, template, directory
        self.runner = asyncio.Runner()
        self.now = START
        self.told = None
        self._used = 0
        self._admin = None
        self._is_open = False
        clock.set_now(lambda: self.now)

    def do(self, work):
        """Run a coroutine to its end."""
        return self.runner.run(work)

    def prepare(self, build):
        """Let `build` make the world that every example begins with; `told` is what it returns."""
        self.do(self._prepare(build))

    def begin(self):
        """The prepared world, as if nothing had ever happened in it."""
        self.now = START
        self.do(self._begin())

    def close(self):
        """Let go of everything."""
        try:
            self.do(self._close())
        finally:
            self.runner.close()
            clock.set_now(None)

    async def _prepare(self, build):
        if self.dialect == "sqlite":
            shutil.copy(self.template, self._prepared)
            async with db.connected(f"sqlite://{self._prepared}?synchronous=OFF"):
                self.told = await build()
            return
        self._admin = await asyncpg.connect(self.template)
        await self._admin.execute(servers.PUT_BACK)
        await self._admin.execute("DROP SCHEMA IF EXISTS prepared CASCADE")
        await db.connect(self.template)
        self._is_open = True
        self.told = await build()
        await self._admin.execute(_KEPT)

    async def _begin(self):
        self._used += 1
        if self.dialect == "postgres":
            await self._admin.execute(_PUT_BACK)
            if not self._used % _VACUUM_EVERY:
                await self._admin.execute("VACUUM")
            return
        await self._hang_up()
        for left in self.directory.glob("example.db*"):
            left.unlink()
        shutil.copy(self._prepared, self.directory / "example.db")
        await db.connect(f"sqlite://{self.directory / 'example.db'}?synchronous=OFF")
        self._is_open = True

    async def _close(self):
        await self._hang_up()
        if self._admin is not None:
            await self._admin.execute("DROP SCHEMA IF EXISTS prepared CASCADE")
            await self._admin.close()

    async def _hang_up(self):
        if self._is_open:
            self._is_open = False
            await db.close()

    @property
    def _prepared(self):
        return self.directory / "prepared.db"
