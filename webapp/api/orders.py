"""Orders for programs: lists, one order with its turn, questions, bids, awards, milestones, and a new draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from market.access import Permission
from market.database import Session
from market.errors import NotFound
from market.orders import bids, delivery, drafts, queries
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.steps import standing_awards, ties_of
from market.orders.turns import turn_of
from webapp.access import PROGRAMS, actor, needs, public
from webapp.answers import json_answer
from webapp.api import answers as a
from webapp.api.schemas import OrderFields, WriteHeaders
from webapp.api.writing import done, written
from webapp.services import services

blueprint = Blueprint("api_orders", __name__, url_prefix=f"{PROGRAMS}/orders", description="Talent orders")
MEMBER, BIDS_READ = Permission.OWN_ACCOUNT, (Permission.DRAFT_ORDER, Permission.TURN_KEY, Permission.SCORE)
PARTIES = frozenset({Tie.BUYER, Tie.WINNER})


@blueprint.route("")
@public
@blueprint.arguments(a.Paging, location="query")
@blueprint.response(200, a.Orders)
def listed(paging: Mapping[str, Any]) -> dict[str, Any]:
    """Public orders by id."""
    with services().database.read() as session:
        total, rows = queries.listed(session, paging["district"], paging["start"], paging["limit"])
        return {"total": total, "orders": [a.order_answer(session, row) for row in rows]}


@blueprint.route("/mine")
@needs(MEMBER)
@blueprint.response(200, a.Orders)
@blueprint.doc(security=[{"token": []}])
def mine() -> dict[str, Any]:
    """What the reader works on: an enterprise's orders, a firm's bids, an expert's panels, an authority's turns."""
    with services().database.read() as session:
        rows = queries.own(session, actor())
        return {"total": len(rows), "orders": [a.order_answer(session, row) for row in rows]}


@blueprint.route("", methods=["POST"])
@needs(Permission.DRAFT_ORDER)
@blueprint.arguments(OrderFields)
@blueprint.arguments(WriteHeaders, location="headers")
@blueprint.response(200, a.Done)
@blueprint.doc(security=[{"token": []}])
def create(given: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """A new draft of the reader's enterprise."""
    return written(headers, lambda act: done(act, "create", drafts.create(act, given).id, {}))


@blueprint.route("/<key>")
@public
@blueprint.response(200, a.OrderSchema)
def read(key: str) -> Response:
    """One order; its ETag is its version, for If-Match."""
    with services().database.read() as session:
        order = queries.order(session, key, actor())
        answer = json_answer(a.OrderSchema().dump(a.order_answer(session, order)))
        answer.set_etag(str(order.version))
        return answer


@blueprint.route("/<key>/turn")
@public
@blueprint.response(200, a.Turn)
def turn(key: str) -> Any:
    """Whose turn it is, until when, and what the reader may do now."""
    with services().database.read() as session:
        return turn_of(session, actor(), queries.order(session, key, actor()))


@blueprint.route("/<key>/questions")
@public
@blueprint.response(200, a.Question(many=True))
def questions(key: str) -> Any:
    """Questions and answers, the oldest first."""
    with services().database.read() as session:
        return queries.asked(session, queries.order(session, key, actor()))


@blueprint.route("/<key>/bid")
@needs(Permission.ASK)
@blueprint.response(200, a.OpenBid)
@blueprint.doc(security=[{"token": []}])
def own_bid(key: str) -> Any:
    """The bid that the reader's firm leads or is a member of."""
    site = services()
    with site.database.read() as session:
        return bids.own(session, actor(), site.keys, queries.order(session, key, actor()).id)


@blueprint.route("/<key>/bids")
@needs(*BIDS_READ)
@blueprint.response(200, a.OpenBid(many=True))
@blueprint.doc(security=[{"token": []}])
def opened_bids(key: str) -> Any:
    """The opened bids, for the buyer, the panel and both keys' holders; none before two keys opened them."""
    site = services()
    with site.database.read() as session:
        return bids.opened(session, actor(), site.keys, queries.order(session, key, actor()))


@blueprint.route("/<key>/awards")
@public
@blueprint.response(200, a.Award(many=True))
def awards(key: str) -> Any:
    """Who got how many places: public from the proposal on."""
    with services().database.read() as session:
        return standing_awards(session, queries.order(session, key, actor()))


def _party(session: Session, key: str) -> Order:
    """An order of which the reader is a party; NotFound for others."""
    order = queries.order(session, key, actor())
    if not ties_of(session, actor(), order) & PARTIES:
        raise NotFound(key)
    return order


@blueprint.route("/<key>/milestones")
@needs(Permission.MESSAGE)
@blueprint.response(200, a.Milestone(many=True))
@blueprint.doc(security=[{"token": []}])
def milestones(key: str) -> Any:
    """The parts of the delivery, for both sides; a winner sees its own."""
    with services().database.read() as session:
        order = _party(session, key)
        mine = {row.id for row in standing_awards(session, order, ("active",))
                if actor().enterprise_id is not None or row.institution_id == actor().institution_id}
        return [row for row in delivery.milestones(session, order) if row.award_id in mine]
