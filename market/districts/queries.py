"""Reads of the districts."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from market.districts.models import District
from market.errors import NotFound


def district(session: Session, key: str) -> District:
    """One district by full name, short name or code; NotFound where there is none."""
    found = session.scalar(select(District).where(or_(District.name == key, District.short == key, District.code == key)))
    if found is None:
        raise NotFound(key)
    return found


def districts(session: Session) -> list[District]:
    """All districts by code."""
    return list(session.scalars(select(District).order_by(District.code)))
