"""What the map pages of one site keep in memory: the built files, and a cluster pyramid per filter in use."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask import current_app

from geo.assets import MapAssets, map_assets
from geo.clusters import Box, ClusterPyramid
from geo.svg import CITY, Marks, zoom_of
from geo.views import View, view_of
from index import Index
from webapp.filters import Filters
from webapp.services import Services
from webapp.settings import Settings

KEPT = 12  # filters whose pyramids stay: 40 bytes a point and level, so about 30 MB for each at 100,000 points
FRESH_S = 60.0  # an institution that moves is on the map after this long
AROUND = 0.3  # degrees beyond the city that the first view holds, so that a first small move asks nothing
# Height in pixels that the city takes on the two usual screens; css is the class of what shows there.
SCREENS = (("on-wide", 790.0), ("on-phone", 330.0))


@dataclass(frozen=True)
class Pinned:
    """The points of one filter: ids by index, and their pyramid."""

    ids: tuple[str, ...]
    pyramid: ClusterPyramid
    made: float


class Atlas:
    """Safe to share among threads; one per process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._pinned: OrderedDict[object, Pinned] = OrderedDict()

    @cached_property
    def assets(self) -> MapAssets:
        """The map's files; the first process of a new version builds them."""
        return map_assets(self._settings.data_dir, self._settings.var_dir / "map")

    def pinned(self, index: Index, filters: Filters) -> Pinned:
        """The points that a filter lets through, as they were at most FRESH_S ago."""
        key = (index.status().generation, tuple(filters.to_args()))
        with self._lock:
            found = self._pinned.get(key)
            if found and time.monotonic() - found.made < FRESH_S:
                self._pinned.move_to_end(key)
                return found
        points = index.points(filters.query())
        made = Pinned(points.ids, ClusterPyramid(points.lon, points.lat), time.monotonic())
        with self._lock:
            self._pinned[key] = made
            while len(self._pinned) > KEPT:
                self._pinned.popitem(last=False)
        return made


def atlas(site: Services) -> Atlas:
    """The atlas of the running site."""
    found = current_app.extensions.setdefault("caitu-atlas", Atlas(site.settings))
    assert isinstance(found, Atlas)
    return found


def first_views(pinned: Pinned, counts: Mapping[str, int]) -> tuple[Marks, ...]:
    """What the whole city shows on each usual screen."""
    box = Box(CITY.west - AROUND, CITY.south - AROUND, CITY.east + AROUND, CITY.north + AROUND)
    return tuple(Marks(css, px, view_of(pinned.pyramid, counts, box, zoom_of(px))) for css, px in SCREENS)


def as_json(view: View, ids: tuple[str, ...], zoom: float) -> dict[str, object]:
    """A view for the browser: bubbles as [lon, lat, count, radius, card], labels as [district, text, lon, lat]."""
    bubbles = [[b.lon, b.lat, b.count, b.radius, _card(b.district, b.point, ids)] for b in view.bubbles]
    labels = [[label.name, label.text, label.lon, label.lat] for label in view.labels]
    return {"zoom": round(zoom, 3), "box": [view.box.west, view.box.south, view.box.east, view.box.north],
            "bubbles": bubbles, "labels": labels}


def _card(district: str, point: int, ids: tuple[str, ...]) -> str:
    if district:
        return f"district:{district}"
    return f"institution:{ids[point]}" if point >= 0 else ""
