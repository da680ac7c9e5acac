"""Tokens: who is believed, and who is not."""

import jwt
import pytest

from api.auth import NOBODY, Role, issue_token, viewer_of, viewer_of_header
from kit.errors import Unauthenticated
from kit.settings import Settings

HOUSE = Settings(auth_secret="s" * 40, auth_issuer="piala", auth_audience="piala")


def forged(secret: str = "s" * 40, algorithm: str = "HS256", **claims: object) -> str:
    good = {"sub": "m", "role": "member", "iss": "piala", "aud": "piala", "exp": 1_800_000_000}
    said = {name: value for name, value in (good | claims).items() if value is not None}
    return jwt.encode(said, secret, algorithm=algorithm)


@pytest.mark.parametrize("role", list(Role))
def test_whom_a_token_was_issued_to_is_believed(role, clock):
    viewer = viewer_of(issue_token("me", role, to=HOUSE), to=HOUSE)
    assert (viewer.role, viewer.subject) == (role, "me")
    assert viewer.member_id == ("me" if role is Role.MEMBER else None)


def test_a_token_ends_by_the_clock_of_the_house(clock):
    token = issue_token("me", Role.MEMBER, lifetime_seconds=60, to=HOUSE)
    clock.advance(seconds=59)
    viewer = viewer_of(token, to=HOUSE)
    clock.advance(seconds=1)
    assert viewer.has_expired()
    with pytest.raises(Unauthenticated):
        viewer_of(token, to=HOUSE)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        "x" * 10_000,
        forged(secret="t" * 40),
        forged(algorithm="HS512", secret="s" * 64),
        jwt.encode({"sub": "m", "role": "admin", "exp": 1_800_000_000}, "", algorithm="none"),
        forged(iss="elsewhere"),
        forged(aud="elsewhere"),
        forged(role="god"),
        forged(role=None),
        forged(sub=None),
        forged(sub=""),
        forged(exp=None),
        forged(exp=1),
        forged(exp="soon"),
        forged(nbf=1_799_999_999),
        forged(nbf="soon"),
    ],
)
def test_no_other_token_is_believed(token, clock):
    with pytest.raises(Unauthenticated):
        viewer_of(token, to=HOUSE)


def test_without_a_header_it_is_nobody():
    assert viewer_of_header(None) is NOBODY
    assert viewer_of_header("") is NOBODY
    assert NOBODY.member_id is None


@pytest.mark.parametrize("header", ["Basic bTpt", "Bearer", "Bearer ", "token"])
def test_another_scheme_is_no_token(header):
    with pytest.raises(Unauthenticated):
        viewer_of_header(header)


def test_equal_names_in_two_roles_have_two_keys(clock):
    keys = {viewer_of(issue_token("x", role, to=HOUSE), to=HOUSE).key for role in Role}
    assert len(keys) == len(Role)
