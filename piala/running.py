"""Running a command: its coroutine, its connections, and its errors as readable lines."""

import asyncio
import gc
import importlib
import inspect
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from pydantic import ValidationError

import rewards  # noqa: F401 - declares what can be defined on its floor
from kit import clock, database, log, migrating
from kit.clock import Instant
from kit.errors import InvalidInput, NotAvailable, PialaError
from kit.settings import settings

INTERRUPTED: Final = 130
GARBAGE_AFTER: Final = 50_000


def run(module: str, verb: str, said: Mapping[str, Any]) -> int:
    """Call the verb of a command's module; its exit status, or 1 with the error on one line.

    With `PIALA_LOG_LEVEL=debug` an unforeseen error is raised with its traceback.
    """
    # Batches make thousands of small values that live until the batch's end: looking through them
    # for circles every 700 is a fifth of an import's time.
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
    try:
        _configure_log()
        answer = getattr(importlib.import_module(module), verb)(**said)
        status = asyncio.run(answer) if inspect.iscoroutine(answer) else answer
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough; nothing may be flushed into it at the end.
        sys.stdout = open("/dev/null", "w")  # noqa: PTH123, SIM115
        return 1
    except Exception as error:
        if not _explained(error) and settings().log_level == "debug":
            raise
        return 1
    return int(status or 0)


@asynccontextmanager
async def ready(*, only_read: bool = False) -> AsyncIterator[None]:
    """The database, connected and up to date, inside the block; closed whatever happens.

    What only reads may run beside a server on the same SQLite file.
    """
    try:
        await database.connect(only_read=only_read)
    except FileNotFoundError as error:
        why = f"there is no {error.filename} yet; run `piala migrate`"
        raise NotAvailable("The database", why) from error
    try:
        await prepared()
        yield
    finally:
        await database.close()


async def prepared() -> None:
    """Raises `NotAvailable` where the connected database lacks migrations."""
    if not await migrating.is_current():
        raise NotAvailable("The database", "it is not up to date; run `piala migrate`")


def instant(text: str | None, *, option: str) -> Instant | None:
    """The instant that an option names. Raises `InvalidInput`."""
    if text is None:
        return None
    try:
        return clock.parse(text)
    except ValueError:
        raise InvalidInput.at(option, "must be a time such as 1998-06-30T23:59:59Z") from None


def complain(message: str) -> None:
    """One line for people, on standard error."""
    sys.stderr.write(f"piala: {message}\n")


def _explained(error: Exception) -> bool:
    """Write the error as readable lines; False where nobody foresaw it."""
    match error:
        case InvalidInput():
            for problem in error.problems:
                complain(f"{problem.path}: {problem.message}")
        case PialaError():
            complain(error.message)
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            complain(f"{where}{error.strerror or error}")
        case ValidationError():
            for detail in error.errors():
                name = "_".join(str(part) for part in detail["loc"]).upper()
                complain(f"PIALA_{name}: {detail['msg']}")
        case _:
            text = " ".join(str(error).split()) or "no further explanation"
            complain(f"{type(error).__name__}: {text[:500]}")
            return False
    return True


def _configure_log() -> None:
    """Commands speak for themselves; only what is wrong is logged beside."""
    own = settings()
    level = own.log_level if own.log_level in ("debug", "error") else "warning"
    log.configure(own.model_copy(update={"log_level": level}))
    logging.getLogger("aiosqlite").setLevel(logging.INFO)  # It writes two lines a statement.
