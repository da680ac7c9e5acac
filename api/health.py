"""Whether this process lives, and whether it can serve."""

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from kit import log, migrating

PATIENCE_SECONDS: Final = 1.5
_log = log.logger("api")


async def alive(_request: Request) -> Response:
    """200 as long as the process answers at all."""
    return PlainTextResponse("ok\n")


async def ready(_request: Request) -> Response:
    """200 when the database answers and is up to date; 503 with the reason otherwise."""
    reason = await _hindrance()
    if reason is None:
        return JSONResponse({"ready": True})
    return JSONResponse({"ready": False, "reason": reason}, status_code=503)


async def _hindrance() -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            current = await migrating.is_current()
    except Exception as fault:  # noqa: BLE001  whatever it is, we are not ready
        # What is wrong names hosts and files: it is for our log, not for who asks.
        _log.warning("not ready", why=str(fault) or type(fault).__name__)
        return "the database does not answer"
    return None if current else "the database is not up to date"
