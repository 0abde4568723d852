"""Sizes the bubbles of a view, keeps them apart, and finds room for the district labels beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.clusters import Clusters
from geo.districts import DISTRICTS
from geo.projection import degrees_point, pixels_per_world, to_degrees, to_world, world_point

Floats = NDArray[np.float64]
LETTER_PX, LINE_PX = 14.0, 18.0  # of a 13 px Chinese letter with its halo
MARGIN_PX = 1.0
REACH_PX = (0.0, 10.0, 16.0, 22.0, 28.0, 34.0, 42.0, 50.0)
AREA_PX = 0.6  # cost of one pixel of distance, in square pixels of overlap
AIR_PX = 3.0  # left between two bubbles
NEAR_PX = 40.0  # bubbles farther apart than this cannot be pushed into each other
PUSHES = 12
CLASH = 3.0  # a label over a label costs this much more than one over a bubble


@dataclass(frozen=True)
class Label:
    """A district's short name and the middle of its text in WGS-84 degrees; name is empty for the shared one."""

    name: str
    text: str
    lon: float
    lat: float


@dataclass(frozen=True)
class _Rectangles:
    """Middles and half sizes in pixels, each of shape (n,)."""

    x: Floats
    y: Floats
    half_width: Floats
    half_height: Floats


def radius_px(count: int) -> int:
    """The radius of a bubble: grows with the logarithm, so that four digits still fit and one firm is still seen."""
    return round(min(10 + 2 * math.log2(max(count, 1)), 22))


def spread(zoom: float, clusters: Clusters) -> Clusters:
    """The clusters with overlapping bubbles pushed apart, each by half; single points stay: they mark real places."""
    scale = pixels_per_world(zoom)
    place = np.stack(to_world(clusters.lon, clusters.lat), axis=1) * scale
    size = np.array([radius_px(int(n)) for n in clusters.count], np.float64)
    left, right = np.nonzero(np.triu(_gaps(place, size) < NEAR_PX, 1))
    free = np.where(clusters.count > 1, 1.0, 0.0)[:, None]
    for _ in range(PUSHES):
        away = place[left] - place[right]
        distance = np.maximum(np.hypot(*away.T), 1e-6)
        short = np.clip(size[left] + size[right] + AIR_PX - distance, 0, None)
        if not short.any():
            break
        push = away * (short / distance / 2)[:, None]
        np.add.at(place, left, push * free[left])
        np.add.at(place, right, -push * free[right])
    lon, lat = to_degrees(place[:, 0] / scale, place[:, 1] / scale)
    still = clusters.count == 1
    return replace(clusters, lon=np.where(still, clusters.lon, lon), lat=np.where(still, clusters.lat, lat))


def _gaps(place: Floats, size: Floats) -> Floats:
    """Pixels between the edges of each two bubbles, shape (n, n); negative where they overlap."""
    x, y = place.T
    gaps: Floats = np.hypot(x[:, None] - x, y[:, None] - y) - size[:, None] - size
    return gaps


def place_labels(zoom: float, clusters: Clusters) -> tuple[Label, ...]:
    """The labels within the clusters' box, each moved as little as keeps it off the bubbles and the other labels."""
    scale = pixels_per_world(zoom)
    x, y = to_world(clusters.lon, clusters.lat)
    size = np.array([radius_px(int(n)) for n in clusters.count], np.float64)
    bubbles = _Rectangles(x * scale, y * scale, size, size)
    placed: list[Label] = []
    taken: list[tuple[float, float, float]] = []
    for district in DISTRICTS:
        if not clusters.box.holds(*district.label):
            continue
        anchor_x, anchor_y = world_point(*district.label)
        half = LETTER_PX * len(district.short) / 2
        at_x, at_y = _best(anchor_x * scale, anchor_y * scale, half, (bubbles, _labels(taken)))
        taken.append((at_x, at_y, half))
        lon, lat = degrees_point(at_x / scale, at_y / scale)
        placed.append(Label(district.name, district.short, round(lon, 5), round(lat, 5)))
    return tuple(placed)


def _labels(taken: Sequence[tuple[float, float, float]]) -> _Rectangles:
    x, y, half = np.array(taken, np.float64).reshape(-1, 3).T
    return _Rectangles(x, y, half, np.full(len(half), LINE_PX / 2))


def _best(x: float, y: float, half: float, others: tuple[_Rectangles, _Rectangles]) -> tuple[float, float]:
    """The nearest free place around (x, y), or the least covered one where none is free."""
    angle = np.arange(16) * math.pi / 8
    reach = np.repeat(REACH_PX, len(angle))
    at_x = x + reach * np.tile(np.cos(angle), len(REACH_PX))
    at_y = y + reach * np.tile(np.sin(angle), len(REACH_PX))
    bubbles, labels = others
    cost = reach * AREA_PX + _covered(at_x, at_y, half, bubbles) + CLASH * _covered(at_x, at_y, half, labels)
    found = int(np.argmin(np.round(cost, 6)))
    return float(at_x[found]), float(at_y[found])


def _covered(x: Floats, y: Floats, half: float, others: _Rectangles) -> Floats:
    """Square pixels that a label at each place shares with the others; shape of x."""
    width = half + others.half_width + MARGIN_PX - np.abs(x[:, None] - others.x)
    height = LINE_PX / 2 + others.half_height + MARGIN_PX - np.abs(y[:, None] - others.y)
    covered: Floats = (np.clip(width, 0, None) * np.clip(height, 0, None)).sum(axis=1)
    return covered
