"""The clock of a demo: put forward by whoever tries it, so that deadlines and silences can be seen to pass."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from market.access import SYSTEM, Permission
from market.accounts import sessions
from market.errors import InvalidInput, NotFound
from market.orders import queries
from market.orders.clocks import Worker, run_due
from market.orders.turns import turn_of
from webapp.access import actor, needs
from webapp.clock import DemoClock
from webapp.services import services
from webapp.signing import inside
from webapp.words.signin import CLOCK_MOVED
from webapp.words.text import moment

blueprint = Blueprint("demo", __name__, url_prefix="/demo")

HOURS = {"1", "24", "120"}  # an hour, a day, five days


def _wanted() -> timedelta:
    """How far: to the end of an order's clock, or by some hours."""
    site, key = services(), request.form.get("order", "")
    if not key:
        if request.form.get("hours") not in HOURS:
            raise InvalidInput("hours")
        return timedelta(hours=int(request.form["hours"]))
    with site.database.read() as session:
        until = turn_of(session, actor(), queries.order(session, key, actor())).until
    return until - site.clock() + timedelta(seconds=1) if until else timedelta(0)


@blueprint.post("/clock")
@needs(Permission.OWN_ACCOUNT)
def forward() -> Response:
    """Puts the demo's clock forward, keeps everybody signed in, and does at once what has become due."""
    site = services()
    if not isinstance(site.clock, DemoClock):
        raise NotFound(request.path)
    amount = _wanted()
    site.clock.forward(amount)
    with site.database.write() as session:
        sessions.prolong(site.act(session, SYSTEM), amount)
    run_due(site.database, Worker(site.keys, site.settings.data_dir), site.clock())
    flash(CLOCK_MOVED.format(moment(site.clock())), "ok")
    return redirect(inside(request.form.get("next")), 303)
