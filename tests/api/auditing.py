"""The outside judge of GraphQL over HTTP: the server audits of npm `graphql-http`, 61 of them."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

TOOLS = Path(__file__).parent.parent / "tools"
AUDITS = 61
SECONDS = 60


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[str]:
    """The app on a free port of this machine, in a thread; yields its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="auto")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port(server, thread)}"
    finally:
        server.should_exit = True
        thread.join(SECONDS)


def audit(url: str) -> list[str]:
    """What the audits have against the endpoint at `url`, a line each. Skips without node."""
    node = shutil.which("node")
    if node is None or not (TOOLS / "node_modules" / "graphql-http").exists():
        pytest.skip("the audits need node, and `npm ci` in tests/tools")
    ran = subprocess.run(
        [node, "audit.mjs", url],
        cwd=TOOLS,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    results = json.loads(ran.stdout)
    assert len(results) == AUDITS, len(results)
    return [
        f"{result['id']} {result['status']}: {result['name']} ({result['reason']})"
        for result in results
        if result["status"] != "ok"
    ]


def _port(server: uvicorn.Server, thread: threading.Thread) -> int:
    until = time.monotonic() + SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < until, "the server takes too long to start"
        time.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
