"""From rows to what the index holds, and the order in which a rebuild reads them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from index.documents import Document
from index.plain import institution_document, order_document, park_document, policy_document
from market.institutions.models import Institution
from market.orders.models import Order
from market.parks.models import Park
from market.policies.models import Policy

BATCH = 1000
Row = Institution | Order | Park | Policy


def _fields(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*names, "id", "version", "source_kind")}


def document_of(row: Row, today: date) -> Document:
    """The document of one row as it stands today."""
    if isinstance(row, Institution):
        return institution_document(_fields(
            row, "name", "english_name", "services", "industries", "role_families", "regions", "district", "profile",
            "track_record", "notes", "address", "unified_code", "credit_grade", "capacity_per_quarter", "lon", "lat",
        ) | {"park": row.park.short_name if row.park else "", "licences": sorted(row.held(today))})
    if isinstance(row, Order):
        return order_document(_fields(
            row, "title", "service_mode", "industry", "role_family", "must_have", "district", "description", "state",
            "headcount",
        ) | {"enterprise": row.enterprise_name, "deadline": row.deadline.toordinal() if row.deadline else None})
    if isinstance(row, Park):
        return park_document(_fields(row, "name", "short_name", "aliases", "address", "themes", "district", "notes",
                                     "lon", "lat"))
    return policy_document(_fields(row, "name", "document_number", "issuing_bodies", "summary", "eligible_subjects",
                                   "thresholds"))


def documents(session: Session, today: date) -> Iterator[Document]:
    """Every document, for a rebuild; rows are read in batches."""
    tables: tuple[type[Row], ...] = (Institution, Order, Park, Policy)
    for table in tables:
        for row in session.scalars(select(table).order_by(table.id).execution_options(yield_per=BATCH)):
            yield document_of(cast(Row, row), today)
