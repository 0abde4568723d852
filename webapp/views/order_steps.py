"""An order's small steps: checked by the operator, paused, resumed, cancelled, reissued, its terms accepted or confirmed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from market.access import Act, Permission
from market.accounts.queries import verified
from market.database import Session
from market.errors import NotFound
from market.orders import bids, drafts, queries
from market.orders.answers import responsiveness
from market.orders.durations import due
from market.orders.models import Order
from market.orders.parties import buyer_of
from market.orders.readiness import readiness
from market.orders.steps import move_for
from webapp.access import actor, needs
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderediting import fitting
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.words.editor import TOO_LONG
from webapp.words.steps import ACCEPTED, PUBLISHED, RECONFIRMED, SENT_BACK, STEPS, answers_word, rate_word

blueprint = Blueprint("order_steps", __name__, url_prefix="/orders")

REASON = 1000
WITH_REASON: dict[str, Callable[[Act, str, str], Order]] = {"cancel": drafts.cancel, "reissue": drafts.reissue}
WITHOUT: dict[str, Callable[[Act, str], Order]] = {"pause": drafts.pause, "resume": drafts.resume}


class ReasonForm(SiteForm):
    """A reason, and the version that the page was opened on."""

    version = HiddenField()
    reason = TextAreaField(validators=[Length(max=REASON, message=TOO_LONG.format(REASON))])


def _done(act: Act, key: str, event: str, reason: str) -> str:
    """Takes a step; gives the id of the order to go on with."""
    return (WITH_REASON[event](act, key, reason) if event in WITH_REASON else WITHOUT[event](act, key)).id


def _step(key: str, event: str) -> str | Answer:
    """The page of one step: what it does, its reason where it needs one, the button; then the order."""
    form = ReasonForm()
    with services().database.read() as session:
        order = queries.order(session, key, actor())
        move_for(session, actor(), order, event)
        if not form.version.data:
            form.version.data = str(order.version)
    made = carried_out(form, lambda act: _done(act, key, event, form.reason.data or ""))
    if made is not None:
        flash(STEPS[event].done, "ok")
        return redirect(f"/orders/{made}/edit" if event == "reissue" else f"/orders/{made}", 303)
    with services().database.read() as session:
        frame = frame_of(session, key)
        form.version.data = str(frame.order.version)
        return render_template("order_step.html", frame=frame, tab_here="", words=STEPS[event], form=form, event=event)


@blueprint.route("/<key>/pause", methods=["GET", "POST"])
@needs(Permission.PAUSE_ORDER)
def pause(key: str) -> str | Answer:
    """Stops an open order for a while."""
    return _step(key, "pause")


@blueprint.route("/<key>/resume", methods=["GET", "POST"])
@needs(Permission.AMEND_ORDER)
def resume(key: str) -> str | Answer:
    """Opens a paused order again."""
    return _step(key, "resume")


@blueprint.route("/<key>/cancel", methods=["GET", "POST"])
@needs(Permission.CANCEL_ORDER)
def cancel(key: str) -> str | Answer:
    """Ends an order before the award."""
    return _step(key, "cancel")


@blueprint.route("/<key>/reissue", methods=["GET", "POST"])
@needs(Permission.SUBMIT_ORDER)
def reissue(key: str) -> str | Answer:
    """Makes a new draft of an order that had too few bids."""
    return _step(key, "reissue")


@blueprint.post("/<key>/accept-terms")
@needs(Permission.READ_BRIEF)
def accept_terms(key: str) -> Answer:
    """Accepts the terms of a confidential order."""
    pressed(lambda act: drafts.accept_terms(act, key), ACCEPTED)
    return redirect(f"/orders/{key}", 303)


@blueprint.post("/<key>/reconfirm")
@needs(Permission.BID)
def reconfirm(key: str) -> Answer:
    """Holds to the firm's bid on the newest terms."""
    pressed(lambda act: bids.reconfirm(act, key), RECONFIRMED)
    return redirect(f"/orders/{key}", 303)


@blueprint.route("/<key>/check", methods=["GET", "POST"])
@needs(Permission.CHECK_ORDER)
def check(key: str) -> str | Answer:
    """Everything that the operator judges an order by; publishes it, or gives it back with a reason."""
    form, wanted = ReasonForm(), request.form.get("do", "")
    work: Callable[[Act], Order] = (
        (lambda act: drafts.publish(act, key)) if wanted == "publish"
        else lambda act: drafts.send_back(act, key, form.reason.data or ""))
    if carried_out(form, work) is not None:
        flash(PUBLISHED if wanted == "publish" else SENT_BACK, "ok")
        return redirect(f"/orders/{key}" if wanted == "publish" else "/desk", 303)
    with services().database.read() as session:
        frame = frame_of(session, key)
        move_for(session, actor(), frame.order, "publish")
        form.version.data = str(frame.order.version)
        return render_template("order_judge.html", frame=frame, tab_here="", form=form, **_judged(session, frame.order))


def _judged(session: Session, order: Order) -> dict[str, Any]:
    """What the operator's page shows beside the order itself."""
    site, house = services(), buyer_of(session, order)
    if house is None or order.enterprise_id is None:
        raise NotFound(order.id)
    now = site.clock()
    figures = responsiveness(session, order.enterprise_id, now)
    return {"house": house, "verified": verified(house, now), "found": readiness(order, site.settings.data_dir),
            "soonest": due(session, "bidding", order, now), "alike": queries.alike(session, order),
            "filled": rate_word(*queries.fill_rate(session, order.enterprise_id)),
            "answers": answers_word(figures.median_days, figures.answers, figures.late),
            "firms": fitting(site, order)}
