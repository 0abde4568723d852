"""What may be asked of the index, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Box:
    """A rectangle in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Circle:
    """Everything within km kilometres of a point in WGS-84 degrees."""

    lon: float
    lat: float
    km: float


@dataclass(frozen=True)
class Query:
    """A question; an empty text with no vector asks for everything that the filters let through.

    filters: facet name -> wanted values; OR inside a facet, AND between facets. The facet `kind` is always there.
    facets: names of the facets to count; a facet's own filter does not narrow its own counts.
    sort: a key of Document.order, with a leading "-" for descending; empty: by relevance.
    vector: the text's meaning, float32 of shape (dims,), or None for words alone.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    box: Box | None = None
    circle: Circle | None = None
    facets: tuple[str, ...] = ()
    sort: str = ""
    offset: int = 0
    limit: int = 20
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class Hit:
    """A document found: by what ("words", "meaning"), and where; marks are (start, end) in the quoted line."""

    id: str
    kind: str
    title: str
    score: float
    found_by: tuple[str, ...] = ()
    field: str = ""
    quote: str = ""
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Answer:
    """The hits of one page, the number of all hits, and the counts: facet name -> value -> hits after the click.

    understood: what the words of the question were taken for, where that differs from what was typed.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    took_ms: float = 0.0
    understood: tuple[str, ...] = ()


@dataclass(frozen=True)
class Points:
    """The places of all hits that have one: ids of length n, lon and lat float64 of shape (n,), WGS-84 degrees."""

    ids: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


@dataclass(frozen=True)
class Status:
    """The state of an engine: documents and vectors held, bytes on disk, the generation in use."""

    engine: str
    documents: int
    vectors: int
    size_bytes: int
    generation: str
    built_at: str
