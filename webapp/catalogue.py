"""A list of one kind of record with its filters, sorts, pages and export: what institutions and orders have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Response, render_template, request

from index import Answer
from index.queries import Query
from market.database import Session
from webapp.exports import Sheet, workbook
from webapp.filters import Filters
from webapp.listing import PAGE_ROWS, Page, blockers, describe, exported, offset_asked, page_of, sort_asked
from webapp.panel import PanelPlan, build_panel
from webapp.services import services
from webapp.words.exports import export_lines

Rows = Mapping[str, Any]
FromSql = Callable[[Session, Filters, int], tuple[int, Sequence[Any]]]  # (session, filters, offset) -> (total, rows)


@dataclass(frozen=True)
class Catalogue:
    """kind: of the index; sorts: key of the URL -> sort of the index; sort_words: (key, word); by_ids and from_sql: the reads
    of the market, with and without the index."""

    kind: str
    template: str
    panel: PanelPlan
    sorts: Mapping[str, str]
    sort_words: Sequence[tuple[str, str]]
    by_ids: Callable[[Session, Sequence[str]], Rows]
    from_sql: FromSql

    def filters(self) -> Filters:
        """The filter of the URL."""
        return Filters.from_args(request.args, self.panel.facets)

    def query(self, filters: Filters, sort: str = "", offset: int = 0) -> Query:
        """The question for the index."""
        return replace(filters.query((self.kind,)), facets=self.panel.facets, sort=self.sorts[sort], offset=offset,
                       limit=PAGE_ROWS)

    def page(self) -> str:
        """The rows that the filter lets through; from SQL, and less narrow, while the index is away."""
        site, filters = services(), self.filters()
        sort, offset = sort_asked(self.sorts), offset_asked()
        query, index = self.query(filters, sort, offset), site.index_or_none()
        with site.database.read() as session:
            answer = index.search(query) if index else None
            if answer:
                site.speeds.keep(answer.took_ms)
            page = page_of(answer, query, partial(self.by_ids, session)) if answer else self._plain(session, filters, offset)
            return render_template(
                self.template, page=page, filters=filters, panel=self._panel(filters, sort, answer, page.total), sort=sort,
                sorts=self.sort_words,
                blocking=blockers(site, query, filters, self.panel.path) if not page.total else (),
                sort_address=lambda key: filters.address(self.panel.path, sort=key),
                page_address=lambda start: filters.address(self.panel.path, sort=sort, **{"from": str(start or "")}))

    def _plain(self, session: Session, filters: Filters, offset: int) -> Page:
        total, rows = self.from_sql(session, filters, offset)
        return Page([(row, None) for row in rows], total, offset, PAGE_ROWS, from_index=False)

    def _panel(self, filters: Filters, sort: str, answer: Answer | None, total: int) -> Any:
        plan = replace(self.panel, keep=(("sort", sort),) if sort else ())
        return build_panel(plan, filters, answer.facets if answer else {}, total)

    def export(self, title: str, heads: Sequence[str], line: Callable[[Any], list[object]]) -> Response:
        """Every row that the filter lets through, as an Excel file."""
        site, filters = services(), self.filters()
        answer = site.index.search(exported(self.query(filters)))
        with site.database.read() as session:
            rows = self.by_ids(session, [hit.id for hit in answer.hits])
            lines = [line(rows[hit.id]) for hit in answer.hits if hit.id in rows]
        about = export_lines(title, describe(filters), (len(lines), answer.total), site.settings.map_approval)
        return workbook(Sheet(heads, lines, about), f"caitu-{self.panel.path.strip('/')}")
