"""Policies: the list, and the page of one."""

from __future__ import annotations

from flask import Blueprint, render_template

from market.policies import queries
from webapp.access import public
from webapp.services import services

blueprint = Blueprint("policies", __name__, url_prefix="/policies")


@blueprint.get("")
@public
def listed() -> str:
    """All policies, the newest first."""
    with services().database.read() as session:
        return render_template("policies.html", policies=queries.policies(session))


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """One policy as its source words it."""
    with services().database.read() as session:
        return render_template("policy.html", policy=queries.policy(session, key))
