"""A ground to prove on, and a count of what was proved, told at the end."""

import time
from collections import Counter

import pytest

from tests.proofs.ground import Ground


@pytest.fixture
def ground(dialect, template, tmp_path):
    """A database of either kind that begins anew for each example."""
    ground = Ground(dialect, template, tmp_path)
    yield ground
    ground.close()


@pytest.fixture
def proved(request, record_property):
    """Counts `examples` and `steps`; told when all is done."""
    counter, start = Counter(), time.perf_counter()
    yield counter
    what = request.node.originalname, request.node.callspec.params.get("dialect", "")
    record_property("proved", (*what, dict(counter), time.perf_counter() - start))


def pytest_terminal_summary(terminalreporter):
    """Say what was proved, and how far: examples, steps, seconds of work."""
    told = {}
    for report in terminalreporter.stats.get("", []) + terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", ()):
            if name == "proved" and report.when == "teardown":
                test, dialect, counts, seconds = value
                total = told.setdefault((test, dialect), Counter())
                total.update(counts, seconds=seconds)
    for (test, dialect), total in sorted(told.items()):
        steps = f"{total['steps']:,} steps, " if total["steps"] else ""
        where = f" on {dialect}" if dialect else ""
        terminalreporter.write_line(
            f"{test}{where}: {total['examples']:,} examples, {steps}{total['seconds']:,.0f} s"
        )
