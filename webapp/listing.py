"""One page of a list: which rows, how many in all, where the next page is; from the index, or from SQL while it is away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request

from index import Answer
from index.queries import Query
from market.errors import InvalidInput
from webapp.filters import Filters
from webapp.services import Services
from webapp.words.labels import ALL_FILTERS
from webapp.words.text import chip_label

PAGE_ROWS = 20
MOST_EXPORTED = 100_000  # rows of one Excel file; more than a spreadsheet opens with ease

ByIds = Callable[..., Mapping[str, Any]]  # (ids), or (session, ids)


@dataclass(frozen=True)
class Page:
    """Rows of one page with their hits, and the counts beside them; from_index: False while the index is away."""

    rows: Sequence[tuple[Any, Any]]
    total: int
    offset: int = 0
    limit: int = PAGE_ROWS
    took_ms: float = 0.0
    from_index: bool = True


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
        raise InvalidInput(f"from={text}")
    return int(text) // PAGE_ROWS * PAGE_ROWS


def day_asked(name: str) -> date | None:
    """A day from the URL, or None where it names none; InvalidInput when it is no date."""
    text = request.args.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidInput("day") from None


def sort_asked(sorts: Mapping[str, str]) -> str:
    """The sort of the URL, or the first one where it names none."""
    wanted = request.args.get("sort", "")
    return wanted if wanted in sorts else next(iter(sorts))


def page_of(answer: Answer, query: Query, by_ids: ByIds) -> Page:
    """The rows of an answer; a hit whose row is gone since is passed over until the index has learnt of it."""
    rows = by_ids([hit.id for hit in answer.hits])
    found = [(rows[hit.id], hit) for hit in answer.hits if hit.id in rows]
    return Page(found, answer.total, query.offset, query.limit, answer.took_ms)


def blockers(services: Services, query: Query, filters: Filters, path: str) -> list[Blocker]:
    """For a query without hits: each filter that blocks, the one that frees most first; where no single one frees
    anything, all of them together."""
    index = services.index_or_none()
    if index is None:
        return []
    found = [Blocker(chip_label(facet, value), hits, filters.without(facet, value).address(path))
             for facet, value, hits in index.blocking(query) if facet != "kind"]
    if found or not filters.wanted:
        return found
    left = Filters(filters.q)
    hits = index.count(replace(left.query(query.filters.get("kind", ())), vector=query.vector, encoder=query.encoder))
    return [Blocker(ALL_FILTERS, hits, left.address(path))] if hits else []


def exported(query: Query) -> Query:
    """The same question for an export: all rows."""
    return replace(query, offset=0, limit=MOST_EXPORTED, facets=())


def describe(filters: Filters) -> str:
    """A filter in words, for the first sheet of an export."""
    return ", ".join(chip_label(name, value) for name, value in filters.chips())
