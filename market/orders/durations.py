"""Reads durations and counts from the database, where the most specific row valid on a day decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from market.calendar import exceptions
from market.clock import day_of, later
from market.orders.models import Duration, Order


def duration(session: Session, name: str, order: Order, on: date) -> Duration:
    """The row for a name and an order on a day: district and service mode before the general one, newer before older."""
    rows = session.scalars(select(Duration).where(
        Duration.name == name, Duration.valid_from <= on, or_(Duration.valid_to.is_(None), Duration.valid_to >= on),
        or_(Duration.district.is_(None), Duration.district == order.district),
        or_(Duration.service_mode.is_(None), Duration.service_mode.in_(order.service_mode or [""]))))
    return _best(rows)


def amount(session: Session, name: str, order: Order, now: datetime) -> int:
    """A count or a number of days."""
    return duration(session, name, order, day_of(now)).amount


def amounts(session: Session, name: str, wanted: Mapping[str, tuple[Order, datetime]]) -> dict[str, int]:
    """As `amount` for several orders, each at its own moment, from one look at the table: key -> amount."""
    rows = list(session.scalars(select(Duration).where(Duration.name == name)))
    return {key: _best(row for row in rows if _fits(row, order, day_of(now))).amount for key, (order, now) in wanted.items()}


def _fits(row: Duration, order: Order, on: date) -> bool:
    return (row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
            and row.district in (None, order.district)
            and (row.service_mode is None or row.service_mode in (order.service_mode or [""])))


def _best(rows: Iterable[Duration]) -> Duration:
    return max(rows, key=lambda row: (row.district is not None, row.service_mode is not None, row.valid_from, row.id))


def due(session: Session, name: str, order: Order, start: datetime) -> datetime:
    """When a duration that begins at a moment ends."""
    row = duration(session, name, order, day_of(start))
    return later(start, row.amount, row.unit, exceptions(session, day_of(start)) if row.unit == "working_days" else {})


def everywhere(session: Session, name: str, on: date) -> Duration:
    """The row for a name that belongs to no order: the newest that is valid on a day."""
    rows = session.scalars(select(Duration).where(
        Duration.name == name, Duration.valid_from <= on, or_(Duration.valid_to.is_(None), Duration.valid_to >= on),
        Duration.district.is_(None), Duration.service_mode.is_(None)))
    return max(rows, key=lambda row: (row.valid_from, row.id))
