"""All live documents as one row of numbers over the parts: filters, exact facet counts, places and order, in numpy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.columns import Rows
from index.documents import Document
from index.marks import Lines
from index.parts import Part
from index.phrases import WORD_FIELDS
from index.queries import Query

Mask = NDArray[np.bool_]
EARTH_KM = 6371.0088  # mean radius, IUGG
MASKS = 256  # masks of facets' values, and of phrases, that stay: a byte a document each


class Segment:
    """n rows: those of the parts one after another; rows that are gone stay as numbers and are in no mask."""

    def __init__(self, parts: Sequence[Part], gone: Sequence[Rows]) -> None:
        self.parts = tuple(parts)
        self.starts = np.concatenate([[0], np.cumsum([part.size for part in parts])]).astype(np.int64)
        self.alive: Mask = np.ones(int(self.starts[-1]), np.bool_)
        for start, rows in zip(self.starts, gone, strict=False):
            self.alive[rows + start] = False
        self.lon = self._joined([part.columns.lon for part in parts])
        self.lat = self._joined([part.columns.lat for part in parts])
        self.placed: Mask = ~np.isnan(self.lon)
        self.living = int(np.count_nonzero(self.alive))
        self._having = lru_cache(maxsize=MASKS)(self._mask_of)
        self._holding = lru_cache(maxsize=MASKS)(self._mask_of_phrase)
        self._orders: dict[str, NDArray[np.float64]] = {}

    def __len__(self) -> int:
        return int(self.starts[-1])

    def _joined(self, columns: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        return np.asarray(columns[0]) if len(columns) == 1 else np.concatenate([np.zeros(0), *columns])

    def _over_parts(self, ask: Callable[[Part], Rows]) -> Rows:
        if len(self.parts) == 1:
            return ask(self.parts[0])
        found = [ask(part) + np.int32(start) for part, start in zip(self.parts, self.starts, strict=False)]
        return np.concatenate([np.zeros(0, np.int32), *found])

    def document(self, row: int) -> Document:
        """The document of a row."""
        place = int(np.searchsorted(self.starts, row, side="right")) - 1
        return self.parts[place].document(int(row - self.starts[place]))

    def lines(self, row: int) -> Lines:
        """The lines of the document of a row, ready to be quoted."""
        place = int(np.searchsorted(self.starts, row, side="right")) - 1
        return self.parts[place].lines(int(row - self.starts[place]))

    def row_of(self, key: str) -> int:
        """The row of a live document, -1 where there is none of this id; the newest part first."""
        for part, start in zip(reversed(self.parts), reversed(self.starts[:-1]), strict=True):
            row = part.row(key)
            if row >= 0 and self.alive[row + start]:
                return int(row + start)
        return -1

    def ids(self, rows: NDArray[np.int64]) -> tuple[str, ...]:
        """The ids of rows."""
        found: list[str] = []
        for part, start in zip(self.parts, self.starts, strict=False):
            inside = rows[(rows >= start) & (rows < start + part.size)] - start
            ids = part.ids
            found += [ids[row] for row in inside.tolist()]
        return tuple(found)

    # words

    def phrase(self, field: str, phrase: str) -> Rows:
        """Rows that hold a phrase in a field."""
        return self._over_parts(lambda part: part.phrases.phrase(field, phrase))

    def _mask_of_phrase(self, field: str, phrase: str) -> Mask:
        return self._mask_from(self.phrase(field, phrase))

    def phrase_mask(self, field: str, phrase: str) -> Mask:
        """Rows that hold a phrase in a field, as a mask that must not be changed."""
        return self._holding(field, phrase)

    def sounds(self, field: str, syllables: tuple[str, ...]) -> Rows:
        """Rows that hold syllables one after another."""
        return self._over_parts(lambda part: part.phrases.find(field, syllables))

    def starting(self, start: str, most: int) -> Rows:
        """At most so many live rows of each part whose name begins so."""
        rows = self._over_parts(lambda part: part.phrases.starting(start, most + 8))
        return rows[self.alive[rows]][:most]

    def holding(self, phrase: str) -> int:
        """The number of documents that hold a phrase in any of their words; those that are gone may count still."""
        return sum(part.phrases.count(WORD_FIELDS, phrase) for part in self.parts)

    # facets

    def none(self) -> Mask:
        """A mask that lets nothing through."""
        return np.zeros(len(self), np.bool_)

    def rows_having(self, facet: str, value: str) -> Rows:
        """Rows with a facet's value."""
        return self._over_parts(lambda part: part.columns.rows(facet, value))

    def _mask_from(self, rows: Rows) -> Mask:
        out = self.none()
        out[rows] = True
        out.flags.writeable = False
        return out

    def _mask_of(self, facet: str, value: str) -> Mask:
        return self._mask_from(self.rows_having(facet, value))

    def having(self, facet: str, value: str) -> Mask:
        """Rows with a facet's value, as a mask that must not be changed."""
        return self._having(facet, value)

    def at_least(self, key: str, least: float) -> Rows:
        """Rows whose sort key is at least a number."""
        return np.flatnonzero(self.order(key) >= least).astype(np.int32)

    def mask(self, query: Query, without: str = "") -> Mask:
        """Live documents that the filters let through, leaving one facet's filter aside."""
        out = self.alive.copy()
        for facet, values in query.filters.items():
            if facet != without and values:
                wanted = self.having(facet, values[0])
                for value in values[1:]:
                    wanted = wanted | self.having(facet, value)
                out &= wanted
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

    def counts(self, query: Query, hits: Mask, shared: Mask) -> dict[str, dict[str, int]]:
        """For each facet asked for, value -> hits after the click: a facet's own filter does not narrow its counts.

        shared: the mask of the query with all its filters, for facets that have none of their own.
        """
        out = {}
        rows = np.flatnonzero(hits & shared)
        for facet in query.facets:
            base = np.flatnonzero(hits & self.mask(query, without=facet)) if query.filters.get(facet) else rows
            found: dict[str, int] = {}
            for part, start in zip(self.parts, self.starts, strict=False):
                first, last = np.searchsorted(base, [start, start + part.size])
                here = base[first:last] - start
                for value, count in part.columns.counts(facet, here).items():
                    found[value] = found.get(value, 0) + count
            wanted = query.filters.get(facet, ())
            out[facet] = {**dict.fromkeys(wanted, 0), **{v: count for v, count in found.items() if count or v in wanted}}
        return out

    def order(self, key: str) -> NDArray[np.float64]:
        """The sort key of every document, -inf where it has none."""
        if key not in self._orders:
            columns = [part.columns.order(key) for part in self.parts]
            self._orders[key] = self._joined([np.full(part.size, -np.inf) if column is None else column
                                              for part, column in zip(self.parts, columns, strict=True)])
        return self._orders[key]
