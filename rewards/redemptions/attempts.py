"""How many wrong voucher codes a caller may try: so many an hour."""

from typing import Final

from kit import clock, database
from rewards.redemptions.models import ATTEMPTS

WRONG_MAX: Final = 60
"""Of 2 to the power of 100 codes: nobody guesses one, and a till's typing errors pass."""


async def may_try(caller: str) -> bool:
    """Count an attempt as a wrong one, unless there were too many; in the caller's transaction."""
    hour = clock.now() // clock.HOUR
    begun = await database.insert(ATTEMPTS, [(caller, hour, 0)], "ON CONFLICT DO NOTHING")
    if begun:
        await database.execute(
            "DELETE FROM voucher_attempt WHERE caller = ? AND hour < ?", caller, hour
        )
    counted = await database.execute(
        "UPDATE voucher_attempt SET failed = failed + 1"
        " WHERE caller = ? AND hour = ? AND failed < ?",
        caller,
        hour,
        WRONG_MAX,
    )
    return counted == 1


async def succeeded(caller: str) -> None:
    """The code was a good one after all."""
    await database.execute(
        "UPDATE voucher_attempt SET failed = failed - 1 WHERE caller = ? AND hour = ?",
        caller,
        clock.now() // clock.HOUR,
    )
