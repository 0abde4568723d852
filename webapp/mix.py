"""What the firms of a park or district do, beside the whole city: from the index's own counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index import Index
from index.queries import Query
from webapp.words.text import service_short

MOST_GAPS = 5
BAR_WIDTH = 54  # percent of the chart's width that the longest bar takes: beside it stands its number
THIN = 0.4  # a service with less than this share of what the city's mix would give counts as thin


@dataclass(frozen=True)
class Bar:
    """One service: firms here, firms in the city; by_city: how many would be here in the city's proportion.

    width, expected: the same two numbers in percent of the longest bar.
    """

    service: str
    label: str
    count: int
    city: int
    by_city: int
    width: int = 0
    expected: int = 0


@dataclass(frozen=True)
class Mix:
    """The number of firms in a place and in the city, and one bar for each service that the city has."""

    total: int
    city_total: int
    bars: tuple[Bar, ...]

    @property
    def gaps(self) -> tuple[Bar, ...]:
        """Services that nobody here offers, or far fewer than in the city's proportion, the widest gap first."""
        thin = [bar for bar in self.bars if bar.count < THIN * bar.by_city or (not bar.count and bar.by_city)]
        return tuple(sorted(thin, key=lambda bar: bar.count - bar.by_city)[:MOST_GAPS])

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of the services that nobody here offers."""
        return tuple(bar.label for bar in self.bars if not bar.count)


def mix_of(index: Index, place: Mapping[str, tuple[str, ...]]) -> Mix:
    """The mix of a place ({"park": (name,)} or {"district": (name,)}) beside the city's."""
    kind = {"kind": ("institution",)}
    here = index.search(Query(filters={**kind, **place}, facets=("service",), limit=0))
    city = index.search(Query(filters=kind, facets=("service",), limit=0))
    counts, all_counts = here.facets["service"], city.facets["service"]
    share = here.total / max(city.total, 1)
    # Public lists write services their own way; a service of the trade is one that several firms name.
    known = {name: count for name, count in all_counts.items() if count >= max(2, city.total // 200)}
    longest = max((counts.get(name, 0) for name in known), default=0)
    top = max(1.0, longest, *(count * share for count in known.values())) if known else 1.0
    bars = [Bar(name, service_short(name), counts.get(name, 0), count, round(count * share),
                round(counts.get(name, 0) / top * BAR_WIDTH), round(count * share / top * BAR_WIDTH))
            for name, count in known.items()]
    return Mix(here.total, city.total, tuple(sorted(bars, key=lambda bar: (-bar.count, -bar.city, bar.service))))
