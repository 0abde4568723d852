"""Draws the map as one SVG on the server: the first picture, and the whole map where no script runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from xml.etree import ElementTree as Xml

from geo.clusters import Box
from geo.projection import TILE, world_point
from geo.views import View

# The city without its outermost rocks.
CITY = Box(120.84, 30.665, 122.06, 31.885)
HEIGHT = 800.0  # of the drawing in its own units
_X0, _Y0 = world_point(CITY.west, CITY.north)
_X1, _Y1 = world_point(CITY.east, CITY.south)
SCALE = HEIGHT / (_Y1 - _Y0)
WIDTH = round((_X1 - _X0) * SCALE, 1)
BASELINE = 0.36  # of the font size, from the middle of a line down to its baseline


@dataclass(frozen=True)
class Marks:
    """A view for one width of screen; css: the class that shows it there; px: height of the map there."""

    css: str
    px: float
    view: View


@dataclass(frozen=True)
class Scene:
    """What a picture shows; keys are district names, classes 1 to 5 or missing for no colour."""

    classes: Mapping[str, int]
    titles: Mapping[str, str]
    links: Mapping[str, str]
    chosen: frozenset[str] = frozenset()
    marks: tuple[Marks, ...] = field(default=())


def place(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 degrees -> the drawing's units; Web Mercator like the browser's map, which takes its place."""
    x, y = world_point(lon, lat)
    return round((x - _X0) * SCALE, 1), round((y - _Y0) * SCALE, 1)


def zoom_of(height_px: float) -> float:
    """The zoom at which a map of this many pixels in height holds the city."""
    return math.log2(height_px / (_Y1 - _Y0) / TILE)


def outline_path(rings: list[list[tuple[float, float]]]) -> str:
    """The `d` of a path from rings of (lon, lat): absolute start, then steps, which are shorter than places."""
    parts = []
    for ring in rings:
        points = [place(lon, lat) for lon, lat in ring]
        steps = [(_short(x1 - x0), _short(y1 - y0)) for (x0, y0), (x1, y1) in pairwise(points[:-1])]
        moves = "".join(f"l{x}{'' if y.startswith('-') else ' '}{y}" for x, y in steps if (x, y) != ("0", "0"))
        parts.append(f"M{points[0][0]:g} {points[0][1]:g}{moves}z")
    return "".join(parts)


def draw(paths: Mapping[str, str], scene: Scene, label: str) -> str:
    """The SVG element; paths: district name -> `d`; label: what a screen reader says of the whole."""
    root = Xml.Element("svg", {"viewBox": f"0 0 {WIDTH:g} {HEIGHT:g}", "class": "picture", "role": "group",
                               "aria-label": label, "preserveAspectRatio": "xMidYMid meet"})
    for name, d in paths.items():
        _draw_district(root, name, d, scene)
    for name in sorted(scene.chosen & paths.keys()):
        Xml.SubElement(root, "path", {"class": "chosen", "d": paths[name]})
    for marks in scene.marks:
        _draw_marks(Xml.SubElement(root, "g", {"class": f"marks {marks.css}"}), marks, scene)
    return Xml.tostring(root, encoding="unicode", short_empty_elements=True)


def _draw_district(root: Xml.Element, name: str, d: str, scene: Scene) -> None:
    link = Xml.SubElement(root, "a", {"href": scene.links[name]}) if name in scene.links else root
    klass = scene.classes.get(name)
    path = Xml.SubElement(link, "path", {"class": f"d c{klass}" if klass else "d", "d": d})
    Xml.SubElement(path, "title").text = scene.titles.get(name, name)


def _draw_marks(group: Xml.Element, marks: Marks, scene: Scene) -> None:
    unit = HEIGHT / marks.px
    for bubble in marks.view.bubbles:
        x, y = place(bubble.lon, bubble.lat)
        drawn = Xml.SubElement(group, "g", {"class": "bubble"})
        Xml.SubElement(drawn, "circle", {"cx": f"{x:g}", "cy": f"{y:g}", "r": f"{bubble.radius * unit:.1f}"})
        _text(drawn, (x, y), 12 * unit, f"{bubble.count:,}")
    for label in marks.view.labels:
        text = _text(group, place(label.lon, label.lat), 13 * unit, label.text)
        text.set("class", "deep" if scene.classes.get(label.name, 0) >= 4 else "label")


def _text(group: Xml.Element, middle: tuple[float, float], size: float, words: str) -> Xml.Element:
    x, y = middle
    element = Xml.SubElement(group, "text", {"x": f"{x:g}", "y": f"{y + size * BASELINE:.1f}"})
    element.text = words
    return element


def _short(step: float) -> str:
    text = f"{step:.1f}".removesuffix(".0").replace("-0.", "-.")
    return text[1:] if text.startswith("0.") else "0" if text in ("-", "-0") else text
