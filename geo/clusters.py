"""Gathers points into clusters for any view of the map, from a pyramid of grids built once per set of points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.projection import TILE, to_degrees, to_world

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MAX_ZOOM = 18
CELL_PX = 64  # a bubble is 20 to 40 pixels wide, so a cell holds one with air around it
LIMIT = 300  # features per answer; more are drawn slower and read worse
ROWS = np.int64(1) << 32  # keys are row * ROWS + column


@dataclass(frozen=True)
class Box:
    """A rectangle in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """True for a place inside or on the edge."""
        return self.west <= lon <= self.east and self.south <= lat <= self.north


@dataclass(frozen=True)
class Clusters:
    """lon, lat, count of shape (n,); single: the index of the point where count is 1, else -1; box: what is covered."""

    lon: Floats
    lat: Floats
    count: Ints
    single: Ints
    box: Box


@dataclass(frozen=True)
class _Level:
    """The filled cells of one zoom, sorted by row, then column; x, y are means on the unit square."""

    key: Ints
    count: Ints
    x: Floats
    y: Floats
    first: Ints
    size: float  # of a cell, on the unit square


class ClusterPyramid:
    """Grids of zoom 0 to 18; a cell of one zoom is made of four of the next, so counts always add up."""

    def __init__(self, lon: Floats, lat: Floats) -> None:
        """lon, lat: WGS-84 degrees, float64 of shape (n,)."""
        x, y = to_world(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
        size = _cell_size(MAX_ZOOM)
        key = (y / size).astype(np.int64) * ROWS + (x / size).astype(np.int64)
        point = _Level(key, np.ones(len(x), np.int64), x, y, np.arange(len(x), dtype=np.int64), size)
        self._levels = [_gather(point)]
        for _ in range(MAX_ZOOM):
            self._levels.append(_gather(_coarser(self._levels[-1])))
        self._levels.reverse()

    def clusters(self, box: Box, zoom: int, limit: int = LIMIT) -> Clusters:
        """The clusters of a box, widened to whole cells so that a moved view keeps its bubbles.

        The counts add up to the points within the answer's box. Where a zoom has more than `limit` clusters in the
        box, a coarser one answers.
        """
        level, window, picked = self._levels[0], (0, 0, 0, 0), np.empty(0, np.int64)
        for at in range(max(0, min(zoom, MAX_ZOOM)), -1, -1):
            level = self._levels[at]
            window = _window(box, level.size)
            picked = _cells_in(level, window)
            if len(picked) <= limit:
                break
        return _answer(level, window, picked)

    def __len__(self) -> int:
        return int(self._levels[0].count.sum())


def _cell_size(zoom: int) -> float:
    return float(CELL_PX / TILE / 2.0**zoom)


def _coarser(level: _Level) -> _Level:
    row, column = np.divmod(level.key, ROWS)
    return _Level(row // 2 * ROWS + column // 2, level.count, level.x, level.y, level.first, level.size * 2)


def _gather(cells: _Level) -> _Level:
    """Joins entries of the same key: counts add, places average by count, the first point is kept."""
    order = np.argsort(cells.key, kind="stable")
    key, count = cells.key[order], cells.count[order]
    start = np.flatnonzero(np.diff(key, prepend=-1))
    if not len(start):
        return cells
    total = np.add.reduceat(count, start)
    x = np.add.reduceat(cells.x[order] * count, start) / total
    y = np.add.reduceat(cells.y[order] * count, start) / total
    return _Level(key[start], total, x, y, np.minimum.reduceat(cells.first[order], start), cells.size)


def _window(box: Box, size: float) -> tuple[int, int, int, int]:
    """The cells that a box touches: first column, first row, last column, last row."""
    x, y = to_world(np.array([box.west, box.east]), np.array([box.north, box.south]))
    columns, rows = (x / size).astype(int), (y / size).astype(int)
    return int(columns[0]), int(rows[0]), int(columns[1]), int(rows[1])


def _cells_in(level: _Level, window: tuple[int, int, int, int]) -> Ints:
    """Positions of the filled cells of a window; only rows that hold cells are looked at."""
    west, north, east, south = window
    start, stop = np.searchsorted(level.key, [north * ROWS, (south + 1) * ROWS])
    column = level.key[start:stop] % ROWS
    inside: Ints = start + np.flatnonzero((column >= west) & (column <= east))
    return inside


def _answer(level: _Level, window: tuple[int, int, int, int], picked: Ints) -> Clusters:
    west, north, east, south = window
    count = level.count[picked]
    lon, lat = to_degrees(level.x[picked], level.y[picked])
    edge_lon, edge_lat = to_degrees(np.array([west, east + 1]) * level.size, np.array([south + 1, north]) * level.size)
    box = Box(float(edge_lon[0]), float(edge_lat[0]), float(edge_lon[1]), float(edge_lat[1]))
    return Clusters(lon, lat, count, np.where(count == 1, level.first[picked], -1), box)
