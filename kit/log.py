"""Structured logs: readable lines in development, one JSON object a line in production.

Whatever came from outside is escaped, so that a value can neither forge a line nor colour it.
"""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TypeAlias

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import Processor, WrappedLogger

from kit import clock
from kit.settings import Settings

_Event: TypeAlias = MutableMapping[str, Any]

# Control characters, line and paragraph separators, and what turns the direction of writing.
_CONTROLS: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
# Tracebacks keep their line breaks; they are ours.
_MULTILINE: Final = frozenset({"exception", "stack"})


def configure(settings: Settings) -> None:
    """Send the whole process's log lines, the libraries' included, through the processors here."""
    renderer = _renderer(settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_PROCESSORS,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                escaped,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())


def logger(name: str) -> BoundLogger:
    """The logger of one module: `log.logger(__name__).info("settled", members=12)`."""
    found: BoundLogger = structlog.stdlib.get_logger(name)
    return found


def escaped(_logger: WrappedLogger, _method: str, event: _Event) -> _Event:
    """Write control characters as `\\x1b` and `\\n`, at every depth and in keys too."""
    return {
        _escape_text(key): _escape_lines(value) if key in _MULTILINE else _escape(value)
        for key, value in event.items()
    }


def _escape(value: object) -> object:
    if isinstance(value, str):
        return _escape_text(value)
    if isinstance(value, dict):
        return {_escape(key): _escape(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_escape(inner) for inner in value]
    return value if isinstance(value, int | float | None) else _escape_text(repr(value))


def _escape_lines(value: object) -> str:
    return "\n".join(_escape_text(line) for line in str(value).split("\n"))


def _escape_text(text: str) -> str:
    return _CONTROLS.sub(lambda found: repr(found[0])[1:-1], text)


def _timestamp(_logger: WrappedLogger, _method: str, event: _Event) -> _Event:
    event["at"] = clock.isoformat(clock.now())
    return event


_PROCESSORS: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    _timestamp,
]


def _renderer(settings: Settings) -> Processor:
    if settings.production:
        return structlog.processors.JSONRenderer(serializer=_json)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,
        timestamp_key="at",
    )


def _json(event: _Event, **_options: object) -> str:
    return json.dumps(event, default=repr, ensure_ascii=False)
