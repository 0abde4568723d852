"""Web Mercator on the unit square: the one projection of the browser's map, the clusters and the drawn picture."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
TILE = 256  # pixels of the whole world at zoom 0, by the convention of web maps
LIMIT = 85.05112878  # degrees of latitude where the square ends


def to_world(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS-84 degrees -> x, y in 0..1, y growing southward; latitudes beyond LIMIT are held at it."""
    sine = np.sin(np.radians(np.clip(lat, -LIMIT, LIMIT)))
    return lon / 360.0 + 0.5, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def to_degrees(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """x, y in 0..1 -> WGS-84 degrees."""
    return (x - 0.5) * 360.0, np.degrees(np.arctan(np.sinh(math.pi * (1 - 2 * y))))


def world_point(lon: float, lat: float) -> tuple[float, float]:
    """The same as `to_world` for one place."""
    x, y = to_world(np.float64(lon), np.float64(lat))  # type: ignore[arg-type]
    return float(x), float(y)


def degrees_point(x: float, y: float) -> tuple[float, float]:
    """The same as `to_degrees` for one place."""
    lon, lat = to_degrees(np.float64(x), np.float64(y))  # type: ignore[arg-type]
    return float(lon), float(lat)


def pixels_per_world(zoom: float) -> float:
    """The width of the world in pixels at a zoom, which may be a fraction."""
    return float(TILE * 2.0**zoom)
