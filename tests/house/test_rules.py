"""The rules of the house hold, and they can fail."""

import pytest

from tests.house import rules
from tests.house.rules import Source


@pytest.mark.parametrize("source", rules.sources(), ids=lambda source: source.name)
def test_the_house_is_in_order(source):
    assert rules.faults(source) == []


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        (
            "gamification.engine.fold",
            "from kit.database.sql import statement",
            "enters kit.database by kit.database.sql",
        ),
        ("api.schema", "import kit.database.postgres", "enters kit.database by"),
        (
            "api.schema",
            "from kit.database import postgres",
            "takes postgres from kit.database, which its door does not show",
        ),
        ("api.schema", "def f():\n    from kit import clock", "imports inside f"),
        ("api.schema", "async def f():\n    import json", "imports inside f"),
        ("api.schema", "from typing import TYPE_CHECKING", "uses TYPE_CHECKING"),
        ("api.schema", "import time\nnow = time.time()", "reads the clock by time.time"),
        ("api.schema", "from time import time_ns", "reads the clock by time.time_ns"),
        (
            "api.schema",
            "from datetime import datetime\nnow = datetime.now(UTC)",
            "reads the clock by datetime.now",
        ),
        (
            "api.schema",
            "import datetime\nnow = datetime.datetime.utcnow",
            "reads the clock by datetime.utcnow",
        ),
        ("api.schema", "from uuid import uuid4", "imports uuid"),
        ("api.schema", "import secrets", "imports secrets"),
        ("api.schema", "from random import choice", "imports random"),
        ("api.schema", "\n" * 351, "has 351 lines"),
    ],
)
def test_a_fault_is_found(name, text, fault):
    assert any(fault in found for found in rules.faults(Source(name, text)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("kit.database.sqlite", "from kit.database.sql import statement"),
        ("api.schema", "from kit import clock, database\nfrom kit.database import Table"),
        ("api.schema", "import time\nstarted = time.perf_counter()"),
        ("api.schema", "from random import Random"),
        ("kit.clock", "import time\nnow = time.time_ns()"),
    ],
)
def test_what_is_allowed_is_no_fault(name, text):
    assert rules.faults(Source(name, text)) == []
