"""Reads of the institutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from market.errors import NotFound
from market.institutions.lookup import KnownFirm
from market.institutions.models import Institution
from market.parks.models import Park
from market.sources import SAMPLE

BATCH = 500  # rows read at a time where all are wanted


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


def named_like(session: Session, texts: Sequence[str], limit: int) -> list[Institution]:
    """Institutions whose id or credit code is one of some texts or whose name holds one; the one that says just that alone,
    else the shortest names first."""
    same = list(session.scalars(select(Institution).where(or_(
        Institution.id.in_(texts), Institution.name.in_(texts), Institution.unified_code.in_([t.upper() for t in texts])))))
    if same:
        return same[:limit]
    holds = or_(*(Institution.name.contains(text, autoescape=True) for text in texts))
    return list(session.scalars(select(Institution).where(holds).order_by(func.length(Institution.name), Institution.id)
                                .limit(limit)))


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


def by_district(session: Session) -> dict[str, int]:
    """District -> number of institutions; those without a district are left out."""
    rows = session.execute(select(Institution.district, func.count()).where(Institution.district.is_not(None))
                           .group_by(Institution.district))
    return {name: count for name, count in rows if name}


def sample_count(session: Session, park_id: str) -> int:
    """How many fictitious institutions sit in a park."""
    return session.scalar(select(func.count()).where(
        Institution.park_id == park_id, Institution.source_kind == SAMPLE).select_from(Institution)) or 0


def every(session: Session) -> Iterator[Institution]:
    """All institutions by id, some at a time: all of them at once would take a gigabyte for each million."""
    return iter(session.scalars(select(Institution).order_by(Institution.id).execution_options(yield_per=BATCH)))


@dataclass(frozen=True)
class TableState:
    """What differs after any change of an institution: the rows and the sum of their versions."""

    rows: int
    versions: int


def table_state(session: Session) -> TableState:
    """The state of the institutions; reads one number a row."""
    rows, versions = session.execute(select(func.count(), func.coalesce(func.sum(Institution.version), 0))).one()
    return TableState(rows, versions)


def known(session: Session) -> list[KnownFirm]:
    """What a look-up knows of every institution, by id."""
    rows = session.execute(select(Institution.id, Institution.name, Institution.unified_code).order_by(Institution.id))
    return [KnownFirm(key, name, code or "") for key, name, code in rows]
