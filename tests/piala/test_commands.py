"""Every command says what it did, or in one line what is wrong; never a traceback."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.auth import Role, viewer_of
from kit.settings import settings
from piala.cli import app
from tests.piala.conftest import SHOP

COMMANDS = [
    [],
    ["serve"],
    ["worker"],
    ["migrate"],
    ["demo"],
    ["import"],
    ["export"],
    ["audit"],
    ["stats"],
    ["report"],
    ["report", "liability"],
    ["report", "breakage"],
    ["token"],
    ["schema"],
    ["programme"],
    ["programme", "apply"],
    ["programme", "export"],
    ["programme", "diff"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_every_command_explains_itself(cli, command):
    answer = cli(*command, "--help")
    assert answer.exit_code == 0
    assert "Usage" in answer.stdout


def test_these_are_all_commands():
    names = {command.name or command.callback.__name__ for command in app.registered_commands}
    groups = {group.name for group in app.registered_groups}
    assert names | groups == {words[0] for words in COMMANDS if words}


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_migrate_says_what_it_applied(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("PIALA_DATABASE_URL", f"sqlite://{tmp_path}/new.db")
    settings.cache_clear()
    first = cli("migrate")
    assert first.stdout.splitlines()[0] == "applied kit.0001_ground"
    assert cli("migrate").stdout == "up to date\n"


READING = [("stats",), ("export",), ("programme", "export")]


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize(
    "words",
    [("audit",), ("demo",), ("serve",), *READING],
    ids=" ".join,
)
def test_a_database_without_tables_is_told_in_one_line(cli, monkeypatch, tmp_path, words):
    monkeypatch.setenv("PIALA_DATABASE_URL", f"sqlite://{tmp_path}/new.db")
    settings.cache_clear()
    answer = cli(*words)
    assert answer.exit_code == 1
    (line,) = answer.stderr.splitlines()
    assert line.startswith("piala: The database is not available: ")
    assert line.endswith("; run `piala migrate`.")
    if words in READING:
        assert not Path("new.db").exists()


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("PIALA_PORT", "many", "PIALA_PORT: Input should be a valid integer"),
        ("PIALA_DATABASE_URL", "mysql://x/y", "piala: "),
        ("PIALA_DATABASE_URL", "nonsense", "piala: "),
        ("PIALA_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "does not answer"),
        ("PIALA_DATABASE_URL", "sqlite:///nowhere/at/all/piala.db", "piala: "),
    ],
)
def test_wrong_settings_are_told_in_one_line(cli, monkeypatch, name, value, problem):
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    answer = cli("stats")
    assert answer.exit_code == 1
    (line,) = answer.stderr.splitlines()
    assert problem in line
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_database_in_use_is_told_in_one_line(cli, database_url):
    holder = (
        "import asyncio, sys\nfrom kit import database\n"
        "async def hold():\n"
        f"    async with database.connected({database_url!r}):\n"
        "        print('held', flush=True)\n"
        "        await asyncio.to_thread(sys.stdin.readline)\n"
        "asyncio.run(hold())\n"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", holder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
    ) as process:
        assert process.stdout.readline() == "held\n"
        answer = cli("audit")
        reading = cli("stats", "--json")
        process.communicate("\n")
    assert reading.exit_code == 0  # What only reads may run beside a server.
    assert answer.exit_code == 1
    assert f"is in use by process {process.pid}" in answer.stderr


@pytest.mark.parametrize("option", ["--as-of=yesterday", "--as-of=1998-06-30"])
def test_a_time_that_is_none_is_told(shop, option):
    for command in ("stats", "audit"):
        answer = shop(command, option)
        assert answer.exit_code == 1
        assert answer.stderr == "piala: --as-of: must be a time such as 1998-06-30T23:59:59Z\n"


def test_the_audit_says_ok_line_by_line(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    answer = shop("audit")
    assert answer.exit_code == 0
    *checks, head, verdict = answer.stdout.splitlines()
    assert verdict == "audit: ok"
    assert re.fullmatch("head: [0-9]+:[0-9a-f]{64}", head)
    assert checks
    assert all(check.startswith("ok ") for check in checks)


def test_the_audit_of_a_sample_says_what_it_leaves_out(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    whole = shop("audit").stdout.splitlines()
    answer = shop("audit", "--sample", "1", "--seed", "7")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert "sample: 1 members by seed 7" in lines
    left_out = "owners, budgets, adjustments, admissions, transfers, accounts, rows, settled once"
    assert f"left out: {left_out}, digest, rewards" in lines
    assert "ok     standings: 1 members" in lines
    assert "ok     standings: 1 members" not in whole
    assert lines[-2:] == whole[-2:]
    assert shop("audit", "--sample", "1", "--seed", "7").stdout == answer.stdout


def test_the_audit_of_one_member(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    answer = shop("audit", "--member", "sari")
    assert answer.exit_code == 0
    assert "ok     standings: 1 members\n" in answer.stdout
    assert "sample: 1 members\n" in answer.stdout
    answer = shop("audit", "--member", "nobody")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "nobody" in answer.stderr


def test_an_audit_goes_on_from_a_head_that_was_printed(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    [head] = [line for line in shop("audit").stdout.splitlines() if line.startswith("head: ")]
    assert shop("audit", "--head", head.removeprefix("head: ")).exit_code == 0
    number, _, digits = head.removeprefix("head: ").partition(":")
    answer = shop("audit", "--head", f"{number}:{digits[::-1]}")
    assert answer.exit_code == 1
    assert f"ledger_seal {number} is not the head that was noted" in answer.stdout
    answer = shop("audit", "--head", f"{int(number) + 1}:{digits}")
    assert answer.exit_code == 1
    assert f"ledger_seal {int(number) + 1}, which was noted, is missing" in answer.stdout


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--digest", "--sample", "1"), "--digest: needs everybody"),
        (("--sample", "1", "--member", "sari"), "--member: is one"),
        (("--seed", "1"), "--seed: chooses a sample"),
        (("--head", "5"), "--head: must be as it was printed"),
        (("--head", "5:abc"), "--head: must be as it was printed"),
    ],
)
@pytest.mark.parametrize("dialect", ["sqlite"])
def test_options_of_the_audit_that_do_not_fit_are_told(shop, words, problem):
    answer = shop("audit", *words)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith(f"piala: {problem}")


def test_the_statistics_can_be_read_by_people(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    answer = shop("stats", "--as-of", "2026-03-01T00:00:00Z")
    assert answer.exit_code == 0
    for words in ("2026-03-01T00:00:00Z", "points issued", "badge collector bronze", "budi"):
        assert words in answer.stdout


def test_a_token_names_who_it_is_for(shop):
    shop("import", "shop.csv", "--mapping", "mapping.yaml")
    for words, role in (
        (("--member", "sari"), Role.MEMBER),
        (("--service", "till"), Role.SERVICE),
        (("--role", "admin"), Role.ADMIN),
        (("--role", "support", "--hours", "0.5"), Role.SUPPORT),
    ):
        answer = shop("token", *words)
        assert answer.exit_code == 0, answer.stderr
        (token,) = answer.stdout.splitlines()
        assert viewer_of(token).role is role


def test_staff_go_by_their_own_name_or_by_their_roles(cli):
    for words, subject in (
        (("--role", "admin", "--name", "rina"), "rina"),
        (("--role", "support"), "support"),
    ):
        answer = cli("token", *words)
        assert answer.exit_code == 0, answer.stderr
        (token,) = answer.stdout.splitlines()
        assert viewer_of(token).subject == subject


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "token: say one of --member, --service and --role"),
        (("--member", "sari", "--role", "admin"), "token: say one of"),
        (("--member", "nobody"), "There is no member 'nobody'."),
        (("--role", "member"), "--role: must be one of admin, analyst, support"),
        (("--service", " "), "--service: needs a name"),
        (("--role", "admin", "--name", " "), "--name: is the name of staff"),
        (("--service", "till", "--name", "rina"), "--name: is the name of staff"),
    ],
)
def test_a_token_for_nobody_is_refused(shop, words, problem):
    answer = shop("token", *words)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert problem in answer.stderr


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_schema_is_printed(cli):
    answer = cli("schema")
    assert answer.exit_code == 0
    assert "type Query {" in answer.stdout


def test_a_programme_goes_out_and_in_again(shop):
    exported = shop("programme", "export").stdout
    Path("out.yaml").write_text(exported)
    assert shop("programme", "export", "file.yaml").stdout == ""
    assert Path("file.yaml").read_text() == exported
    assert shop("programme", "diff", "out.yaml").exit_code == 0
    assert shop("programme", "apply", "out.yaml").stdout == "nothing to publish; 7 unchanged\n"
    Path("new.yaml").write_text(SHOP.replace("goal: 30", "goal: 33"))
    answer = shop("programme", "diff", "new.yaml")
    assert answer.exit_code == 1
    assert "+        goal: 33" in answer.stdout
    assert shop("programme", "apply", "new.yaml").stdout == (
        "published BADGE collector version 2\nrevision 2; 6 unchanged\n"
    )


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_worker_needs_redis_and_postgresql(cli, monkeypatch):
    assert "it needs PIALA_REDIS_URL" in cli("worker").stderr
    monkeypatch.setenv("PIALA_REDIS_URL", "redis://127.0.0.1:1")
    settings.cache_clear()
    assert "choose PostgreSQL" in cli("worker").stderr


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_importing_knows_nothing_of_graphql_and_redis(cli):
    code = (
        "import sys\nimport piala.cli, piala.running, piala.commands.importing\n"
        "print([name for name in ('strawberry', 'graphql', 'arq', 'redis', 'uvicorn')"
        " if name in sys.modules])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout == "[]\n"
