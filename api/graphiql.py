"""GraphiQL, for development: one prebuilt page that loads nothing from anywhere.

Its sources, and how it is built, are in `web/graphiql/`.
"""

from pathlib import Path
from typing import Final

from starlette.responses import FileResponse

_PAGE: Final = Path(__file__).parent / "static" / "graphiql" / "index.html"
_HEADERS: Final = {
    "cache-control": "no-cache",
    "vary": "Accept",
    # Its script and style stand in the page; it speaks with this server and with no other.
    "content-security-policy": (
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        "img-src data:; font-src data:; connect-src 'self' ws: wss:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}


def page() -> FileResponse:
    """The page, to be answered where a browser asks for the endpoint itself."""
    return FileResponse(_PAGE, media_type="text/html; charset=utf-8", headers=_HEADERS)
