"""The command line in a test's hand: in this process, on a fresh database of either kind."""

import logging
from collections.abc import Callable

import pytest
from click.testing import Result
from typer.testing import CliRunner

from kit.settings import settings
from piala.cli import app

Cli = Callable[..., Result]


@pytest.fixture
def cli(monkeypatch, tmp_path, database_url) -> Cli:
    """Call `piala` with these words; the answer has `exit_code`, `stdout` and `stderr`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIALA_DATABASE_URL", database_url)
    settings.cache_clear()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def call(*words: object) -> Result:
        return CliRunner().invoke(app, [str(word) for word in words])

    yield call
    root.handlers[:], root.level = handlers, level
    settings.cache_clear()


SHOP = """\
effective_from: 2026-01-01T00:00:00Z
activity_kinds:
  purchase:
    title: Purchase
    amount: {required: true, currencies: [USD]}
    attributes:
      discs: {type: INTEGER, min: 1}
currencies:
  points: {name: Points, main: true}
earning_rules:
  per-dollar:
    title: A point a dollar
    kind: purchase
    currency: points
    earn: {points: 1, per: 100, of: amount}
badges:
  first:
    name: First
    metric: {kind: purchase}
    goal: 1
  collector:
    name: Collector
    metric: {kind: purchase, aggregate: SUM, field: attributes.discs}
    levels:
      - {key: bronze, name: Bronze, goal: 3}
      - {key: silver, name: Silver, goal: 30}
tier_sets:
  spending:
    name: Spending
    metric: {kind: purchase, aggregate: SUM, field: amount}
    levels:
      - {key: bronze, name: Bronze, threshold: 0}
      - {key: silver, name: Silver, threshold: 5000}
leaderboards:
  spenders:
    title: Spenders
    metric: {kind: purchase, aggregate: SUM, field: amount}
"""
MAPPING = """\
source: shop:{line:06d}
member: '{who}'
kind: purchase
occurred_at: {value: '{day}'}
amount: {value: '{paid}', currency: USD}
attributes:
  discs: {value: '{discs}', type: INTEGER}
"""
CSV = """\
who,day,paid,discs
sari,2026-02-01,12.50,2
budi,2026-02-01,60.00,1
sari,2026-02-03,7.99,1
"""


@pytest.fixture
def shop(cli, tmp_path) -> Cli:
    """The command line on a database with a small programme; `shop.csv` and `mapping.yaml` lie in
    the current directory."""
    for name, text in (("shop.yaml", SHOP), ("mapping.yaml", MAPPING), ("shop.csv", CSV)):
        (tmp_path / name).write_text(text, "utf-8")
    assert cli("programme", "apply", "shop.yaml").exit_code == 0
    return cli
