"""Reads of the orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from market.errors import NotFound
from market.orders.models import Order

OPEN = "open"


def order(session: Session, key: str) -> Order:
    """One order; NotFound where there is none."""
    found = session.get(Order, key)
    if found is None:
        raise NotFound(key)
    return found


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, Order]:
    """Orders by id, those that are there."""
    return {row.id: row for row in session.scalars(select(Order).where(Order.id.in_(ids)))}


def open_orders(session: Session, today: date, district: str | None = None, limit: int | None = None) -> list[Order]:
    """Orders that take bids today, the nearest deadline first."""
    query = select(Order).where(Order.state == OPEN, Order.deadline >= today)
    if district:
        query = query.where(Order.district == district)
    return list(session.scalars(query.order_by(Order.deadline, Order.id).limit(limit)))


def open_totals(session: Session, today: date, district: str) -> tuple[int, int]:
    """How many orders of a district take bids today, and for how many people."""
    row = session.execute(select(func.count(), func.coalesce(func.sum(Order.headcount), 0)).where(
        Order.state == OPEN, Order.deadline >= today, Order.district == district)).one()
    return row[0], row[1] or 0


def open_by_district(session: Session, today: date) -> dict[str, int]:
    """District -> number of orders that take bids today."""
    return _by_district(session, today, func.count())


def headcount_by_district(session: Session, today: date) -> dict[str, int]:
    """District -> people that the orders which take bids today ask for."""
    return _by_district(session, today, func.coalesce(func.sum(Order.headcount), 0))


def _by_district(session: Session, today: date, what: ColumnElement[int]) -> dict[str, int]:
    rows = session.execute(select(Order.district, what).where(
        Order.state == OPEN, Order.deadline >= today, Order.district.is_not(None)).group_by(Order.district))
    return {name: number for name, number in rows if name}


def listed(session: Session, districts: Sequence[str], offset: int, limit: int) -> tuple[int, list[Order]]:
    """The number of orders of some districts, and one page of them by id: while the index is away."""
    query = select(Order)
    if districts:
        query = query.where(Order.district.in_(districts))
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return total, list(session.scalars(query.order_by(Order.id).offset(offset).limit(limit)))
