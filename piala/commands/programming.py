"""`piala programme`."""

import sys
from pathlib import Path

from piala import programmes
from piala.running import ready


async def apply(*, file: Path) -> int:
    """Publish what differs, and say what that was."""
    async with ready():
        applied = await programmes.apply(file, by="piala programme apply")
    for ref in applied.published:
        sys.stdout.write(f"published {ref.kind} {ref.key} version {ref.version}\n")
    for kind, key in applied.left:
        sys.stdout.write(f"stays in force, though the file leaves it out: {kind} {key}\n")
    revisions = ", ".join(str(revision.number) for revision in applied.revisions)
    done = f"revision {revisions}" if revisions else "nothing to publish"
    sys.stdout.write(f"{done}; {applied.unchanged} unchanged\n")
    return 0


async def export(*, file: Path | None) -> int:
    """Write the programme to a file or to standard output."""
    async with ready(only_read=True):
        text = await programmes.export()
    _write(text, file)
    return 0


async def diff(*, file: Path) -> int:
    """Print the difference; 1 where there is one."""
    async with ready(only_read=True):
        difference = await programmes.diff(file)
    if difference:
        sys.stdout.write(difference + "\n")
    return 1 if difference else 0


def _write(text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, "utf-8")
