"""The page of the ten invariants names all checks of an audit, and tests that are there."""

import ast
import re

import rewards
from gamification import engine
from tests.house.rules import ROOT

PAGE = (ROOT / "docs" / "invariants.md").read_text()
PARTS = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]


def words_of(part, name):
    """What stands in backticks on a part's line of that name."""
    [line] = [line for line in part.splitlines() if line.startswith(f"{name}: ")]
    return re.findall(r"`([^`]+)`", line)


def test_there_are_ten():
    assert [part.split(".")[0] for part in PARTS] == [str(n) for n in range(1, 11)]


async def test_their_checks_are_all_that_an_audit_makes(database):
    checks = [*(await engine.audit()).checks, *await rewards.audit()]
    named = [name for part in PARTS for name in words_of(part, "Checks")]
    assert sorted(named) == sorted(check.name for check in checks)


def test_their_tests_are_there():
    for part in PARTS:
        assert words_of(part, "Tests")
        for test in words_of(part, "Tests"):
            file, _, name = test.partition("::")
            tree = ast.parse((ROOT / file).read_text())
            functions = {
                node.name
                for node in tree.body
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            }
            assert not name or name in functions, test
