"""Talent orders: the list with its filters, its export, and the page of one order with the firms that can fill it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, render_template, request

from index.queries import Query
from market.database import Session
from market.errors import NotPossibleNow
from market.institutions import queries as institutions
from market.orders import queries
from market.orders.models import Order
from matching.encoders import EncoderNotReady
from matching.ranking import Ranking
from matching.requirements import Requirement
from webapp.access import public
from webapp.beforebids import before_bids
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.filters import Filters
from webapp.listing import PAGE_ROWS, Page, blockers, describe, exported, offset_asked, page_of, sort_asked
from webapp.orderframe import frame_of
from webapp.panel import PanelPlan, build_panel
from webapp.progress import read_progress
from webapp.services import Services, services
from webapp.words.exports import (
    EXPORT_MATCH_HEADS,
    EXPORT_MATCH_TITLE,
    EXPORT_ORDER_HEADS,
    EXPORT_ORDER_TITLE,
    export_lines,
    export_match,
    export_order,
)
from webapp.words.labels import ORDER_SORTS
from webapp.words.matches import must_word

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

PATH = "/orders"
FACETS = ("state", "service", "district", "industry")
SORTS = {"": "", "deadline": "deadline", "headcount": "-headcount"}
PANEL = PanelPlan(PATH, FACETS, opened=FACETS, card=True)
OPEN = "open"


def _query(filters: Filters, sort: str, offset: int) -> Query:
    return replace(filters.query(("order",)), facets=FACETS, sort=SORTS[sort], offset=offset, limit=PAGE_ROWS)


def _from_sql(session: Session, filters: Filters, offset: int) -> Page:
    total, rows = queries.listed(session, filters.wanted.get("district", ()), offset, PAGE_ROWS)
    return Page([(row, None) for row in rows], total, offset, PAGE_ROWS, from_index=False)


@blueprint.get("")
@public
def listed() -> str:
    """The orders and public postings that the filter lets through; by district alone while the index is away."""
    site, filters = services(), Filters.from_args(request.args, FACETS)
    sort, offset = sort_asked(SORTS), offset_asked()
    query, index = _query(filters, sort, offset), site.index_or_none()
    with site.database.read() as session:
        answer = index.search(query) if index else None
        page = page_of(answer, query, partial(queries.by_ids, session)) if answer else _from_sql(session, filters, offset)
        panel = build_panel(replace(PANEL, keep=(("sort", sort),) if sort else ()), filters, answer.facets if answer else {},
                            page.total)
        return render_template(
            "orders.html", page=page, filters=filters, panel=panel, sort=sort, sorts=ORDER_SORTS,
            blocking=blockers(site, query, filters, PATH) if not page.total else (),
            sort_address=lambda key: filters.address(PATH, sort=key),
            page_address=lambda start: filters.address(PATH, sort=sort, **{"from": str(start or "")}))


@blueprint.get("/export.xlsx")
@public
def export() -> Response:
    """Every row that the filter lets through, as an Excel file."""
    site, filters = services(), Filters.from_args(request.args, FACETS)
    answer = site.index.search(exported(_query(filters, "", 0)))
    with site.database.read() as session:
        rows = queries.by_ids(session, [hit.id for hit in answer.hits])
        lines = [export_order(rows[hit.id]) for hit in answer.hits if hit.id in rows]
    about = export_lines(EXPORT_ORDER_TITLE, describe(filters), (len(lines), answer.total), site.settings.map_approval)
    return workbook(Sheet(EXPORT_ORDER_HEADS, lines, about), "caitu-orders")


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """The page of one order: whose turn, what it needs, and the firms that can fill it with their reasons."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        order = frame.order
        neutral = request.args.get("order") == "name"
        ranking = _ranking(site, order) if order.state == OPEN else None
        needs = ranking.needs if ranking else ()
        return render_template(
            "order.html", frame=frame, tab_here="matches", before=before_bids(session, frame), musts=_musts(needs),
            neutral=neutral,
            description_marks=_marks(order.description or "", needs), found=_found(session, ranking, neutral),
            progress=read_progress(site.settings.var_dir))


@blueprint.get("/<key>/matches.xlsx")
@public
def matches(key: str) -> Response:
    """The firms that the order's page shows, as an Excel file; NotPossibleNow while vectors are missing."""
    site = services()
    with site.database.read() as session:
        order = queries.order(session, key)
        ranking = _ranking(site, order) if order.state == OPEN else None
        if ranking is None:
            raise NotPossibleNow(f"{order.id}: the matches are not there yet")
        firms = institutions.by_ids(session, [match.institution_id for match in ranking.matches])
        lines = [export_match(place, firms[match.institution_id], match) for place, match in enumerate(ranking.matches, 1)]
    about = export_lines(EXPORT_MATCH_TITLE.format(order.title), order.id, (len(lines), ranking.eligible),
                         site.settings.map_approval)
    return workbook(Sheet(EXPORT_MATCH_HEADS, lines, about), f"caitu-{order.id}")


def _ranking(site: Services, order: Order) -> Ranking | None:
    try:
        return site.desk.rank(order, site.stamp(), today())
    except EncoderNotReady:
        return None


def _found(session: Session, ranking: Ranking | None, neutral: bool) -> dict[str, object]:
    if ranking is None:
        return {"ready": False}
    ids = [match.institution_id for match in ranking.matches] + [refusal.institution_id for refusal in ranking.refused]
    firms = institutions.by_ids(session, ids)
    rows = [{"firm": firms[match.institution_id], "match": match} for match in ranking.matches]
    if neutral:
        rows.sort(key=lambda row: row["firm"].name)  # type: ignore[attr-defined]
    refused = [{"firm": firms[refusal.institution_id], "reasons": refusal.reasons} for refusal in ranking.refused]
    return {"ready": True, "rows": rows, "refused": refused, "eligible": ranking.eligible,
            "considered": ranking.considered, "bands": {band: ranking.bands.get(band, 0) for band in (3, 2, 1)}}


def _musts(needs: Sequence[Requirement]) -> list[dict[str, str]]:
    return [{"word": must_word(need.kind, need.value), "quote": need.quote if need.source == "text" else ""}
            for need in needs]


def _marks(text: str, needs: Sequence[Requirement]) -> list[tuple[int, int]]:
    """Where the must-haves that stand only in the text stand in it."""
    quotes = [need.quote for need in needs if need.source == "text" and need.quote]
    return [(text.find(quote), text.find(quote) + len(quote)) for quote in quotes if quote in text]
