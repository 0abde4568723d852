"""The interface for programs, /api/v1: JSON, access tokens, a key per write, problems by RFC 9457, OpenAPI 3.1."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from webapp.access import PROGRAMS, public
from webapp.api import candidates, lists, orders, steps

PROBLEM = "application/problem+json"
DESCRIPTION = (
    "The digital map of Shanghai's HR-services industry and its talent orders. Programs act with a personal access token "
    "(Authorization: Bearer), in the role in which it was made. Every write carries an Idempotency-Key: a repeated request "
    "gets the first one's answer. Writes to an order may carry If-Match with its version: a newer one answers 409 and says "
    "what changed. Money is in fen, shares are in basis points, moments carry their zone.")


class FaultSchema(Schema):
    """One thing that was refused."""

    code = fields.String(required=True, metadata={"description": "the guard or the field"})
    text = fields.String(required=True, metadata={"description": "what is wrong and what to do, in Chinese"})


class ProblemSchema(Schema):
    """A failure as RFC 9457 has it."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    request_id = fields.String(required=True)
    faults = fields.List(fields.Nested(FaultSchema))
    errors = fields.Dict(metadata={"description": "what does not fit the schema, by place and field"})


class Programs(Api):  # type: ignore[misc]
    """flask-smorest with the site's own errors instead of its own."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """The site's table of errors answers here too."""

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


def register(app: Flask) -> None:
    """Adds the interface and its description to the site."""
    app.config.update(
        API_TITLE="Caitu", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX=PROGRAMS,
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION},
                          "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}})
    api = Programs(app)
    for module in (lists, orders, steps, candidates):
        api.register_blueprint(module.blueprint)
    public(app.view_functions["api-docs.openapi_json"])
