"""The server's own log: to standard error, as text for people or JSON lines for programs."""

import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from trailbell.evidence import shown
from trailbell.settings import LogFormat

__all__ = ["configure_log"]

_LONGEST_VALUE = 2048


def configure_log(log_format: LogFormat, level: str = "info") -> None:
    """Sets up the log for this process, from a level on."""
    processors: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if log_format is LogFormat.JSON:
        processors += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        processors += [_escape, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    structlog.configure(
        processors=processors,
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _escape(_: object, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """File names and reasons come from outside: they must not steer the terminal."""
    for name, value in entry.items():
        if isinstance(value, str) and name not in {"exception", "stack"}:
            entry[name] = shown(value, _LONGEST_VALUE)
    return entry
