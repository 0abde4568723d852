"""What a saved search finds now: asked of the index in words, so that an alert says what the page would show first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from index import Index
from market.notices.searches import Find
from webapp.filters import FACETS, Filters

ALL_FACETS = ("kind", *FACETS)
MOST_FOUND = 20_000  # ids that are kept of one search: more than any kind of thing has


def kept(filters: Filters) -> dict[str, Any]:
    """A search as it is kept: text, and for each facet the values wanted."""
    return {"q": filters.q, **{name: list(values) for name, values in filters.wanted.items()}}


def filters_of(query: Mapping[str, Any]) -> Filters:
    """The filters of a kept search; a facet that the site no longer has is passed over."""
    asked = MultiDict([(name, value) for name in ALL_FACETS for value in query.get(name, ())])
    asked.add("q", str(query.get("q", "")))
    return Filters.from_args(asked, ALL_FACETS)


def finder(index: Index) -> Find:
    """Gives what a kept search finds, as "kind:id": only what meets every word and condition, never what is merely near.

    IndexUnavailable while the index is away: the caller tries again later.
    """
    def find(query: dict[str, Any]) -> list[str]:
        asked = replace(filters_of(query).query(()), facets=(), limit=MOST_FOUND)
        answer = index.search(asked)
        hits = answer.hits[:answer.exact] if asked.text else answer.hits
        return [f"{hit.kind}:{hit.id}" for hit in hits]

    return find
