"""One door to both databases: what it promises holds on each."""

import asyncio
import contextlib
from contextvars import Context

import pytest

from kit import database as db
from kit.models import AppliedMigration

THINGS = db.Table(
    "thing",
    {"id": "text", "n": "bigint", "blob": "bytes", "good": "boolean", "weight": "double"},
)


@pytest.fixture
async def things(database):
    binary = "BLOB" if db.dialect() == "sqlite" else "BYTEA"
    await db.execute(
        f"CREATE TABLE thing (id TEXT PRIMARY KEY, n BIGINT CHECK (n < 1000), blob {binary}, "
        "good BOOLEAN, weight DOUBLE PRECISION)"
    )
    await db.insert(THINGS, [(f"t{n}", n, b"\x00\xff", n % 2 == 0, n / 2) for n in range(5)])


async def numbers():
    return [row[0] for row in await db.fetch("SELECT n FROM thing ORDER BY n")]


async def elsewhere(work):
    """Run `work` in a task that knows nothing of our transaction."""
    return await asyncio.create_task(work, context=Context())


async def test_values_come_back_as_they_went_in(things):
    row = await db.fetch_one("SELECT id, n, blob, good, weight FROM thing WHERE id = ?", "t3")
    assert tuple(row) == ("t3", 3, b"\x00\xff", False, 1.5)
    assert await db.insert(THINGS, [("none", None, None, None, None)]) == 1
    row = await db.fetch_one("SELECT n, blob, good, weight FROM thing WHERE id = ?", "none")
    assert tuple(row) == (None, None, None, None)


async def test_a_list_parameter_is_one_parameter(things):
    some = await db.fetch("SELECT n FROM thing WHERE id IN ? AND n > ? ORDER BY n", ["t1", "t2"], 1)
    assert [row[0] for row in some] == [2]
    assert await db.fetch("SELECT n FROM thing WHERE id IN ?", []) == []
    rest = await db.fetch("SELECT n FROM thing WHERE n NOT IN ? ORDER BY n", [0, 1, 2])
    assert [row[0] for row in rest] == [3, 4]


async def test_a_question_mark_inside_quotes_is_text(things):
    row = await db.fetch_one("SELECT 'it''s ?' , n FROM thing WHERE id = ?", "t1")
    assert tuple(row) == ("it's ?", 1)


async def test_execute_tells_how_many_rows_changed(things):
    assert await db.execute("UPDATE thing SET n = n + 1 WHERE n >= ?", 3) == 2
    assert await db.execute("DELETE FROM thing WHERE n > ?", 900) == 0


async def test_returning_writes_and_reads(things):
    row = await db.fetch_one("UPDATE thing SET n = n + 1 WHERE id = ? RETURNING n", "t1")
    assert row[0] == 2
    assert await numbers() == [0, 2, 2, 3, 4]


async def test_an_insert_is_all_or_nothing(things):
    with pytest.raises(db.IntegrityError):
        await db.insert(THINGS, [("new", 7, None, None, None), ("t1", 7, None, None, None)])
    assert await numbers() == [0, 1, 2, 3, 4]


async def test_an_insert_may_pass_over_what_is_there(things):
    rows = [("new", 7, None, None, None), ("t1", 7, None, None, None)]
    assert await db.insert(THINGS, rows, "ON CONFLICT (id) DO NOTHING") == 1
    assert await numbers() == [0, 1, 2, 3, 4, 7]


async def test_inserting_nothing_is_no_statement(things, statements):
    assert await db.insert(THINGS, []) == 0
    assert statements == []


@pytest.mark.parametrize(
    "sql",
    ["UPDATE thing SET n = 5000 WHERE n = 1", "INSERT INTO thing (id) VALUES ('t1')"],
)
async def test_a_broken_constraint_is_the_same_error_on_both(things, sql):
    with pytest.raises(db.IntegrityError):
        await db.execute(sql)
    with pytest.raises(db.IntegrityError):
        async with db.transaction():
            await db.execute(sql)
    assert await numbers() == [0, 1, 2, 3, 4]


async def test_nonsense_is_an_operational_error(things):
    with pytest.raises(db.OperationalError):
        await db.fetch("SELECT nonsense FROM thing")
    with pytest.raises(db.OperationalError):
        await db.execute("UPDATE thing SET nonsense = 1")


async def test_a_transaction_happens_or_does_not(things):
    async with db.transaction():
        await db.execute("DELETE FROM thing WHERE n = 0")
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await db.execute("DELETE FROM thing")
            assert await numbers() == []
            raise ZeroDivisionError
    assert await numbers() == [1, 2, 3, 4]


async def test_a_transaction_joins_the_one_around_it(things):
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            async with db.transaction():
                await db.execute("DELETE FROM thing")
            raise ZeroDivisionError
    assert len(await numbers()) == 5


async def test_the_orm_stands_in_the_same_transaction(things):
    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await AppliedMigration.create(name="x", applied_at=1)
            assert await db.fetch("SELECT 1 FROM applied_migration WHERE name = 'x'")
            raise ZeroDivisionError
    assert not await AppliedMigration.filter(name="x").exists()


