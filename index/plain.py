"""Documents from plain mappings with the fields of data/sample: firms, orders, parks and policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from index.documents import Document

Row = Mapping[str, Any]
GRADES = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0}


def _lines(row: Row, *names: str) -> dict[str, tuple[str, ...]]:
    """The texts of a row, without the empty ones; one text is one line."""
    found = {}
    for name in names:
        value = row.get(name)
        lines = (value,) if isinstance(value, str) else tuple(value or ())
        if any(lines):
            found[name] = tuple(line for line in lines if line)
    return found


def _facets(**values: Any) -> dict[str, tuple[str, ...]]:
    found = {}
    for name, value in values.items():
        listed = (value,) if isinstance(value, str) else tuple(value or ())
        if any(listed):
            found[name] = tuple(dict.fromkeys(v for v in listed if v))
    return found


def _licences(row: Row) -> Sequence[str]:
    raw = row.get("licences") or ()
    return [name for name, held in raw.items() if held] if isinstance(raw, Mapping) else list(raw)


def _order(row: Row, **numbers: float | None) -> dict[str, float]:
    del row
    return {name: float(value) for name, value in numbers.items() if value is not None}


def institution_document(row: Row) -> Document:
    """A firm: its services, park, district, grade and valid licences are facets; profile and track record its meaning."""
    services = list(row.get("services") or ())
    park = row.get("park") or ""
    return Document(
        id=str(row["id"]), kind="institution", version=int(row.get("version") or 1), title=str(row.get("name") or ""),
        texts=_lines(row, "name", "english_name", "services", "industries", "role_families", "regions", "park", "district",
                     "profile", "track_record", "notes", "address", "unified_code"),
        facets=_facets(district=row.get("district"), park="" if park == "none" else park, service=services,
                       main_service=services[:1], industry=row.get("industries"), role=row.get("role_families"),
                       grade=row.get("credit_grade"), licence=_licences(row), source=row.get("source_kind")),
        lon=row.get("lon"), lat=row.get("lat"),
        order=_order(row, credit=GRADES.get(row.get("credit_grade") or ""), capacity=row.get("capacity_per_quarter")),
        vector_text="\n".join(filter(None, (row.get("profile"), *(row.get("track_record") or ())))),
    )


def order_document(row: Row) -> Document:
    """A talent order: its state, district, industry and services are facets; title and description its meaning."""
    return Document(
        id=str(row["id"]), kind="order", version=int(row.get("version") or 1), title=str(row.get("title") or ""),
        texts=_lines(row, "title", "enterprise", "service_mode", "industry", "role_family", "must_have", "district",
                     "description"),
        facets=_facets(district=row.get("district"), service=row.get("service_mode"), industry=row.get("industry"),
                       role=row.get("role_family"), state=row.get("state"), source=row.get("source_kind")),
        order=_order(row, headcount=row.get("headcount"), deadline=row.get("deadline")),
        vector_text="\n".join(filter(None, (row.get("title"), row.get("description")))),
    )


def park_document(row: Row) -> Document:
    """A park: found by any of its names."""
    return Document(
        id=str(row["id"]), kind="park", version=int(row.get("version") or 1),
        title=str(row.get("short_name") or row.get("name") or ""),
        texts=_lines(row, "name", "short_name", "aliases", "address", "themes", "district", "notes"),
        facets=_facets(district=row.get("district"), park=row.get("short_name") or row.get("name"),
                       source=row.get("source_kind")),
        lon=row.get("lon"), lat=row.get("lat"),
    )


def policy_document(row: Row) -> Document:
    """A policy: found by its name, number and summary."""
    return Document(
        id=str(row["id"]), kind="policy", version=int(row.get("version") or 1), title=str(row.get("name") or ""),
        texts=_lines(row, "name", "document_number", "issuing_bodies", "summary", "eligible_subjects", "thresholds"),
        facets=_facets(source=row.get("source_kind")),
        vector_text="\n".join(filter(None, (row.get("name"), row.get("summary")))),
    )
