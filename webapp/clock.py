"""The day and hour that the site counts by: Shanghai's."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991


def today() -> date:
    """The date in Shanghai: the day that deadlines and licences count by."""
    return datetime.now(SHANGHAI).date()
