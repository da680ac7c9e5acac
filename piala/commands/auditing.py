"""`piala audit`."""

import sys

import rewards
from gamification import engine
from piala.running import instant, ready


async def run(*, as_of: str | None, digest: bool) -> int:
    """Print one line for each check, and whether all of them hold."""
    at = instant(as_of, option="--as-of")
    async with ready():
        report = await engine.audit(as_of=at)
        checks = [*report.checks, *await rewards.audit()]
    failed = [check.name for check in checks if not check.ok]
    for check in checks:
        detail = f": {check.detail}" if check.detail else ""
        sys.stdout.write(f"{'ok    ' if check.ok else 'FAILED'} {check.name}{detail}\n")
    if digest:
        sys.stdout.write(f"digest: {report.digest}\n")
    verdict = f"FAILED {', '.join(failed)}" if failed else "ok"
    sys.stdout.write(f"audit: {verdict}\n")
    return 1 if failed else 0
