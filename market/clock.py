"""The server's time: moments in UTC, days in Shanghai, and what a duration adds to a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from types import MappingProxyType
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991
SATURDAY = 5
NO_EXCEPTIONS: Mapping[date, bool] = MappingProxyType({})


class Moment(TypeDecorator[datetime]):
    """A moment with its zone; kept in UTC, so that text in SQLite sorts as time does."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a moment without a zone: two servers would read it differently."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)  # type: ignore[no-any-return]


def now() -> datetime:
    """The moment by the server's clock."""
    return datetime.now(UTC)


def day_of(moment: datetime) -> date:
    """The day in Shanghai on which a moment falls."""
    return moment.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The first moment after a day in Shanghai."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def after_working_days(start: datetime, count: int, exceptions: Mapping[date, bool] = NO_EXCEPTIONS) -> datetime:
    """The same hour `count` working days later: Mondays to Fridays, but for the exceptions (day -> do people work)."""
    moment = start
    while count > 0:
        moment += timedelta(days=1)
        day = day_of(moment)
        count -= exceptions.get(day, day.weekday() < SATURDAY)
    return moment


def later(start: datetime, amount: int, unit: str, exceptions: Mapping[date, bool] = NO_EXCEPTIONS) -> datetime:
    """A moment moved by an amount of "days", "working_days" or "hours"; ValueError for another unit."""
    if unit == "working_days":
        return after_working_days(start, amount, exceptions)
    if unit not in ("days", "hours"):
        raise ValueError(f"{unit} is no unit of time")
    return start + timedelta(**{unit: amount})
