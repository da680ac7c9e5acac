"""The import contracts catch a deliberate wrong import."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import FLOORS, ROOT


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A copy of the house, to be spoilt."""
    copy = tmp_path_factory.mktemp("house")
    for floor in FLOORS:
        shutil.copytree(ROOT / floor, copy / floor, ignore=shutil.ignore_patterns("static"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("kit/clock.py", "from gamification import ledger", "The house"),
        ("gamification/members/__init__.py", "import rewards", "The house"),
        ("workers/__init__.py", "import api", "The house"),
        ("gamification/badges/criteria.py", "from gamification import streaks", "Gamification"),
        ("gamification/ledger/wallet.py", "from gamification import engine", "Gamification"),
        ("rewards/catalogue/__init__.py", "from rewards import donations", "Rewards"),
        ("api/__init__.py", "import asyncpg", "Only kit/database"),
    ],
)
def test_a_wrong_import_is_caught(house, file, line, contract):
    spoilt = house / file
    before = spoilt.read_text()
    spoilt.write_text(f"{before}\n{line}\n")
    try:
        answer = lint(house)
    finally:
        spoilt.write_text(before)
    broken = [row for row in answer.stdout.splitlines() if row.endswith("BROKEN")]
    assert answer.returncode == 1
    assert any(contract in row for row in broken), answer.stdout


def test_the_house_keeps_its_contracts(house):
    answer = lint(house)
    assert answer.returncode == 0, answer.stdout


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in `house`."""
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    return subprocess.run(
        command, cwd=house, check=False, capture_output=True, text=True, timeout=60
    )
