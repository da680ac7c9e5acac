import stat

import pytest
from pydantic import ValidationError

from kit.settings import SECRET_FILE, Settings


@pytest.fixture(autouse=True)
def empty_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in ("PIALA_DATABASE_URL", "PIALA_PORT", "PIALA_AUTH_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_nothing_has_to_be_set():
    settings = Settings()
    assert (settings.database_url, settings.redis_url) == ("sqlite://piala.db", None)
    assert (settings.port, settings.production) == (8000, False)


def test_the_environment_is_read_and_goes_before_the_file(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("PIALA_PORT=8001\nPIALA_HOST=0.0.0.0\nOTHER=1\n")
    monkeypatch.setenv("PIALA_PORT", "8002")
    settings = Settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 8002)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_nonsense_is_refused_at_the_start(monkeypatch, port):
    monkeypatch.setenv("PIALA_PORT", port)
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_a_secret_is_made_once_for_its_owner_only(tmp_path):
    secret = Settings().signing_secret()
    assert len(secret) >= 48
    assert Settings().signing_secret() == secret
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600


def test_a_secret_that_is_set_is_taken(monkeypatch, tmp_path):
    monkeypatch.setenv("PIALA_AUTH_SECRET", "set by the operator")
    assert Settings().signing_secret() == "set by the operator"
    assert not (tmp_path / SECRET_FILE).exists()


def test_codes_may_have_a_key_of_their_own(monkeypatch):
    monkeypatch.setenv("PIALA_AUTH_SECRET", "for tokens")
    assert Settings().printing_secret() == "for tokens"
    monkeypatch.setenv("PIALA_CODE_SECRET", "for codes")
    assert Settings().printing_secret() == "for codes"


def test_every_setting_says_what_it_is_for():
    assert all(field.description for field in Settings.model_fields.values())
