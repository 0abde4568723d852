"""The day that the site counts by: Shanghai's."""

from __future__ import annotations

from datetime import date

from market.clock import day_of, now


def today() -> date:
    """The date in Shanghai: the day that deadlines and licences count by."""
    return day_of(now())
