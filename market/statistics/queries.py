"""Counts over the rows, and the published indicators."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.institutions.models import Institution
from market.orders.models import Order
from market.parks.models import Park
from market.policies.models import Policy
from market.sources import REFERENCE, SAMPLE, Sourced
from market.statistics.models import Indicator

TABLES: dict[str, type[Sourced]] = {"institution": Institution, "order": Order, "park": Park, "policy": Policy,
                                    "indicator": Indicator}


def rows_by_source(session: Session) -> dict[str, dict[str, int]]:
    """For each kind of row how many are real and how many fictitious."""
    out = {}
    for kind, table in TABLES.items():
        rows = session.execute(select(table.source_kind, func.count()).group_by(table.source_kind))
        out[kind] = {REFERENCE: 0, SAMPLE: 0, **dict(rows.all())}
    return out


def indicators(session: Session) -> list[Indicator]:
    """All published indicators, the city's first."""
    return list(session.scalars(select(Indicator).order_by(
        func.coalesce(Indicator.district, ""), Indicator.year.desc(), Indicator.id)))
