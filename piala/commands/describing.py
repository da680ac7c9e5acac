"""`piala schema`."""

import sys

from api import schema


def run() -> int:
    """Print the schema's sorted SDL."""
    sys.stdout.write(schema.sdl().rstrip("\n") + "\n")
    return 0
