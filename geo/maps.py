"""Lets folium build the city's map, and takes its script out, so that it is served as a file of our own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from geo.boundaries import DECIMALS, Outline, feature_collection
from geo.clusters import MAX_ZOOM
from geo.svg import CITY

START_ZOOM = 9  # only until the page's script has measured the window
MIN_ZOOM = 7.5
AROUND = 2.5  # degrees beyond the city that can be moved to: a phone shows this much under its sheet
RANDOM_ID = re.compile(r"_[0-9a-f]{32}\b")
# The one element of ours: hands folium's map and district layer to static/js/map.js.
WIRE = """
{% macro script(this, kwargs) %}
    caituMap.start({{ this._parent.get_name() }}, {{ this.districts.get_name() }});
{% endmacro %}
"""


def map_script(outlines: Sequence[Outline]) -> str:
    """The browser script of the map: the same bytes on every build from the same outlines.

    It is one for light and dark: colours come from style classes alone. It expects Leaflet and `caituMap`, and
    an element with the id "map_city"; it loads nothing.
    """
    import folium  # late: only the build needs it

    west, south, east, north = CITY.west, CITY.south, CITY.east, CITY.north
    city = folium.Map(
        location=((south + north) / 2, (west + east) / 2), zoom_start=START_ZOOM, tiles=None, zoom_control=False,
        maxZoom=MAX_ZOOM, minZoom=MIN_ZOOM, zoomSnap=0, attributionControl=False, maxBoundsViscosity=0.8,
        min_lat=south - AROUND, max_lat=north + AROUND, min_lon=west - AROUND, max_lon=east + AROUND, max_bounds=True,
    )
    districts = folium.GeoJson(
        feature_collection(tuple(outlines), DECIMALS["200m"]), class_name="d", weight=1, fill_opacity=1,
        smooth_factor=0.5,
    )
    _name(city, "city")
    _name(districts, "districts")
    districts.add_to(city)
    _name(_wire(districts), "wire").add_to(city)
    return _script_of(city)


def _wire(districts: Any) -> Any:
    from branca.element import MacroElement
    from jinja2 import Template

    wire = MacroElement()
    wire._template = Template(WIRE)
    wire.districts = districts
    return wire


def _name(element: Any, name: str) -> Any:
    element._id = name  # folium draws a random one, which would change the file's hash on every build
    return element


def _script_of(city: Any) -> str:
    figure = city.get_root()
    figure.render()
    script = str(figure.script.render())
    if found := RANDOM_ID.search(script):
        raise ValueError(f"folium left a random id in the map's script: {found.group()}")
    return "\n".join(line.strip() for line in script.splitlines() if line.strip()) + "\n"
