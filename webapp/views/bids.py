"""The bids of an order: a firm's own with its members, what the seal hides until the opening, and all of them after it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from market.access import Permission
from market.database import Session
from market.errors import NotFound
from market.institutions import queries as institutions
from market.orders import bids, queries
from market.orders.bids import OpenBid
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.results import announcement
from market.orders.standing import held
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.forms import pressed
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.words.bids import (
    CONSENTED,
    EXPORT_BID_HEADS,
    EXPORT_BID_TITLE,
    LEFT,
    REFUSED,
    WITHDRAWN,
    export_bid,
)
from webapp.words.exports import export_lines

blueprint = Blueprint("bids", __name__, url_prefix="/orders")


def _all(session: Session, order: Order) -> list[OpenBid]:
    """Every bid where the reader may read them all; empty before two keys opened them."""
    site = services()
    return bids.opened(session, actor(), site.keys, order) if bids.reads_all(session, actor(), order) else []


def _names(session: Session, found: list[OpenBid]) -> dict[str, str]:
    keys = [key for bid in found for key, _ in bid.members]
    return {key: firm.name for key, firm in institutions.by_ids(session, keys).items()}


@blueprint.get("/<key>/bids")
@needs(Permission.OWN_ACCOUNT)
def shown(key: str) -> str:
    """What the reader may know of an order's bids, and why no more."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        found = _all(session, frame.order)
        return render_template(
            "bids.html", frame=frame, tab_here="bids", mine=held(session, actor(), site.keys, frame.order), opened=found,
            names=_names(session, found), count=bids.count(session, actor(), frame.order),
            blind=Tie.PANEL in frame.ties, announced=announcement(site.act(session, actor()), frame.order))


@blueprint.get("/<key>/bids.xlsx")
@needs(Permission.OWN_ACCOUNT)
def export(key: str) -> Response:
    """The opened bids as an Excel file, for whoever may read them all with names."""
    site = services()
    with site.database.read() as session:
        order = queries.order(session, key, actor())
        found = _all(session, order)
        if not found or found[0].institution_id is None:
            raise NotFound(key)
        names = _names(session, found)
        rows = [export_bid(bid, names) for bid in found]
    about = export_lines(EXPORT_BID_TITLE.format(order.title), order.id, (len(rows), len(rows)), site.settings.map_approval)
    return workbook(Sheet(EXPORT_BID_HEADS, rows, about), f"caitu-{key}-bids")


@blueprint.post("/<key>/bids/<int:bid_id>/consent")
@needs(Permission.BID)
def consent(key: str, bid_id: int) -> Redirect:
    """A member confirms its share."""
    pressed(lambda act: bids.consent_bid(act, key, bid_id, request.args.get("seen", "")), CONSENTED)
    return redirect(f"/orders/{key}/bids", 303)


@blueprint.post("/<key>/bids/<int:bid_id>/refuse")
@needs(Permission.BID)
def refuse(key: str, bid_id: int) -> Redirect:
    """An invited firm declines."""
    pressed(lambda act: bids.refuse_bid(act, key, bid_id), REFUSED)
    return redirect(f"/orders/{key}/bids", 303)


@blueprint.post("/<key>/bids/leave")
@needs(Permission.BID)
def leave(key: str) -> Redirect:
    """A member that confirmed leaves the joint bid."""
    pressed(lambda act: bids.withdraw(act, key), LEFT)
    return redirect(f"/orders/{key}/bids", 303)


@blueprint.post("/<key>/bids/withdraw")
@needs(Permission.BID)
def withdraw(key: str) -> Redirect:
    """The lead takes its bid back."""
    pressed(lambda act: bids.withdraw(act, key), WITHDRAWN)
    return redirect(f"/orders/{key}/bids", 303)
