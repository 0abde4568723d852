"""Tells in which district a place lies, and draws a plausible place inside a district for sample data."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from geo.boundaries import Outline, read_outlines
from geo.districts import district_named

SPREAD_DEG = 0.008  # firms gather within about 900 m of a town's centre or a station
TRIES = 40

Centres = Mapping[str, Sequence[tuple[float, float]]]


class Locator:
    """Answers from the finer outlines; a border belongs to the district of the smaller code."""

    def __init__(self, outlines: Sequence[Outline], centres: Centres) -> None:
        """centres: district name -> (lon, lat) of built-up places; those outside their district are passed over."""
        from shapely import STRtree, prepare

        self._names = [o.name for o in outlines]
        self._shapes = {o.name: o.geometry for o in outlines}
        for shape in self._shapes.values():
            prepare(shape)
        self._tree = STRtree(list(self._shapes.values()))
        self._centres = {name: self._inside(name, centres.get(name, ())) for name in self._names}

    def district_of(self, lon: float, lat: float) -> str | None:
        """The full name of the district that covers a place in WGS-84 degrees; None outside the city."""
        from shapely import Point

        found = self._tree.query(Point(lon, lat), predicate="covered_by")
        return self._names[min(found)] if len(found) else None

    def random_point(self, district: str, rng: random.Random) -> tuple[float, float]:
        """A place (lon, lat) in WGS-84 degrees, near a built-up place of the district; KeyError for another name.

        Outlines hold water (half of Chongming's is river), so points spread around towns and stations.
        """
        from shapely import contains_xy

        centres, shape = self._centres[district], self._shapes[district]
        for _ in range(TRIES):
            lon, lat = rng.choice(centres)
            lon, lat = round(rng.gauss(lon, SPREAD_DEG), 6), round(rng.gauss(lat, SPREAD_DEG), 6)
            if contains_xy(shape, lon, lat):
                return lon, lat
        return rng.choice(centres)

    def _inside(self, name: str, centres: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        inside = [place for place in centres if self.district_of(*place) == name]
        if inside:
            return inside
        point = self._shapes[name].representative_point()
        return [(point.x, point.y)]


def read_centres(data_dir: Path) -> dict[str, list[tuple[float, float]]]:
    """Built-up places per district: the stations and business areas of the taxonomy, and towns without a metro."""
    centres: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for table, column in (("taxonomy/places.csv", "district_code"), ("boundaries/centres.csv", "district")):
        with (data_dir / table).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                district = district_named(row[column])
                if district and row["lon"]:
                    centres[district.name].append((float(row["lon"]), float(row["lat"])))
    return centres


@lru_cache(maxsize=2)
def locator(data_dir: Path) -> Locator:
    """The locator over a data folder, read once per process."""
    return Locator(read_outlines(data_dir, "60m"), read_centres(data_dir))
