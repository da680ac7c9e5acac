"""`piala serve` in processes of its own, for tests that ask it over the network."""

import json
import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIALA = [sys.executable, "-c", "from piala.cli import app; app()"]


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Served:
    """A running `piala serve`."""

    def __init__(self, process, port, printed):
        self.process, self.address, self.printed = process, f"http://127.0.0.1:{port}", printed

    def get(self, path):
        with urllib.request.urlopen(f"{self.address}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def ask(self, token, query, **variables):
        request = urllib.request.Request(
            f"{self.address}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"content-type": "application/json", "authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def token(self, who):
        return re.search(rf"^  {who} .*\n  (\S+)$", self.printed, re.MULTILINE)[1]


@contextmanager
def serving(directory: Path, *words: str, **environment: str) -> Iterator[Served]:
    """`piala serve` with these words, from when it listens; killed at the end."""
    port = free_port()
    printed = directory / f"printed-{port}"
    with printed.open("w") as out:
        process = subprocess.Popen(
            [*PIALA, "serve", "--port", str(port), *words],
            env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            cwd=directory,
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        log = ""
        while "running on" not in log:
            line = process.stderr.readline()
            assert line, log
            log += line
        yield Served(process, port, printed.read_text())
    finally:
        process.kill()
        process.communicate()
