"""The clock that the site counts by: the server's, which a demo may put forward, and the day in Shanghai."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import current_app, has_app_context

from market.clock import day_of, now
from webapp.settings import Settings


class DemoClock:
    """The server's clock put forward by as many seconds as a file says, for all processes of one demo."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def ahead(self) -> timedelta:
        """How far the clock was put forward."""
        return timedelta(seconds=int(self.path.read_text() or 0)) if self.path.exists() else timedelta(0)

    def __call__(self) -> datetime:
        return now() + self.ahead()

    def forward(self, amount: timedelta) -> None:
        """Puts the clock forward; it never goes back, so that no deadline opens again."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(str(int((self.ahead() + max(amount, timedelta(0))).total_seconds())))
        fresh.replace(self.path)


def clock_of(settings: Settings) -> Callable[[], datetime]:
    """The clock of a site: the server's own, except in a demo."""
    return DemoClock(settings.var_dir / "clock") if settings.demo else now


def today(clock: Callable[[], datetime] | None = None) -> date:
    """The date in Shanghai by a clock, or by that of the site which answers: what deadlines and licences count by."""
    if clock is None:
        clock = current_app.extensions["caitu"].clock if has_app_context() else now
    return day_of(clock())
