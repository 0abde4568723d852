"""The documents of one generation as columns: filters, exact facet counts, places and order, in numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.facets import facets_of
from index.queries import Query

Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]
EARTH_KM = 6371.0088  # mean radius, IUGG


class Segment:
    """n documents; row numbers are places in `documents`."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = tuple(documents)
        self.row_of = {document.id: row for row, document in enumerate(self.documents)}
        self.lon = np.array([np.nan if d.lon is None else d.lon for d in self.documents], np.float64)
        self.lat = np.array([np.nan if d.lat is None else d.lat for d in self.documents], np.float64)
        self.placed: Mask = ~np.isnan(self.lon)
        self._columns = self._facet_columns()
        self._orders: dict[str, NDArray[np.float64]] = {}
        self._rows: dict[tuple[str, str], Rows] = {}

    def __len__(self) -> int:
        return len(self.documents)

    def _facet_columns(self) -> dict[str, dict[str, Mask]]:
        columns: dict[str, dict[str, Mask]] = {}
        for row, document in enumerate(self.documents):
            for name, values in facets_of(document).items():
                column = columns.setdefault(name, {})
                for value in values:
                    if value not in column:
                        column[value] = np.zeros(len(self.documents), np.bool_)
                    column[value][row] = True
        return columns

    def none(self) -> Mask:
        """A mask that lets nothing through."""
        return np.zeros(len(self), np.bool_)

    def having(self, facet: str, value: str) -> Mask:
        """Documents with a facet's value; none where nobody has it."""
        found = self._columns.get(facet, {}).get(value)
        return self.none() if found is None else found

    def rows_having(self, facet: str, value: str) -> Rows:
        """Rows of the documents with a facet's value."""
        key = (facet, value)
        if key not in self._rows:
            self._rows[key] = np.flatnonzero(self.having(facet, value))
        return self._rows[key]

    def at_least(self, key: str, least: float) -> Rows:
        """Rows of the documents whose sort key is at least a number."""
        return np.flatnonzero(self.order(key) >= least)

    def _wanted(self, facet: str, values: Sequence[str]) -> Mask:
        out = self.none()
        for value in values:
            out |= self.having(facet, value)
        return out

    def mask(self, query: Query, without: str = "") -> Mask:
        """Documents that the filters let through, leaving one facet's filter aside."""
        out = np.ones(len(self), np.bool_)
        for facet, values in query.filters.items():
            if facet != without and values:
                out &= self._wanted(facet, values)
        if query.box:
            box = query.box
            with np.errstate(invalid="ignore"):
                out &= (self.lon >= box.west) & (self.lon <= box.east) & (self.lat >= box.south) & (self.lat <= box.north)
        if query.circle:
            out &= self._within(query.circle.lon, query.circle.lat, query.circle.km)
        return out

    def _within(self, lon: float, lat: float, km: float) -> Mask:
        """Documents within a great-circle distance (haversine)."""
        a, b = np.radians(self.lat), np.radians(lat)
        half = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(self.lon - lon) / 2) ** 2
        with np.errstate(invalid="ignore"):
            return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(half)) <= km, np.bool_)

    def counts(self, query: Query, hits: Mask) -> dict[str, dict[str, int]]:
        """For each facet asked for, value -> hits after the click: a facet's own filter does not narrow its counts."""
        out = {}
        for facet in query.facets:
            base = hits & self.mask(query, without=facet)
            found = {value: int(np.count_nonzero(base & column)) for value, column in self._columns.get(facet, {}).items()}
            out[facet] = {value: count for value, count in found.items() if count or value in query.filters.get(facet, ())}
        return out

    def order(self, key: str) -> NDArray[np.float64]:
        """The sort key of every document, -inf where it has none."""
        if key not in self._orders:
            self._orders[key] = np.array([d.order.get(key, -np.inf) for d in self.documents], np.float64)
        return self._orders[key]

    def sorted_rows(self, rows: NDArray[np.int64], sort: str, scores: NDArray[np.float32]) -> NDArray[np.int64]:
        """Rows by a sort key ("-" for descending; what has none comes last) or, without one, by score; ties by score,
        then by row."""
        if not sort:
            return rows[np.lexsort((rows, -scores[rows]))]
        key = self.order(sort.lstrip("-"))[rows]
        key = -key if sort.startswith("-") else np.where(key == -np.inf, np.inf, key)
        return rows[np.lexsort((rows, -scores[rows], key))]


def changed_documents(held: Mapping[str, Document], new: Sequence[Document]) -> dict[str, Document]:
    """The new documents that take a place: not older than the one held."""
    return {d.id: d for d in new if d.id not in held or d.version >= held[d.id].version}
