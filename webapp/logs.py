"""How the site logs: one line per event, tracebacks without the values of variables, which may be names, prices or tokens."""

from __future__ import annotations

import sys

import structlog
from structlog.typing import Processor

SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True))


def set_up() -> None:
    """Sets the log up for this process: coloured on a terminal, JSON lines elsewhere."""
    last: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    if sys.stdout.isatty():
        last = [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(processors=[*SHARED, *last], cache_logger_on_first_use=False)
