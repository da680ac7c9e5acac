"""The demo's session: tokens for whoever opens the screen. Never in production."""

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api import auth, locales
from api.auth import Role
from gamification import members, programme, texts
from gamification.journal import ActivityKind
from gamification.members import Member
from gamification.programme import Edition
from kit import clock
from kit.settings import Settings

DEFAULT_CURRENCY: Final = "USD"
TILL: Final = "demo-till"


def route(own: Settings) -> Route:
    """Where the screen asks who it is for, at `/demo/session`."""

    async def session(request: Request) -> Response:
        member = await _member(own)
        if member is None:
            return JSONResponse({"reason": "there are no members yet"}, status_code=404)
        language = locales.preferred(request.headers.get("accept-language")) or member.locale
        edition = (await programme.current()).at(clock.now())
        kinds = sorted(edition.kinds.items())
        answer = {
            "member": {"token": auth.issue_token(member.id, Role.MEMBER, to=own)},
            "service": {"token": auth.issue_token(TILL, Role.SERVICE, to=own)},
            "board": next(iter(sorted(edition.boards)), ""),
            "currency": _currency(edition),
            "kinds": [_kind(kind, language) for _, kind in kinds],
        }
        return JSONResponse(answer, headers={"cache-control": "no-store"})

    return Route("/demo/session", session)


async def _member(own: Settings) -> Member | None:
    if own.demo_member:
        return await members.find(external_id=own.demo_member)
    return next(iter(await members.page(after=None, limit=1)), None)


def _kind(kind: ActivityKind, language: str) -> dict[str, object]:
    title = texts.in_locale(kind.title, language)
    return {"key": kind.key, "title": title, "amount": kind.amount is not None}


def _currency(edition: Edition) -> str:
    """The first money that any activity is paid in."""
    for _, kind in sorted(edition.kinds.items()):
        for currency in kind.amount.currencies if kind.amount else ():
            return currency
    return DEFAULT_CURRENCY
