"""Composes what one view of the map shows: bubbles with their sizes, and labels that do not lie on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.clusters import LIMIT, Box, ClusterPyramid
from geo.districts import CENTRE_LABEL, CENTRE_NAME, DISTRICTS
from geo.labels import LINE_PX, Label, place_labels, radius_px, spread
from geo.projection import degrees_point, pixels_per_world, world_point

# Below this zoom a district is smaller than a bubble beside its label: one bubble per district stands in its middle,
# and the seven central districts share one.
SMALL_ZOOM = 9.2
DIGIT_PX = 3.6  # what each digit adds to the radius of a bubble on a small map
WHOLE = Box(-180.0, -85.0, 180.0, 85.0)


@dataclass(frozen=True)
class Bubble:
    """A circle with its count; lon, lat in WGS-84 degrees, radius in pixels.

    point: the index of the only point, else -1. district: the full name of what is counted, else empty.
    """

    lon: float
    lat: float
    count: int
    radius: int
    point: int = -1
    district: str = ""


@dataclass(frozen=True)
class View:
    """What to draw, and the box that it covers."""

    bubbles: tuple[Bubble, ...]
    labels: tuple[Label, ...]
    box: Box


def view_of(pyramid: ClusterPyramid, counts: Mapping[str, int], box: Box, zoom: float) -> View:
    """The view of a box at a zoom that may be a fraction.

    counts: district name -> all that is counted there, with or without a place; only a small map shows them.
    """
    return _by_district(counts, zoom) if zoom < SMALL_ZOOM else _by_place(pyramid, box, zoom)


def _by_place(pyramid: ClusterPyramid, box: Box, zoom: float) -> View:
    clusters = spread(zoom, pyramid.clusters(box, int(zoom), LIMIT))
    bubbles = tuple(
        Bubble(round(float(lon), 6), round(float(lat), 6), int(count), radius_px(int(count)), int(single))
        for lon, lat, count, single in zip(clusters.lon, clusters.lat, clusters.count, clusters.single, strict=True)
    )
    return View(bubbles, place_labels(zoom, clusters), clusters.box)


def _by_district(counts: Mapping[str, int], zoom: float) -> View:
    groups = [(d.name, d.short, d.phone_label, counts.get(d.name, 0)) for d in DISTRICTS if not d.central]
    centre = sum(counts.get(d.name, 0) for d in DISTRICTS if d.central)
    groups.append(("", CENTRE_NAME, CENTRE_LABEL, centre))
    bubbles, labels = [], []
    for name, text, (lon, lat), number in groups:
        radius = round(5 + DIGIT_PX * len(f"{number}"))
        bubble = Bubble(lon, lat, number, radius, district=name)
        labels.append(_label_of(bubble, text, zoom))
        if number:
            bubbles.append(bubble)
    return View(tuple(bubbles), tuple(labels), WHOLE)


def _label_of(bubble: Bubble, text: str, zoom: float) -> Label:
    """The label right above a bubble, or in its place where there is none."""
    scale = pixels_per_world(zoom)
    x, y = world_point(bubble.lon, bubble.lat)
    up = bubble.radius + LINE_PX / 2 if bubble.count else 0.0
    lon, lat = degrees_point(x, y - up / scale)
    return Label(bubble.district, text, round(lon, 5), round(lat, 5))
