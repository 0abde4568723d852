"""The public lists for programs: institutions, parks, policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from market.institutions import models
from market.institutions import queries as institutions
from market.parks import queries as parks
from market.policies import queries as policies
from webapp.access import PROGRAMS, public
from webapp.api.answers import Paging
from webapp.clock import today
from webapp.services import services

blueprint = Blueprint("api_lists", __name__, url_prefix=PROGRAMS, description="Public lists, each row with its source")


class Sourced(Schema):
    """Where a row comes from; a reprint is not verified, a fictitious row is a sample."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    source_kind = fields.String(required=True)
    source_title = fields.String(allow_none=True)
    source_url = fields.String(allow_none=True)
    as_of = fields.String(allow_none=True)
    verified = fields.Boolean(required=True)


class Institution(Sourced):
    """An HR-services institution; licences: those that hold today."""

    unified_code = fields.String(allow_none=True)
    english_name = fields.String(allow_none=True)
    services = fields.List(fields.String())
    industries = fields.List(fields.String())
    role_families = fields.List(fields.String())
    credit_grade = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    park_id = fields.String(allow_none=True)
    licences = fields.List(fields.String())


def _firm(row: models.Institution) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in Institution().fields}, "licences": sorted(row.held(today()))}


class Institutions(Schema):
    """A part of the list of institutions."""

    total = fields.Integer(required=True)
    institutions = fields.List(fields.Nested(Institution), required=True)


class Park(Sourced):
    """An industry park."""

    level = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    operator = fields.String(allow_none=True)


class Policy(Sourced):
    """A policy."""

    document_number = fields.String(allow_none=True)
    issued_on = fields.String(allow_none=True)
    valid_until = fields.String(allow_none=True)
    summary = fields.String(allow_none=True)


@blueprint.route("/institutions")
@public
@blueprint.arguments(Paging, location="query")
@blueprint.response(200, Institutions)
def institution_list(paging: Mapping[str, Any]) -> dict[str, Any]:
    """Institutions by name, of some districts or of all."""
    with services().database.read() as session:
        total, rows = institutions.listed(session, paging["district"], (), paging["start"], paging["limit"])
        return {"total": total, "institutions": [_firm(row) for row in rows]}


@blueprint.route("/institutions/<key>")
@public
@blueprint.response(200, Institution)
def institution(key: str) -> Any:
    """One institution."""
    with services().database.read() as session:
        return _firm(institutions.institution(session, key))


@blueprint.route("/parks")
@public
@blueprint.response(200, Park(many=True))
def park_list() -> Any:
    """Every park."""
    with services().database.read() as session:
        return [row for row, _ in parks.parks(session)]


@blueprint.route("/policies")
@public
@blueprint.response(200, Policy(many=True))
def policy_list() -> Any:
    """Every policy."""
    with services().database.read() as session:
        return policies.policies(session)
