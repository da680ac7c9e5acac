"""A real shop's eighteen months, replayed by the commands that the example's README names.

What must come out is computed by `cdnow_oracle.py` from the file alone.
"""

import gzip
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from kit.settings import settings
from tests.journeys import cdnow_oracle
from tests.journeys.cdnow_refunds import as_json, refund_as_json, refunds

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "cdnow"
AS_OF = ("--as-of", "1998-06-30T23:59:59Z")
MEMORY_MAX = 400 * 1024  # kilobytes
SAMPLE_UNTIL = "00800"
PART_UNTIL = "01500"
# The kernel's own high-water mark of this program alone: `ru_maxrss` begins with that of whoever
# started it.
RUN_AND_MEASURE = """
import atexit, pathlib, re
def peak():
    status = pathlib.Path("/proc/self/status").read_text()
    pathlib.Path("peak").write_text(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1])
atexit.register(peak)
from piala.cli import app
app()
"""


@pytest.fixture(scope="module")
def rows():
    """The lines of the file, its header first."""
    return gzip.decompress((EXAMPLE / "CDNOW_master.txt.gz").read_bytes()).decode().splitlines()


@pytest.fixture
def sample(rows):
    """The header, and the rows of the first eight hundred customers."""
    return [rows[0], *(row for row in rows[1:] if row.split()[0] <= SAMPLE_UNTIL)]


@pytest.fixture
def another_database(monkeypatch, tmp_path):
    """Call it, and the commands go on with an empty SQLite database."""

    def turn(piala):
        monkeypatch.setenv("PIALA_DATABASE_URL", f"sqlite://{tmp_path}/another.db?synchronous=OFF")
        settings.cache_clear()
        assert piala("migrate").exit_code == 0

    return turn


def imported(piala, path, *more):
    assert piala("programme", "apply", EXAMPLE / "programme.yaml").exit_code == 0
    answer = piala("import", path, *more)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def by_mapping():
    return "--mapping", EXAMPLE / "mapping.yaml"


def stats(piala):
    return json.loads(piala("stats", "--json", *AS_OF).stdout)


def digest(piala):
    answer = piala("audit", "--digest", *AS_OF)
    assert answer.exit_code == 0, answer.output
    (found,) = (line for line in answer.stdout.splitlines() if line.startswith("digest: "))
    return found


def with_refunds(rows):
    """The rows and their refunds as lines of JSON, as they happened."""
    lines = [as_json(number, row) for number, row in enumerate(rows[1:], start=2)]
    lines += [refund_as_json(refund) for refund in refunds(rows)]
    lines.sort(key=lambda line: (line["occurred_at"], line["source"]))
    return [json.dumps(line) for line in lines]


def shuffled(lines, seed):
    return random.Random(seed).sample(lines, k=len(lines))


def test_order_repetition_format_and_database_make_no_difference(
    cli,
    another_database,
    tmp_path,
    sample,
):
    path = tmp_path / "sample.txt"
    path.write_text("\n".join(sample), "ascii")
    count = f"{len(sample) - 1:,}"
    assert f"accepted {count}, replayed 0" in imported(cli, path, *by_mapping())
    first = digest(cli)
    assert stats(cli) == cdnow_oracle.expected(sample)
    assert f"accepted 0, replayed {count}" in imported(cli, path, *by_mapping())
    assert digest(cli) == first

    lines = [json.dumps(as_json(number, row)) for number, row in enumerate(sample[1:], start=2)]
    lines += random.Random(5).sample(lines, k=100)
    random.Random(6).shuffle(lines)
    for part, chosen in enumerate((lines[::2], lines[1::2])):
        (tmp_path / f"{part}.jsonl").write_text("\n".join(chosen), "ascii")
    another_database(cli)
    imported(cli, tmp_path / "1.jsonl")
    imported(cli, tmp_path / "0.jsonl")
    assert stats(cli) == cdnow_oracle.expected(sample)
    assert digest(cli) == first


@pytest.mark.timeout(900)
def test_the_whole_file_comes_to_what_the_oracle_says(cli, rows):
    out = imported(cli, EXAMPLE / "CDNOW_master.txt.gz", *by_mapping())
    assert "accepted 69,659, replayed 0, rejected 0; 69,659 settled" in out
    assert stats(cli) == cdnow_oracle.expected(rows)
    before = digest(cli)
    out = imported(cli, EXAMPLE / "CDNOW_master.txt.gz", *by_mapping())
    assert "accepted 0, replayed 69,659, rejected 0; 0 settled" in out
    assert digest(cli) == before


def test_refunds_come_to_the_same_in_any_order_on_both_databases(
    cli, another_database, tmp_path, rows
):
    part = [rows[0], *(row for row in rows[1:] if row.split()[0] <= PART_UNTIL)]
    lines = with_refunds(part)
    path = tmp_path / "refunds.jsonl"
    path.write_text("\n".join(shuffled([*lines, *lines[::7]], seed=7)), "ascii")
    count = f"accepted {len(lines):,}, replayed {len(lines[::7]):,}, rejected 0"
    assert imported(cli, path).startswith(count)
    assert stats(cli) == cdnow_oracle.expected(part, refunds(part))
    first = digest(cli)
    another_database(cli)
    path.write_text("\n".join(lines), "ascii")
    imported(cli, path)
    assert digest(cli) == first


@pytest.mark.timeout(900)
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_whole_file_with_refunds_comes_to_the_same_in_random_order(
    cli, another_database, tmp_path, rows
):
    lines = with_refunds(rows)
    assert len(lines) == 69_659 + 9_288
    path = tmp_path / "refunds.jsonl"
    path.write_text("\n".join(lines), "ascii")
    imported(cli, path)
    first = digest(cli)
    another_database(cli)
    path.write_text("\n".join(shuffled(lines, seed=8)), "ascii")
    assert "accepted 78,947, replayed 0, rejected 0; 78,947 settled" in imported(cli, path)
    assert digest(cli) == first
    assert stats(cli) == cdnow_oracle.expected(rows, refunds(rows))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_whole_file_is_imported_and_audited_in_little_memory(cli, database_url, tmp_path):
    assert cli("programme", "apply", EXAMPLE / "programme.yaml").exit_code == 0
    file = f"{EXAMPLE}/CDNOW_master.txt.gz"
    for words in (["import", file, "--mapping", f"{EXAMPLE}/mapping.yaml"], ["audit"]):
        done = subprocess.run(
            [sys.executable, "-c", RUN_AND_MEASURE, *words],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0
        assert 0 < int((tmp_path / "peak").read_text()) < MEMORY_MAX
