"""Whether the site is well: for people the status page, for machines a short answer."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from market.statistics import queries
from webapp.access import public
from webapp.answers import json_answer
from webapp.progress import read_progress
from webapp.services import services
from webapp.speeds import BUDGET_MS, KEPT

blueprint = Blueprint("status", __name__)


@blueprint.get("/status")
@public
def status() -> str:
    """The state of database, index and vectors, read now."""
    site = services()
    with site.database.read() as session:
        counts = {kind: sum(numbers.values()) for kind, numbers in queries.rows_by_source(session).items()}
    index = site.index_or_none()
    return render_template("status.html", counts=counts, index=index.status() if index else None,
                           progress=read_progress(site.settings.var_dir), encoder=site.settings.encoder,
                           speed=site.speeds.read(), kept=KEPT, budget_ms=BUDGET_MS)


@blueprint.get("/health")
@public
def health() -> Response:
    """200 when the database answers: what a load balancer asks."""
    with services().database.read() as session:
        queries.rows_by_source(session)
    return json_answer({"status": "ok"})
