import asyncio

import pytest

from kit import database as db
from kit.remembered import Remembered


class Source:
    """Answers with how often it was asked."""

    def __init__(self):
        self.asked = 0

    async def ask(self):
        self.asked += 1
        return self.asked


@pytest.fixture
def source():
    return Source()


async def test_an_answer_is_kept_until_its_time_is_up(clock, source):
    kept = Remembered(seconds=60)
    assert await kept.answer("a", source.ask) == 1
    clock.advance(seconds=59.999999)
    assert await kept.answer("a", source.ask) == 1
    clock.advance(seconds=0.000001)
    assert await kept.answer("a", source.ask) == 2
    assert await kept.answer("a", source.ask) == 2


async def test_each_key_has_its_own_answer(clock, source):
    kept = Remembered(seconds=60)
    assert [await kept.answer(key, source.ask) for key in "abab"] == [1, 2, 1, 2]


async def test_a_clock_that_goes_back_makes_no_answer_last_longer(clock, source):
    kept = Remembered(seconds=60)
    await kept.answer("a", source.ask)
    clock.advance(days=-1)
    assert await kept.answer("a", source.ask) == 2


async def test_what_one_database_answered_is_not_told_of_another(clock, source, database_url):
    kept = Remembered(seconds=60)
    async with db.connected(database_url):
        assert await kept.answer("a", source.ask) == 1
        assert await kept.answer("a", source.ask) == 1
    async with db.connected(database_url):
        assert await kept.answer("a", source.ask) == 2


async def test_no_more_answers_are_kept_than_allowed(clock, source):
    kept = Remembered(seconds=60, keys=2)
    assert [await kept.answer(key, source.ask) for key in "abcca"] == [1, 2, 3, 3, 4]


async def test_a_failure_is_not_remembered(clock, source):
    kept = Remembered(seconds=60)

    async def fail():
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await kept.answer("a", fail)
    assert await kept.answer("a", source.ask) == 1


async def test_an_answer_that_took_long_is_as_old_as_its_question(clock, source):
    kept = Remembered(seconds=60)

    async def slow():
        await asyncio.sleep(0)
        clock.advance(seconds=61)
        return await source.ask()

    assert await kept.answer("a", slow) == 1
    assert await kept.answer("a", source.ask) == 2
