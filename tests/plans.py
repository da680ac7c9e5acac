"""How a statement would be carried out: whether it reads a table from end to end."""

from kit import database as db


async def scans(sql, arguments):
    """The steps of a statement's plan that read a whole table."""
    if db.dialect() == "sqlite":
        plan = [row[3] for row in await db.fetch(f"EXPLAIN QUERY PLAN {sql}", *arguments)]
        # A list of parameters is a table too.
        return [step for step in plan if step.startswith("SCAN") and "json_each" not in step]
    async with db.transaction():
        # Small tables are read whole, unless that is forbidden.
        await db.execute("SET LOCAL enable_seqscan = off")
        plan = [row[0] for row in await db.fetch(f"EXPLAIN {sql}", *arguments)]
    return [step for step in plan if "Seq Scan" in step]
