"""What may be asked of the index, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Space(NamedTuple):
    """Which vectors may be compared with each other: those of one length by one encoder; dims 0 where there are none."""

    dims: int = 0
    encoder: str = ""


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
    vector: the text's meaning, float32 of shape (dims,), or None for words alone; encoder: the name of what made it.
    ignored: stretches of the text, as typed, that are looked for as words and not understood as anything else.
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
    ignored: tuple[str, ...] = ()
    encoder: str = ""

    @property
    def space(self) -> Space:
        """What the vector may be compared with."""
        return Space(0 if self.vector is None else len(self.vector), self.encoder)


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
class Reading:
    """What a stretch of the question was taken for: a condition (facet and value), or another word than was typed.

    label: what it was taken for; typed, start, end: the stretch, as places in Query.text; without: the question without
    it (to take the condition back; Query.ignored keeps the word and forgets its meaning); near: places beside it count.
    The facet is `headcount` for a number of people; `unknown` for a word that stands in no document; empty for a slip,
    pinyin, a synonym, or a phrase in quotes.
    """

    label: str
    facet: str
    value: str
    typed: str
    start: int
    end: int
    without: str
    near: bool = False


@dataclass(frozen=True)
class Answer:
    """The hits of one page, the number of all hits, and the counts: facet name -> value -> hits after the click.

    readings: how the question was understood. exact: hits that meet every condition in it; they come first, and where
    there are few of them, others that meet it in part follow.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    took_ms: float = 0.0
    readings: tuple[Reading, ...] = ()
    exact: int = 0

    @property
    def understood(self) -> tuple[str, ...]:
        """What words were taken for, where that differs from what was typed."""
        said = (r for r in self.readings if r.facet not in ("headcount", "grade", "unknown"))
        return tuple(dict.fromkeys(r.label for r in said if r.typed.lower() not in r.label.lower()))


@dataclass(frozen=True)
class Suggestion:
    """What may have been begun: a document (with id; kind as of the document) or a facet's value (kind is the facet)."""

    text: str
    kind: str
    id: str = ""


@dataclass(frozen=True)
class Points:
    """The places of all hits that have one: ids of length n, lon and lat float64 of shape (n,), WGS-84 degrees."""

    ids: tuple[str, ...]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


@dataclass(frozen=True)
class Status:
    """The state of an engine: documents and vectors held, bytes on disk, the generation in use, whose vectors they are."""

    engine: str
    documents: int
    vectors: int
    size_bytes: int
    generation: str
    built_at: str
    encoder: str = ""
