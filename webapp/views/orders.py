"""Talent orders: the list with its filters, its export, and the page of one order with the firms that can fill it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from market.database import Session
from market.matches.queries import reads_neutrally
from market.orders import queries
from market.orders.conduct import reasons_given
from market.orders.models import Order
from webapp.access import actor, public
from webapp.beforebids import before_bids
from webapp.catalogue import Catalogue
from webapp.filters import Filters
from webapp.listing import PAGE_ROWS
from webapp.matchstate import MatchState
from webapp.orderframe import frame_of
from webapp.panel import PanelPlan
from webapp.services import services
from webapp.views.matches import matches_context
from webapp.words.exports import EXPORT_ORDER_HEADS, EXPORT_ORDER_TITLE, export_order
from webapp.words.labels import ORDER_SORTS

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

FACETS = ("state", "service", "district", "industry")


def _from_sql(session: Session, filters: Filters, offset: int) -> tuple[int, list[Order]]:
    return queries.listed(session, filters.wanted.get("district", ()), offset, PAGE_ROWS)


CATALOGUE = Catalogue("order", "orders.html", PanelPlan("/orders", FACETS, opened=FACETS, card=True),
                      {"": "", "deadline": "deadline", "headcount": "-headcount"}, ORDER_SORTS, queries.by_ids, _from_sql)


@blueprint.get("")
@public
def listed() -> str:
    """The orders and public postings that the filter lets through; by district alone while the index is away."""
    return CATALOGUE.page()


@blueprint.get("/export.xlsx")
@public
def export() -> Response:
    """Every row that the filter lets through, as an Excel file."""
    return CATALOGUE.export(EXPORT_ORDER_TITLE, EXPORT_ORDER_HEADS, export_order)


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """The page of one order: whose turn, what it needs, and the firms that can fill it with their reasons."""
    site = services()
    with site.database.read() as session:
        state = MatchState.from_args(request.args, reads_neutrally(session, actor()))
        frame = frame_of(session, key)
        return render_template("order.html", frame=frame, tab_here="matches", before=before_bids(session, frame),
                               given=reasons_given(session, actor(), frame.order),
                               **matches_context(site, session, frame.order, state))
