"""`piala schema`."""

import sys

from api.schema import sdl


def run() -> int:
    """Print the schema's sorted SDL."""
    sys.stdout.write(sdl().rstrip("\n") + "\n")
    return 0
