"""Reads the outlines of the districts from the boundary files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# How far a line may stand from the surveyed one, in metres: the first for the whole city, the second from zoom 12.
Detail = Literal["200m", "60m"]
DETAIL_FROM_ZOOM = 12
DECIMALS = {"200m": 4, "60m": 5}  # 11 m and 1 m: well inside what the simplification left


@dataclass(frozen=True)
class Outline:
    """One district's outline; geometry is a shapely polygon or multipolygon in WGS-84 degrees."""

    code: str
    name: str
    geometry: BaseGeometry


def read_outlines(data_dir: Path, detail: Detail = "200m") -> tuple[Outline, ...]:
    """The outlines in the order of their codes; FileNotFoundError when the boundary file is missing.

    They are for display only: they hold water, are simplified, and are no base for delimitation.
    """
    path = data_dir / "boundaries" / f"districts_{detail}.geojson"
    if not path.is_file():
        raise FileNotFoundError(path)
    import geopandas  # late: it takes seconds, and a page never needs it

    frame = geopandas.read_file(path).sort_values("code")
    rows = zip(frame["code"], frame["name"], frame.geometry, strict=True)
    return tuple(Outline(str(code), str(name), geometry) for code, name, geometry in rows)


def feature_collection(outlines: tuple[Outline, ...], decimals: int) -> dict[str, Any]:
    """The outlines as GeoJSON; rounding is the same on both sides of a border, so neighbours still share it."""
    features = [
        {"type": "Feature", "id": o.code, "properties": {"code": o.code, "name": o.name},
         "geometry": {"type": "MultiPolygon", "coordinates": _rounded(o.geometry, decimals)}}
        for o in outlines
    ]
    return {"type": "FeatureCollection", "features": features}


def rings(geometry: BaseGeometry) -> list[list[list[tuple[float, float]]]]:
    """A polygon or multipolygon as polygons of rings of (lon, lat), the outer ring first."""
    parts: Any = getattr(geometry, "geoms", [geometry])
    return [[[(x, y) for x, y, *_ in ring.coords] for ring in (part.exterior, *part.interiors)] for part in parts]


def _rounded(geometry: BaseGeometry, decimals: int) -> list[list[list[list[float]]]]:
    polygons = []
    for polygon in rings(geometry):
        polygons.append([_without_repeats([[round(x, decimals), round(y, decimals)] for x, y in r]) for r in polygon])
    return [[ring for ring in polygon if len(ring) > 3] for polygon in polygons if len(polygon[0]) > 3]


def _without_repeats(ring: list[list[float]]) -> list[list[float]]:
    return [point for at, point in enumerate(ring) if at == 0 or point != ring[at - 1]]
