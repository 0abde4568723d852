"""What the index holds: one Document per institution, order, park or policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """One thing that can be found.

    version: of the record that it was built from; an older version never replaces a newer one.
    texts: field name -> lines of text that are searched and quoted (`name`, `services`, `profile`, `track_record` ...).
    facets: facet name -> values, exact and multi-valued (`district`, `park`, `service`, `industry`, `grade`, `licence`).
    lon, lat: WGS-84 degrees, both or neither.
    order: sort key name -> number.
    vector_text: what stands for the document's meaning; empty where it has none.
    """

    id: str
    kind: str
    version: int
    title: str
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lon: float | None = None
    lat: float | None = None
    order: Mapping[str, float] = field(default_factory=dict)
    vector_text: str = ""
