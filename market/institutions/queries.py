"""Reads of the institutions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from market.errors import NotFound
from market.institutions.models import Institution
from market.parks.models import Park


def institution(session: Session, key: str) -> Institution:
    """One institution; NotFound where there is none."""
    found = session.get(Institution, key)
    if found is None:
        raise NotFound(key)
    return found


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, Institution]:
    """Institutions by id, those that are there."""
    rows = session.scalars(select(Institution).where(Institution.id.in_(ids)))
    return {row.id: row for row in rows}


def _narrowed(districts: Sequence[str], parks: Sequence[str]) -> Select[Institution]:
    query = select(Institution)
    if districts:
        query = query.where(Institution.district.in_(districts))
    if parks:
        query = query.where(Institution.park_id.in_(select(Park.id).where(Park.short_name.in_(parks))))
    return query


def listed(session: Session, districts: Sequence[str], parks: Sequence[str], offset: int,
           limit: int) -> tuple[int, list[Institution]]:
    """The number of institutions of some districts and parks, and one page of them by id: while the index is away."""
    query = _narrowed(districts, parks)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return total, list(session.scalars(query.order_by(Institution.id).offset(offset).limit(limit)))


def every(session: Session) -> list[Institution]:
    """All institutions by id."""
    return list(session.scalars(select(Institution).order_by(Institution.id)))
