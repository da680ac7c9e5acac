"""The progress screen: prebuilt files, which speak with this server and with no other."""

import re
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_FOLDER: Final = Path(__file__).parent / "static" / "screen"
_HASHED: Final = re.compile(r".+-[A-Za-z0-9_-]{8}\.[a-z0-9]+")
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self' data: https:; connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def routes() -> list[BaseRoute]:
    """The page at `/`, and its files below `/screen/`."""
    files = {path.name: path for path in _FOLDER.iterdir() if path.is_file()}

    async def page(_request: Request) -> Response:
        return _file(files["index.html"])

    async def part(request: Request) -> Response:
        # Only what stood in the folder at the start: no path leads out of it.
        path = files.get(request.path_params["name"])
        return PlainTextResponse("not found\n", status_code=404) if path is None else _file(path)

    return [Route("/", page), Route("/screen/{name}", part)]


def _file(path: Path) -> Response:
    # A name with a hash in it never means another content.
    forever = "public, max-age=31536000, immutable"
    caching = forever if _HASHED.fullmatch(path.name) else "no-cache"
    return FileResponse(path, headers={**_HEADERS, "cache-control": caching})
