"""Institutions: the list with its filters, its export, and the page of one firm."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, render_template, request

from index.queries import Query
from market.database import Session
from market.institutions import queries
from market.institutions.models import Institution
from market.orders import queries as orders
from market.orders.settlement import stars_of
from matching.encoders import EncoderNotReady
from webapp.access import public
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.filters import FACETS, Filters
from webapp.listing import PAGE_ROWS, Page, blockers, describe, exported, offset_asked, page_of, sort_asked
from webapp.panel import PanelPlan, build_panel
from webapp.progress import read_progress
from webapp.qr import qr_svg
from webapp.services import Services, services
from webapp.words.exports import EXPORT_FIRM_HEADS, EXPORT_FIRM_TITLE, export_firm, export_lines
from webapp.words.labels import FIRM_SORTS, LICENCE_NAMES
from webapp.words.text import licence_tone

blueprint = Blueprint("institutions", __name__, url_prefix="/institutions")

PATH = "/institutions"
SORTS = {"": "", "credit": "-credit", "capacity": "-capacity"}
PANEL = PanelPlan(PATH, FACETS, opened=("service", "grade", "park", "district"), card=True)


def _query(filters: Filters, sort: str, offset: int) -> Query:
    return replace(filters.query(), facets=FACETS, sort=SORTS[sort], offset=offset, limit=PAGE_ROWS)


def _from_sql(session: Session, filters: Filters, offset: int) -> Page:
    wanted = filters.wanted
    total, rows = queries.listed(session, wanted.get("district", ()), wanted.get("park", ()), offset, PAGE_ROWS)
    return Page([(row, None) for row in rows], total, offset, PAGE_ROWS, from_index=False)


@blueprint.get("")
@public
def listed() -> str:
    """The institutions that the filter lets through; by district and park alone while the index is away."""
    site, filters = services(), Filters.from_args(request.args)
    sort, offset = sort_asked(SORTS), offset_asked()
    query, index = _query(filters, sort, offset), site.index_or_none()
    with site.database.read() as session:
        answer = index.search(query) if index else None
        page = page_of(answer, query, partial(queries.by_ids, session)) if answer else _from_sql(session, filters, offset)
        panel = build_panel(replace(PANEL, keep=(("sort", sort),) if sort else ()), filters, answer.facets if answer else {},
                            page.total)
        return render_template(
            "institutions.html", page=page, filters=filters, panel=panel, sort=sort, sorts=FIRM_SORTS,
            blocking=blockers(site, query, filters, PATH) if not page.total else (),
            sort_address=lambda key: filters.address(PATH, sort=key),
            page_address=lambda start: filters.address(PATH, sort=sort, **{"from": str(start or "")}))


@blueprint.get("/export.xlsx")
@public
def export() -> Response:
    """Every row that the filter lets through, as an Excel file."""
    site, filters = services(), Filters.from_args(request.args)
    answer = site.index.search(exported(_query(filters, "", 0)))
    with site.database.read() as session:
        rows = queries.by_ids(session, [hit.id for hit in answer.hits])
        lines = [export_firm(rows[hit.id], today()) for hit in answer.hits if hit.id in rows]
    about = export_lines(EXPORT_FIRM_TITLE, describe(filters), (len(lines), answer.total), site.settings.map_approval)
    return workbook(Sheet(EXPORT_FIRM_HEADS, lines, about), "caitu-institutions")


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """The page of one institution: what it does, its licences today, and the orders that suit it."""
    site = services()
    with site.database.read() as session:
        firm = queries.institution(session, key)
        address = f"{site.settings.public_url or request.host_url.rstrip('/')}{PATH}/{firm.id}"
        return render_template(
            "institution.html", firm=firm, licences=_licences(firm), code_svg=qr_svg(address),
            stars=stars_of(session, firm.id), suits=_suits(site, session, firm),
            progress=read_progress(site.settings.var_dir))


def _licences(firm: Institution) -> list[dict[str, object]]:
    """One line for each kind of licence, held or not; those of a public source are unknown rather than absent."""
    held = {licence.name: licence for licence in firm.licences}
    names = [name for name in LICENCE_NAMES if name in held] if firm.source_kind != "sample" else LICENCE_NAMES
    return [{"name": name, "tone": licence_tone(held.get(name), today()), "number": getattr(held.get(name), "number", None),
             "valid_to": getattr(held.get(name), "valid_to", None)} for name in names]


def _suits(site: Services, session: Session, firm: Institution) -> dict[str, object]:
    """The open orders that suit a firm, or that their vectors are not there yet."""
    taking = {order.id: order for order in orders.open_orders(session, today())}
    try:
        found = site.desk.suits(firm.id, taking.values(), site.stamp(), today())
    except EncoderNotReady:
        return {"ready": False}
    return {"ready": True, "rows": [{"order": taking[match.demand_id], "match": match} for match in found]}
