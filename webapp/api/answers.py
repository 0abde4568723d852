"""What programs get: the shapes of orders, bids, lists and of what a step did."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from market.database import Session
from market.orders import queries
from market.orders.models import Order
from webapp.access import actor

MOST_ROWS = 200


class OrderSchema(Schema):
    """An order as its reader may know it; the enterprise and the brief of a confidential one come with its terms."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    terms_version = fields.Integer(required=True)
    title = fields.String(required=True)
    enterprise = fields.String(allow_none=True)
    brief = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    role_family = fields.String(allow_none=True)
    seniority = fields.List(fields.String())
    headcount = fields.Integer(allow_none=True)
    awarded_places = fields.Integer()
    annual_salary_range = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    service_mode = fields.List(fields.String())
    must_have = fields.List(fields.String())
    constraints = fields.Dict()
    confidential = fields.Boolean()
    fee_fen = fields.Integer(allow_none=True)
    guarantee_days = fields.Integer(allow_none=True)
    milestones = fields.List(fields.Dict())
    scorecard = fields.List(fields.Dict())
    pass_bp = fields.Integer(allow_none=True)
    published_on = fields.Date(allow_none=True)
    bids_close_at = fields.AwareDateTime(allow_none=True)
    state_since = fields.AwareDateTime(allow_none=True)
    source_title = fields.String(allow_none=True)
    source_url = fields.String(allow_none=True)
    fictitious = fields.Boolean()


def order_answer(session: Session, order: Order) -> dict[str, Any]:
    """An order for whoever asks."""
    known = queries.brief(session, actor(), order)
    mine = {"enterprise": known.enterprise, "brief": known.text, "fictitious": order.source_kind == "sample"}
    names = [name for name in OrderSchema().fields if name not in mine]
    return {**{name: getattr(order, name) for name in names}, **mine}


class Paging(Schema):
    """Which part of a list."""

    start = fields.Integer(load_default=0, validate=validate.Range(0, 10**6), data_key="from")
    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_ROWS))
    district = fields.List(fields.String(), load_default=list)


class Orders(Schema):
    """A part of the list of orders."""

    total = fields.Integer(required=True)
    orders = fields.List(fields.Nested(OrderSchema), required=True)


class Turn(Schema):
    """Whose turn it is, until when, and what the reader may do now: each event is a step of this interface."""

    state = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    until = fields.AwareDateTime(allow_none=True)
    mine = fields.Boolean(required=True)
    events = fields.List(fields.String(), required=True)


class Question(Schema):
    """A question and its answer; who asked is shown to nobody."""

    id = fields.Integer(required=True)
    text = fields.String(required=True)
    answer = fields.String(allow_none=True)
    asked_at = fields.AwareDateTime(required=True)


class OpenBid(Schema):
    """A bid as its reader may see it; without names for a panel that judges blind."""

    bid_id = fields.Integer(required=True)
    label = fields.String(required=True)
    institution_id = fields.String(allow_none=True)
    members = fields.List(fields.List(fields.Raw()))
    offer = fields.Dict(required=True)
    outcome = fields.Dict(allow_none=True)


class Award(Schema):
    """Places given to a firm."""

    id = fields.Integer(required=True)
    institution_id = fields.String(required=True)
    places = fields.Integer(required=True)
    state = fields.String(required=True)
    reason = fields.String(allow_none=True)


class Milestone(Schema):
    """A part of an award's delivery."""

    id = fields.Integer(required=True)
    award_id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    name = fields.String(required=True)
    share_bp = fields.Integer(required=True)
    state = fields.String(required=True)
    rejection = fields.String(allow_none=True)
    evidence = fields.List(fields.Dict())


class Card(Schema):
    """A candidate, masked."""

    placement_id = fields.Integer(required=True)
    place = fields.Integer(required=True)
    stage = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True)
    consented_at = fields.AwareDateTime(allow_none=True)
    reason_code = fields.String(allow_none=True)


class Person(Schema):
    """Name and number of a candidate: this look is in the candidate's log."""

    name = fields.String(required=True)
    phone = fields.String(required=True)
    summary = fields.String()


class Done(Schema):
    """What a step did: the order as it stands afterwards, and what the step made."""

    event = fields.String(required=True)
    order_id = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    made = fields.Dict(required=True, metadata={"description": "ids and texts that the step gave, by name"})
