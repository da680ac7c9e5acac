"""`piala migrate`."""

import sys

from kit import database, migrating


async def run() -> int:
    """Apply the migrations that the database lacks, and say which."""
    async with database.connected():
        applied = await migrating.migrate()
    for name in applied:
        sys.stdout.write(f"applied {name}\n")
    if not applied:
        sys.stdout.write("up to date\n")
    return 0
