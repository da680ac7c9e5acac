"""`piala demo`."""

import sys

from kit import clock
from piala import demo
from piala.running import ready


async def run() -> int:
    """Load the demo, unless it is there already."""
    async with ready():
        began = clock.now()
        loaded = await demo.load(announced)
        seconds = (clock.now() - began) / clock.SECOND
    if loaded is None:
        sys.stdout.write("the demo is loaded already\n")
    else:
        sys.stdout.write(
            f"{loaded.members} members, {loaded.activities:,} activities, "
            f"{loaded.donations} donations, {loaded.redemptions} redemptions "
            f"in {seconds:.1f} seconds\n"
        )
    return 0


def announced(weeks: int) -> None:
    """Show on a terminal how far the loading is."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\rloading the demo: week {weeks} of {demo.WEEKS} ")
        sys.stderr.write("\n" if weeks == demo.WEEKS else "")
