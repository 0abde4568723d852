"""Candidates for programs: masked cards, handing over, and a name only for a reason that the candidate can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint

from market.access import Permission
from market.orders import candidates, privacy, queries
from market.orders.delivery_models import Placement
from webapp.access import PROGRAMS, actor, needs, writing
from webapp.api import answers as a
from webapp.api.schemas import NeedFields, Nothing, WriteHeaders
from webapp.api.writing import done, written
from webapp.services import services

blueprint = Blueprint("api_candidates", __name__, url_prefix=PROGRAMS, description="Candidates")


@blueprint.route("/orders/<key>/candidates")
@needs(Permission.ANSWER_CANDIDATE, Permission.SUBMIT_CANDIDATE)
@blueprint.response(200, a.Card(many=True))
@blueprint.doc(security=[{"token": []}])
def cards(key: str) -> Any:
    """The candidates of an order, masked: the firm's own, or for the buyer those handed over to it."""
    site = services()
    with site.database.read() as session:
        return privacy.cards(session, actor(), site.keys, queries.order(session, key, actor()))


@blueprint.route("/candidates/<int:placement>/submit", methods=["POST"])
@needs(Permission.SUBMIT_CANDIDATE)
@blueprint.arguments(Nothing)
@blueprint.arguments(WriteHeaders, location="headers")
@blueprint.response(200, a.Done)
@blueprint.doc(security=[{"token": []}])
def submit(given: Mapping[str, Any], headers: Mapping[str, str], placement: int) -> dict[str, Any]:
    """Hands a candidate who consented to the enterprise."""
    def work(act: Any) -> dict[str, Any]:
        row: Placement = candidates.submit(act, placement)
        return done(act, "submit_candidate", row.order_id, {"stage": row.stage})

    return written(headers, work)


@blueprint.route("/candidates/<int:placement>/unmask", methods=["POST"])
@needs(Permission.UNMASK)
@blueprint.arguments(NeedFields)
@blueprint.response(200, a.Person)
@blueprint.doc(security=[{"token": []}])
def unmask(given: dict[str, str], placement: int) -> Mapping[str, Any]:
    """Name and number of a candidate. A look, not a change: it takes no key, and each look is in the candidate's log."""
    with writing() as act:
        return privacy.unmask(act, placement, privacy.Need(**given))
