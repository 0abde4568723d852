"""What the map page shows, as its URL says: the filter, the shading, map or table, the card, the place looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from geo.clusters import Box
from geo.districts import DISTRICTS, district_named
from market.errors import InvalidInput
from webapp.filters import FACETS, Filters

SHADES = ("orders", "institutions", "none")
VIEWS = ("map", "table")
CARD_KINDS = ("institution", "park", "district", "cluster")
_PLACE = re.compile(r"\d{1,2}(\.\d+)?/-?\d{1,2}(\.\d+)?/-?\d{1,3}(\.\d+)?")


@dataclass(frozen=True)
class Card:
    """What is opened beside the map: kind is one of CARD_KINDS, key an id, a district's name or a box."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True)
class MapState:
    """One state of the page; `at` is "zoom/lat/lon" or empty for the whole city."""

    filters: Filters
    shade: str = "orders"
    view: str = "map"
    card: Card | None = None
    at: str = ""

    @classmethod
    def from_args(cls, args: MultiDict[str, str]) -> MapState:
        """Reads the URL; what it does not know it passes over, so that an old link still opens the map."""
        shade, view, at = args.get("shade", ""), args.get("view", ""), args.get("at", "")
        return cls(
            Filters.from_args(args, FACETS), shade if shade in SHADES else SHADES[0], view if view in VIEWS else VIEWS[0],
            _card(args.get("card", "")), at if _PLACE.fullmatch(at) else "",
        )

    def address(self, **changes: object) -> str:
        """The URL of this state with changes; what is as it starts is left out."""
        state = replace(self, **changes)  # type: ignore[arg-type]
        more = {
            "shade": state.shade if state.shade != SHADES[0] else "", "view": state.view if state.view != VIEWS[0] else "",
            "card": str(state.card) if state.card else "", "at": state.at,
        }
        return state.filters.address("/", **more)

    @property
    def district(self) -> str:
        """The one district that the page is about: that of the card, or the only one of the filter; else empty."""
        if self.card and self.card.kind == "district":
            return self.card.key
        wanted = tuple(self.filters.wanted.get("district", ()))
        return wanted[0] if len(wanted) == 1 and district_named(wanted[0]) else ""

    def kept(self) -> tuple[tuple[str, str], ...]:
        """What the filter's form carries along beside its own values."""
        kept = (("shade", self.shade, SHADES[0]), ("view", self.view, VIEWS[0]), ("at", self.at, ""))
        return tuple((name, value) for name, value, usual in kept if value != usual)


def _card(text: str) -> Card | None:
    kind, _, key = text.partition(":")
    if kind not in CARD_KINDS or not key or len(key) > 120:
        return None
    if kind == "district" and key not in {d.name for d in DISTRICTS}:
        return None
    return Card(kind, key)


def box_from(text: str) -> Box:
    """"west,south,east,north" in WGS-84 degrees -> Box; InvalidInput says what is wrong."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"box={text}: four numbers are needed, west,south,east,north") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInput(f"box={text}: west,south,east,north must be degrees in this order")
    return Box(west, south, east, north)


def zoom_from(text: str) -> float:
    """A zoom of 0 to 22, which may be a fraction; InvalidInput says what is wrong."""
    try:
        zoom = float(text)
    except ValueError:
        raise InvalidInput(f"zoom={text}: a number is needed") from None
    if not 0 <= zoom <= 22:
        raise InvalidInput(f"zoom={text}: 0 to 22")
    return zoom
