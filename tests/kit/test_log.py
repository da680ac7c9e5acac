import logging

import orjson
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from kit import log
from kit.settings import Settings

NASTY = "a\r\nforged line\x1b[31m red \x9b0m \u202egnp.exe \u2028 \ud800 \x00 \x7f"


@pytest.fixture
def configured():
    """Let a test configure logging, and put everything back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda **settings: log.configure(Settings(**settings))
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_production_writes_one_json_object_a_line(configured, clock, capsys):
    configured(environment="production")
    log.logger("piala.test").info("settled %s", "ani", members=12, why=NASTY)
    (line,) = capsys.readouterr().err.splitlines()
    written = orjson.loads(line)
    assert written.pop("why").startswith("a\\r\\nforged line\\x1b[31m red \\x9b0m \\u202egnp")
    assert written == {
        "event": "settled ani",
        "members": 12,
        "level": "info",
        "logger": "piala.test",
        "at": "2026-03-02T09:00:00Z",
    }


@pytest.mark.parametrize("environment", ["development", "production"])
def test_no_value_forges_a_line_or_colours_it(configured, capsys, environment):
    configured(environment=environment)
    log.logger(NASTY).warning(
        NASTY, plain=NASTY, deep=[{NASTY: (NASTY, {NASTY})}], thing=Exception(NASTY)
    )
    logging.getLogger("library").warning("%s", NASTY)
    written = capsys.readouterr().err
    assert len(written.splitlines()) == 2
    assert not log._CONTROLS.search(written.replace("\n", ""))


@pytest.mark.parametrize("environment", ["development", "production"])
def test_a_traceback_is_whole_and_its_message_escaped(configured, capsys, environment):
    configured(environment=environment)
    try:
        raise ValueError("\x1b[2Jcleared")
    except ValueError:
        log.logger("piala.test").exception("failed")
    written = capsys.readouterr().err
    assert "Traceback (most recent call last)" in written
    assert "\x1b" not in written
    assert "x1b[2Jcleared" in written


def test_what_is_below_the_level_is_not_written(configured, capsys):
    configured(log_level="warning")
    log.logger("piala.test").info("quiet")
    logging.getLogger("library").info("quiet")
    assert capsys.readouterr().err == ""


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_every_value_can_be_written(value):
    written = log._json(log.escaped(None, "", {"value": value}))
    assert not log._CONTROLS.search(written)
