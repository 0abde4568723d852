"""Delivery of one order: who signs, the milestones with their evidence, acceptance by word or by silence, the early end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from market.access import Act, Permission
from market.database import Session
from market.orders import award, delivery
from market.orders.answers import responsiveness
from market.orders.contract import contracts, signed_by_buyer
from market.orders.models import Order
from market.orders.papers import paper
from market.orders.queries import order as order_of
from market.orders.thread import dispute_of
from webapp.access import actor, needs
from webapp.filestore import ACCEPT
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.words import delivery as words

blueprint = Blueprint("delivery", __name__, url_prefix="/orders")

READERS = needs(Permission.MESSAGE, Permission.RULE)
REASONS = ("decline", "terminate", "reject")


class ReasonForm(SiteForm):
    """One reason; the prefix tells the forms of a page apart."""

    reason = TextAreaField()


def back(key: str, page: str = "delivery") -> Response:
    """To a page of the order, after something was done."""
    return redirect(f"/orders/{key}/{page}", 303)


@blueprint.get("/<key>/delivery")
@READERS
def page(key: str) -> str:
    """Who signed, what was delivered with which evidence, and what the reader may do now."""
    return _page(key)


def _page(key: str, **sent: SiteForm) -> str:
    site = services()
    forms = {name: sent.get(name) or ReasonForm(formdata=None, prefix=name) for name in REASONS}
    with site.database.read() as session:
        frame = frame_of(session, key)
        mine = contracts(session, actor(), frame.order)
        return render_template("delivery.html", frame=frame, tab_here="delivery", contracts=mine, forms=forms,
                               typed=request.form, accept=ACCEPT, has=site.files.has, tone=words.milestone_tone,
                               **_figures(session, frame.order))


def _figures(session: Session, order: Order) -> dict[str, Any]:
    """What the enterprise's own answers say of it, and what stands beside the contract."""
    buyer = order.enterprise_id or 0
    return {"signed_at": signed_by_buyer(session, order), "figure": responsiveness(session, buyer, services().clock()),
            "silences": delivery.silences(session, buyer), "disputed": dispute_of(session, order) is not None}


def _press(key: str, work: Callable[[Act], Any], done: str) -> Response:
    pressed(work, done)
    return back(key)


def _reasoned(key: str, name: str, done: str, work: Callable[[Act, str], Any]) -> Response | str:
    form = ReasonForm(prefix=name)
    if carried_out(form, lambda act: work(act, form.reason.data or "")) is None:
        return _page(key, **{name: form})
    flash(done, "ok")
    return back(key)


@blueprint.post("/<key>/sign-member")
@needs(Permission.JOIN_CONTRACT)
def sign_member(key: str) -> Response:
    """A firm of the awarded bid signs."""
    return _press(key, lambda act: award.sign_member(act, key), words.SIGNED)


@blueprint.post("/<key>/sign")
@needs(Permission.SIGN)
def sign(key: str) -> Response:
    """The enterprise signs last, and the delivery begins."""
    return _press(key, lambda act: award.sign(act, key), words.ENTERPRISE_SIGNED)


@blueprint.post("/<key>/decline")
@needs(Permission.JOIN_CONTRACT)
def decline(key: str) -> Response | str:
    """The winner gives the award back, with a reason that its record keeps."""
    return _reasoned(key, "decline", words.DECLINED, lambda act, reason: award.decline(act, key, reason))


@blueprint.post("/<key>/milestones/<int:milestone_id>")
@needs(Permission.DELIVER)
def report(key: str, milestone_id: int) -> Response:
    """A milestone is reported with its files."""
    def work(act: Act) -> None:
        delivery.report(act, key, milestone_id, services().files.keep_all(request.files.getlist("files")))

    return _press(key, work, words.REPORTED)


@blueprint.post("/<key>/deliver-all")
@needs(Permission.DELIVER)
def deliver_all(key: str) -> Response:
    """Everything is handed over; the enterprise's clock begins."""
    return _press(key, lambda act: delivery.deliver_all(act, key), words.DELIVERED)


@blueprint.post("/<key>/accept")
@needs(Permission.ACCEPT)
def accept(key: str) -> Response:
    """The enterprise accepts."""
    return _press(key, lambda act: delivery.accept(act, key), words.ACCEPTED)


@blueprint.post("/<key>/send-back")
@needs(Permission.REJECT)
def send_back(key: str) -> Response | str:
    """Some milestones go back, each with its own reason; the others are accepted."""
    chosen = {int(row): request.form.get(f"why-{row}", "") for row in request.form.getlist("item") if row.isdigit()}
    return _reasoned(key, "reject", words.SENT_BACK, lambda act, _: delivery.reject_part(act, key, chosen))


@blueprint.post("/<key>/terminate")
@needs(Permission.TERMINATE)
def terminate(key: str) -> Response | str:
    """The delivery ends early; what was done is owed."""
    return _reasoned(key, "terminate", words.TERMINATED, lambda act, reason: delivery.terminate(act, key, reason))


@blueprint.get("/<key>/files/<sha256>")
@READERS
def file(key: str, sha256: str) -> Response:
    """A file of the order, for its parties."""
    site = services()
    with site.database.read() as session:
        name = paper(session, actor(), order_of(session, key, actor()), sha256)
    return site.files.answer(sha256, name)
