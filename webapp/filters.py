"""The one filter that map, list, counts and exports share, kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from index.queries import Query

FACETS = ("service", "grade", "park", "district", "industry", "licence")
MAX_TEXT = 200  # a question longer than this is cut: nobody types it, and the index pays for each word


@dataclass(frozen=True)
class Filters:
    """Text and, for each facet, the values wanted (names as they stand in the data)."""

    q: str = ""
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def from_args(cls, args: MultiDict[str, str], facets: tuple[str, ...] = FACETS) -> Filters:
        """Reads the URL; unknown keys and empty values are passed over, repeated values count once."""
        wanted = {}
        for name in facets:
            values = tuple(dict.fromkeys(v.strip() for v in args.getlist(name) if v.strip()))
            if values:
                wanted[name] = values
        return cls(" ".join(args.get("q", "").split())[:MAX_TEXT], wanted)

    def to_args(self) -> list[tuple[str, str]]:
        """The same filter as URL arguments, in a fixed order, so that equal filters have equal addresses."""
        text = [("q", self.q)] if self.q else []
        return text + [(name, value) for name in sorted(self.wanted) for value in self.wanted[name]]

    def address(self, path: str, **more: str) -> str:
        """A path with this filter and further arguments."""
        query = urlencode(self.to_args() + [(k, v) for k, v in more.items() if v])
        return f"{path}?{query}" if query else path

    def chips(self) -> list[tuple[str, str]]:
        """What is set, as (facet, value); the text comes first as ("q", text)."""
        return self.to_args()

    def without(self, name: str, value: str) -> Filters:
        """The filter after one chip is taken away."""
        if name == "q":
            return replace(self, q="")
        left = tuple(v for v in self.wanted.get(name, ()) if v != value)
        return replace(self, wanted={k: v for k, v in {**self.wanted, name: left}.items() if v})

    def with_value(self, name: str, value: str) -> Filters:
        """The filter with one more value."""
        values = dict.fromkeys((*self.wanted.get(name, ()), value))
        return replace(self, wanted={**self.wanted, name: tuple(values)})

    def with_only(self, name: str, value: str) -> Filters:
        """The filter with one value of a facet instead of those it has."""
        return replace(self, wanted={**self.wanted, name: (value,)})

    def query(self, kinds: tuple[str, ...] = ("institution",)) -> Query:
        """The question for the index; empty kinds asks for every kind."""
        kind = {"kind": kinds} if kinds and "kind" not in self.wanted else {}
        return Query(text=self.q, filters={**kind, **self.wanted})

    def __bool__(self) -> bool:
        return bool(self.q or self.wanted)
