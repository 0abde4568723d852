"""Reads of the parks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.errors import NotFound
from market.institutions.models import Institution
from market.parks.models import Park

LEVEL_ORDER = ("national_main", "national_branch", "national_base", "district")


def park(session: Session, key: str) -> Park:
    """One park by id or short name; NotFound where there is none."""
    found = session.get(Park, key) or session.scalar(select(Park).where(Park.short_name == key))
    if found is None:
        raise NotFound(key)
    return found


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, Park]:
    """Parks by id, those that are there."""
    return {row.id: row for row in session.scalars(select(Park).where(Park.id.in_(ids)))}


def parks(session: Session) -> list[tuple[Park, int]]:
    """All parks with the number of institutions in each, national ones first, then by that number."""
    firms = dict(session.execute(select(Institution.park_id, func.count()).group_by(Institution.park_id)).all())
    rows = [(row, int(firms.get(row.id, 0))) for row in session.scalars(select(Park).order_by(Park.id))]
    def place(item: tuple[Park, int]) -> tuple[int, int]:
        level = item[0].level or ""
        return (LEVEL_ORDER.index(level) if level in LEVEL_ORDER else len(LEVEL_ORDER), -item[1])
    return sorted(rows, key=place)


def of_district(session: Session, district: str) -> list[Park]:
    """The parks of a district."""
    return list(session.scalars(select(Park).where(Park.district == district).order_by(Park.id)))
