"""Who asks: bearer tokens (JWT, HS256), what they say, and what is made of one that is no good."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import jwt

from kit import clock
from kit.clock import Instant
from kit.errors import Unauthenticated
from kit.settings import Settings, settings

LIFETIME_SECONDS: Final = 24 * 3600
_ALGORITHM: Final = "HS256"
_SCHEME: Final = "bearer "
_TOKEN_MAX: Final = 4096


class Role(StrEnum):
    """What a token's holder is to us."""

    MEMBER = "member"
    SERVICE = "service"
    SUPPORT = "support"
    ANALYST = "analyst"
    ADMIN = "admin"


STAFF: Final = frozenset({Role.SUPPORT, Role.ANALYST, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. Nobody has no role. A member's `subject` is the member's id."""

    role: Role | None = None
    subject: str = ""
    expires_at: Instant | None = None

    @property
    def member_id(self) -> str | None:
        """The member that the viewer is; None for everybody else."""
        return self.subject if self.role is Role.MEMBER else None

    @property
    def is_staff(self) -> bool:
        """Whether the viewer works for the programme."""
        return self.role in STAFF

    @property
    def key(self) -> str:
        """Names the viewer, so that equal idempotency keys of two viewers are two keys."""
        # Escaped, so that no subject reads as another one and the beginning of a key.
        subject = self.subject.replace("%", "%25").replace(":", "%3A")
        return f"{self.role}:{subject}"

    def has_expired(self) -> bool:
        """Whether the token has run out meanwhile, on a connection that stays open."""
        return self.expires_at is not None and self.expires_at <= clock.now()


NOBODY: Final = Viewer()


def issue_token(
    subject: str,
    role: Role,
    *,
    lifetime_seconds: int = LIFETIME_SECONDS,
    to: Settings | None = None,
) -> str:
    """A signed token for `subject` (a member's id, or the name of a service or of staff)."""
    house = to or settings()
    now = clock.now() // clock.SECOND
    claims = {
        "sub": subject,
        "role": role.value,
        "iss": house.auth_issuer,
        "aud": house.auth_audience,
        "iat": now,
        "exp": now + lifetime_seconds,
    }
    return jwt.encode(claims, house.signing_secret(), algorithm=_ALGORITHM)


def viewer_of(token: str, *, to: Settings | None = None) -> Viewer:
    """The viewer that a token names. Raises `Unauthenticated` for one that is not good now."""
    house = to or settings()
    if len(token) > _TOKEN_MAX:
        raise Unauthenticated
    try:
        claims = jwt.decode(
            token,
            house.signing_secret(),
            algorithms=[_ALGORITHM],
            issuer=house.auth_issuer,
            audience=house.auth_audience,
            # The library would read the system's clock; only `kit.clock` may.
            options={
                "require": ["sub", "role", "exp", "iss", "aud"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        viewer = _viewer(claims)
    except (jwt.PyJWTError, ValueError):
        raise Unauthenticated from None
    if viewer.has_expired() or _begins_later(claims):
        raise Unauthenticated
    return viewer


def _begins_later(claims: dict[str, Any]) -> bool:
    begins = claims.get("nbf", 0)
    return not isinstance(begins, int | float) or begins * clock.SECOND > clock.now()


def viewer_of_header(authorization: str | None, *, to: Settings | None = None) -> Viewer:
    """The viewer of an `Authorization` header; nobody where there is none.

    Raises `Unauthenticated` for any other scheme than `Bearer`, and for a token that is no good.
    """
    if not authorization:
        return NOBODY
    if not authorization.lower().startswith(_SCHEME):
        raise Unauthenticated
    return viewer_of(authorization[len(_SCHEME) :].strip(), to=to)


def _viewer(claims: dict[str, Any]) -> Viewer:
    expires, subject = claims["exp"], claims["sub"]
    if not isinstance(expires, int) or isinstance(expires, bool) or not subject:
        raise ValueError("exp is whole seconds, sub names somebody")
    return Viewer(Role(claims["role"]), subject, expires * clock.SECOND)
