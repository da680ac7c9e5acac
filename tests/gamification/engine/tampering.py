"""A hand that should not be there: it changes rows behind the triggers, and puts them back."""

from contextlib import asynccontextmanager

from kit import database as db

GUARDED = ("journal_entry", "ledger_entry", "effect", "ledger_transaction", "ledger_seal")
GUARDED += ("adjustment_request", "adjustment_decision", "transfer", "budget_grant")
GUARDED += ("set_aside", "set_aside_decision")
KEYS = {
    "ledger_seal": ("number",),
    "ledger_head": ("id",),
    "standing": ("member_id",),
    "adjustment_decision": ("request_id",),
    "set_aside_decision": ("set_aside_id",),
    "budget_grant": ("source", "rule"),
    "rule_budget": ("rule",),
    "score": ("board", "period", "member_id"),
    "checkpoint": ("member_id", "at"),
}


@asynccontextmanager
async def unguarded():
    """No trigger, no foreign key and no CHECK holds the hand back inside the block."""
    if db.dialect() == "postgres":
        async with db.transaction():
            await db.execute("SET LOCAL session_replication_role = replica")
            checks = await db.fetch(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
                " AND conrelid = ANY(ARRAY(SELECT oid FROM pg_class WHERE relkind = 'r'))"
                " AND conrelid::regclass::text = ANY(?)",
                list(GUARDED),
            )
            for table, name, _ in checks:
                await db.script(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            yield
            for table, name, definition in checks:
                says = definition.removesuffix(" NOT VALID")
                await db.script(f"ALTER TABLE {table} ADD CONSTRAINT {name} {says} NOT VALID")
        return
    triggers = await db.fetch("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    for name, _ in triggers:
        await db.script(f"DROP TRIGGER {name}")
    await db.execute("PRAGMA foreign_keys = OFF")
    await db.execute("PRAGMA ignore_check_constraints = ON")
    yield
    await db.execute("PRAGMA ignore_check_constraints = OFF")
    await db.execute("PRAGMA foreign_keys = ON")
    for _, sql in triggers:
        await db.script(sql)


async def row_of(table, where="1 = 1"):
    """One row of a table, by column."""
    columns = await columns_of(table)
    row = await db.fetch_one(
        f"SELECT {', '.join(columns)} FROM {table} WHERE {where} ORDER BY 1 LIMIT 1"
    )
    return dict(zip(columns, row, strict=True))


async def columns_of(table):
    """The table's columns, as the database knows them."""
    if db.dialect() == "postgres":
        rows = await db.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = ?"
            " AND table_schema = 'public' ORDER BY ordinal_position",
            table,
        )
    else:
        rows = await db.fetch(f"SELECT name FROM pragma_table_info('{table}')")
    return [row[0] for row in rows]


async def put(table, row, column, value):
    """Let a row say something else in one column; the row as it is then."""
    keys = KEYS.get(table, ("id",))
    where = " AND ".join(f"{key} = ?" for key in keys)
    async with unguarded():
        changed = await db.execute(
            f"UPDATE {table} SET {column} = ? WHERE {where}", value, *(row[key] for key in keys)
        )
    assert changed == 1
    return row | {column: value}


def altered(value):
    """The same value with its last byte changed, or one more."""
    match value:
        case None:
            return 7
        case bool():
            return not value
        case int():
            return value + 1
        case bytes():
            return value[:-1] + bytes([value[-1] ^ 1])
        case "":
            return "x"
        case str():
            return value[:-1] + ("0" if value[-1] != "0" else "1")
