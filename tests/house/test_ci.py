"""In CI a test that is skipped has failed."""

import os
import subprocess
import sys

import pytest

from tests.house.rules import ROOT

SKIPPING = """
import pytest

def test_in_the_test():
    pytest.skip("no npm")

@pytest.mark.skipif(True, reason="no npm")
def test_by_a_mark():
    pass

@pytest.fixture
def npm():
    pytest.skip("no npm")

def test_in_a_fixture(npm):
    pass
"""
SKIPPED_WHOLE = "import pytest\npytest.skip('no npm', allow_module_level=True)"


@pytest.mark.parametrize(("in_ci", "skipped"), [("1", 0), ("", 4)], ids=["in CI", "elsewhere"])
def test_a_skip_fails_in_ci_only(tmp_path, in_ci, skipped):
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    (tmp_path / "test_skipped_whole.py").write_text(SKIPPED_WHOLE)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PIALA_CI": in_ci,
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-c", os.devnull]
    options = ["--rootdir", tmp_path, "--continue-on-collection-errors", tmp_path]
    answer = subprocess.run(
        [*command, *options],
        cwd=tmp_path,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert answer.stdout.count("skipped in CI, where nothing may be") >= (4 - skipped)
    assert (f"{skipped} skipped" in answer.stdout) == (answer.returncode == 0) == bool(skipped)