async def test_others_see_a_transaction_only_when_it_is_done(things):
    async def migrations():
        return await AppliedMigration.all().count()

    async with db.transaction():
        await db.execute("DELETE FROM thing")
        # On a file nobody waits for the transaction either: readers stand beside it.
        assert len(await elsewhere(numbers())) == 5
        assert await elsewhere(migrations()) > 0
    assert await elsewhere(numbers()) == []


async def test_writers_wait_for_each_other(things):
    async def add(_):
        async with db.transaction():
            row = await db.fetch_one(f"SELECT n FROM thing WHERE id = 't0'{db.locking()}")
            await asyncio.sleep(0)
            await db.execute("UPDATE thing SET n = ? WHERE id = 't0'", row[0] + 1)

    await asyncio.gather(*(add(n) for n in range(20)))
    row = await db.fetch_one("SELECT n FROM thing WHERE id = 't0'")
    assert row[0] == 20


async def test_a_task_that_outlives_its_transaction_is_told(things):
    done = asyncio.Event()

    async def late():
        await done.wait()
        return await numbers()

    async with db.transaction():
        task = asyncio.create_task(late())
    done.set()
    with pytest.raises(db.OperationalError, match="over"):
        await task


async def test_cancelling_at_any_moment_leaves_nothing_behind(things):
    """Twenty writers are cancelled wherever they stand; the next one goes on as if nothing was."""

    async def work(n):
        async with db.transaction():
            await db.execute("UPDATE thing SET n = n + 1 WHERE id = 't0'")
            await db.fetch("SELECT n FROM thing")

    for steps in range(40):
        tasks = [asyncio.create_task(work(n)) for n in range(3)]
        for _ in range(steps):
            await asyncio.sleep(0.0002)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(30), db.transaction():
            await db.execute("UPDATE thing SET n = 0 WHERE id = 't0'")
    row = await db.fetch_one("SELECT n FROM thing WHERE id = 't0'")
    assert row[0] == 0


async def test_a_unit_of_work_outlives_its_caller(things):
    begun = asyncio.Event()

    async def work(n, *, extra):
        async with db.transaction():
            begun.set()
            await asyncio.sleep(0.05)
            await db.execute("UPDATE thing SET n = ? WHERE id = 't0'", n + extra)

    caller = asyncio.create_task(db.unit_of_work(work, 40, extra=2))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert (await db.fetch_one("SELECT n FROM thing WHERE id = 't0'"))[0] == 0
    async with asyncio.timeout(30):
        while (await db.fetch_one("SELECT n FROM thing WHERE id = 't0'"))[0] != 42:
            await asyncio.sleep(0.01)


async def test_a_unit_of_work_answers_and_raises(things):
    async def answer():
        return 42

    async def fail():
        raise ZeroDivisionError

    assert await db.unit_of_work(answer) == 42
    with pytest.raises(ZeroDivisionError):
        await db.unit_of_work(fail)


async def test_a_unit_inside_a_transaction_is_part_of_it(things):
    async def clear():
        async with db.transaction():
            await db.execute("DELETE FROM thing")

    with pytest.raises(ZeroDivisionError):
        async with db.transaction():
            await db.unit_of_work(clear)
            raise ZeroDivisionError
    assert len(await numbers()) == 5


async def test_a_failure_that_nobody_hears_is_logged(things, caplog):
    begun = asyncio.Event()

    async def work():
        begun.set()
        await asyncio.sleep(0.01)
        raise ZeroDivisionError("unheard")

    caller = asyncio.create_task(db.unit_of_work(work))
    await begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    async with asyncio.timeout(30):
        while "after its caller had gone" not in caplog.text:
            await asyncio.sleep(0.01)
    assert "unheard" in caplog.text


async def test_closing_waits_for_the_live_units(database_url):
    finished = []

    async def work():
        await asyncio.sleep(0.05)
        await db.fetch_one("SELECT count(*) FROM outbox")
        finished.append(True)

    await db.connect(database_url)
    caller = asyncio.create_task(db.unit_of_work(work))
    await asyncio.sleep(0)
    caller.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await caller
    await db.close()
    assert finished == [True]
    await db.close()  # Closing twice is harmless.


async def test_without_a_connection_the_door_says_so():
    with pytest.raises(RuntimeError, match="not connected"):
        await db.fetch("SELECT 1")


async def test_connecting_twice_is_a_mistake(database):
    with pytest.raises(RuntimeError, match="already"):
        await db.connect(database)


async def test_another_kind_of_database_is_refused():
    with pytest.raises(ValueError, match="sqlite:// or postgres://"):
        await db.connect("mysql://root@localhost/piala")


async def test_locking_is_a_word_of_postgres_alone(database, dialect):
    assert db.locking() == ("" if dialect == "sqlite" else " FOR UPDATE")
    assert db.locking(skip_locked=True) == (
        "" if dialect == "sqlite" else " FOR UPDATE SKIP LOCKED"
    )


async def test_rows_that_another_holds_are_skipped(things, dialect):
    if dialect == "sqlite":
        return  # There the transaction has all rows.

    async def unlocked():
        async with db.transaction():
            sql = f"SELECT n FROM thing ORDER BY n{db.locking(skip_locked=True)}"
            return [row[0] for row in await db.fetch(sql)]

    async with db.transaction():
        await db.fetch(f"SELECT n FROM thing WHERE n < 3{db.locking()}")
        assert await elsewhere(unlocked()) == [3, 4]
