"""How the site logs: one line per event, tracebacks without the values of variables, which may be names, prices or tokens."""

from __future__ import annotations

import sys

import structlog
from structlog.typing import Processor


def set_up() -> None:
    """Sets the log up for this process: coloured on a terminal, JSON lines elsewhere."""
    shared: list[Processor] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level,
              structlog.processors.TimeStamper(fmt="iso", utc=True)]
    last: list[Processor] = ([structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)] if sys.stdout.isatty()
            else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)])
    structlog.configure(processors=[*shared, *last], cache_logger_on_first_use=False)
