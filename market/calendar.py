"""The calendar of working days: the days on which the State Council's yearly notice departs from Monday to Friday."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Boolean, CheckConstraint, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from market.database import Table


class CalendarDay(Table):
    """A weekday that is a holiday, or a Saturday or Sunday on which people work; day as in 2026-02-14."""

    __tablename__ = "calendar_days"

    day: Mapped[str] = mapped_column(Text, primary_key=True)
    works: Mapped[bool] = mapped_column(Boolean)
    occasion: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("length(day) = 10", name="iso"),)


def exceptions(session: Session, start: date) -> Mapping[date, bool]:
    """The exceptions from a day on: day -> do people work. A year without a notice has Mondays to Fridays only."""
    rows = session.execute(select(CalendarDay.day, CalendarDay.works).where(CalendarDay.day >= start.isoformat()))
    return {date.fromisoformat(day): works for day, works in rows}
