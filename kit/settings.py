"""All settings, typed, in one place: from `PIALA_…` variables, or from `.env` beside them."""

import os
import secrets
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRET_FILE: Final = Path(".piala/secret")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PIALA_", env_file=".env", extra="ignore")

    environment: Literal["development", "production"] = Field(
        default="development",
        description="production turns GraphiQL and introspection off, logs JSON",
    )
    database_url: str = Field(
        default="sqlite://piala.db",
        description="sqlite://FILE (relative), sqlite:///FILE (absolute) or postgres://…",
    )
    database_pool: int = Field(
        default=10, ge=1, le=100, description="PostgreSQL connections, at most"
    )
    redis_url: str | None = Field(
        default=None, description="the bell and the live events; optional"
    )
    programme_name: str = Field(default="Piala", description="what members know it by")
    host: str = Field(default="127.0.0.1", description="address to serve on")
    port: int = Field(default=8000, ge=0, le=65535, description="port to serve on")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="the least that is logged"
    )

    auth_secret: str = Field(default="", description=f"HS256 key; made in {SECRET_FILE} when empty")
    code_secret: str = Field(
        default="",
        description="key that printed codes are made with; the one of tokens when empty",
    )
    auth_issuer: str = Field(default="piala", description="`iss` that a token must carry")
    auth_audience: str = Field(default="piala", description="`aud` that a token must carry")

    demo: bool = Field(
        default=False,
        description="serves tokens for everybody at /demo/session; never in production",
    )
    demo_member: str = Field(
        default="", description="external id of the member on the demo's screen; empty: the first"
    )

    lateness_days: int = Field(
        default=30, ge=0, le=3650, description="how late an activity may arrive"
    )
    future_seconds: int = Field(
        default=300, ge=0, le=86400, description="clock skew of clients allowed"
    )

    limit_body_bytes: int = Field(
        default=128 * 1024, ge=1024, description="bytes of a request's body"
    )
    limit_tokens: int = Field(default=1_000, ge=1, description="tokens of a document")
    limit_depth: int = Field(default=10, ge=1, description="levels of a document")
    limit_fields: int = Field(default=250, ge=1, description="fields of a document")
    limit_answers: int = Field(
        default=10_000, ge=1, description="fields of an answer, as often as lists repeat them"
    )
    limit_aliases: int = Field(default=30, ge=1, description="aliases of a document")
    limit_fragments: int = Field(default=20, ge=1, description="fragments of a document")
    limit_directives: int = Field(default=50, ge=1, description="directives of a document")
    limit_same_key: int = Field(
        default=10, ge=1, description="fields of a document that answer under one key"
    )
    limit_list: int = Field(default=250, ge=1, description="items of a list in the input")
    limit_batch: int = Field(default=1_000, ge=1, description="activities of a batch")
    limit_root_mutations: int = Field(default=4, ge=1, description="mutations of a request")
    limit_money_mutations: int = Field(
        default=1, ge=1, description="mutations of a request that move points"
    )
    limit_request_seconds: float = Field(
        default=10.0, gt=0, description="seconds that a request may take"
    )

    @property
    def production(self) -> bool:
        """Whether strangers can reach this server."""
        return self.environment == "production"

    def signing_secret(self) -> str:
        """The key that tokens are signed with; made once, for its owner only, when none is set."""
        return self.auth_secret or _kept_secret(SECRET_FILE)

    def printing_secret(self) -> str:
        """The key that printed codes are made with. With one of its own, the tokens' key can be
        changed and codes that were handed out can still be shown."""
        return self.code_secret or self.signing_secret()


@cache
def settings() -> Settings:
    """The settings of this process, read once. Tests call `settings.cache_clear()`."""
    return Settings()


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(48)
        file.write(secret)
    return secret
