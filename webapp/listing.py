"""One page of a list: which rows, how many in all, where the next page is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from index.queries import Query
from market.errors import InvalidInput
from webapp.filters import Filters
from webapp.services import Services
from webapp.words.text import chip_label

PAGE_ROWS = 20
MOST_EXPORTED = 100_000  # rows of one Excel file; more than a spreadsheet opens with ease


@dataclass(frozen=True)
class Page:
    """Rows of one page with their hits, and the counts beside them."""

    rows: Sequence[tuple[Any, Any]]
    total: int
    offset: int = 0
    limit: int = PAGE_ROWS
    took_ms: float = 0.0
    from_index: bool = True
    facets: Mapping[str, Mapping[str, int]] | None = None
    understood: Sequence[str] = ()


@dataclass(frozen=True)
class Blocker:
    """A filter that stands in the way: what it is, and how many hits come when it goes."""

    label: str
    hits: int
    address: str


def offset_asked() -> int:
    """The row that the page starts with, from the URL; InvalidInput when it is no number."""
    text = request.args.get("from", "0")
    if not text.isdigit() or int(text) > 10_000_000:
        raise InvalidInput(text)
    return int(text) // PAGE_ROWS * PAGE_ROWS


def blockers(services: Services, query: Query, filters: Filters, path: str) -> list[Blocker]:
    """For a query without hits: each filter that blocks, the one that frees most first."""
    index = services.index_or_none()
    if index is None:
        return []
    found = []
    for facet, value, hits in index.blocking(query):
        if hits and facet != "kind":
            found.append(Blocker(chip_label(facet, value), hits, filters.without(facet, value).address(path)))
    return found


def exported(query: Query) -> Query:
    """The same question for an export: all rows."""
    return replace(query, offset=0, limit=MOST_EXPORTED, facets=())


def describe(filters: Filters) -> str:
    """A filter in words, for the first sheet of an export."""
    return ", ".join(chip_label(name, value) for name, value in filters.chips())
