"""A real `piala serve`, in a process of its own, for tests that look at it from outside."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
START = "from piala.cli import app; app()"

# The demo lives through six months before it opens its door.
PATIENCE_SECONDS = 240


@contextmanager
def served(directory: Path, *options: str) -> Iterator[str]:
    """The address of a `piala serve` on a SQLite file of its own, kept in that directory."""
    port = str(_free_port())
    address = f"http://127.0.0.1:{port}"
    log = directory / "serve.log"
    surroundings = {"cwd": directory, "env": _environment(directory)}
    piala = (sys.executable, "-c", START)
    subprocess.run([*piala, "migrate"], check=True, capture_output=True, **surroundings)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*piala, "serve", "--port", port, *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            **surroundings,
        )
    try:
        _wait(process, address, log)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _environment(directory: Path) -> dict[str, str]:
    """Nothing of the surroundings' settings, nor of the developer's own database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIALA_")}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PIALA_DATABASE_URL": f"sqlite://{directory / 'served.db'}",
        "PIALA_ENVIRONMENT": "development",
    }


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Until it answers. Fails with the server's last words where it does not."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx2.get(address, timeout=5)
        except httpx2.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"piala serve does not answer:\n{log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
