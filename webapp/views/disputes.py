"""The dispute of one order: one case file that both sides read word for word, proposals, mediation, the ruling."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response as Answer
from wtforms import DecimalField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from market.access import Act, Permission
from market.orders import disputes
from market.orders.disputes import Ruling, Terms
from market.orders.thread import case_file
from webapp.access import actor, needs
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.views.delivery import READERS, ReasonForm, back
from webapp.words import delivery as delivery_words
from webapp.words import disputes as words

blueprint = Blueprint("disputes", __name__, url_prefix="/orders")

PER_CENT = NumberRange(0, 100, words.PART_WRONG)


class TermsForm(SiteForm):
    """A proposal: which part of the fee is owed, and why."""

    payable = DecimalField(places=2, validators=[InputRequired(words.PART_WRONG), PER_CENT])
    reason = TextAreaField()


class RulingForm(TermsForm):
    """The ruling: a proposal's fields, and the enterprise's part of the handling cost where it is not the same part."""

    cost = DecimalField(places=2, validators=[Optional(), PER_CENT])


FORMS: dict[str, type[SiteForm]] = {"form": ReasonForm, "offer": TermsForm, "answer": ReasonForm, "refer": ReasonForm,
                                    "ruling": RulingForm}
PREFIXES = {"offer": "offer", "answer": "answer", "refer": "refer"}  # forms that stand on a page with another one


def _form(name: str, **more: Any) -> SiteForm:
    return FORMS[name](prefix=PREFIXES.get(name, ""), **more)


@blueprint.get("/<key>/dispute")
@READERS
def page(key: str) -> str:
    """The case file; before there is one, where to open it."""
    return _page(key)


def _page(key: str, **sent: SiteForm) -> str:
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        forms = {name: sent.get(name) or _form(name, formdata=None) for name in FORMS}
        return render_template("dispute.html", frame=frame, tab_here="dispute", case=case_file(session, actor(), frame.order),
                               has=site.files.has, tone=delivery_words.milestone_tone, stages=words.STAGES,
                               outcomes=words.OUTCOMES, mediator=words.MEDIATOR, **forms)


def _sent(key: str, name: str, done: str, work: Callable[[Act, Any], Any]) -> Answer | str:
    """Carries out what a form of the page asks for, or shows the page with what is wrong."""
    form = _form(name)
    if carried_out(form, lambda act: work(act, form)) is None:
        return _page(key, **{name: form})
    flash(done, "ok")
    return back(key, "dispute")


def _bp(per_cent: Decimal | None) -> int:
    return int((per_cent or Decimal(0)) * 100)


@blueprint.post("/<key>/dispute")
@needs(Permission.DISPUTE)
def dispute(key: str) -> Answer | str:
    """A side opens the dispute with its reason."""
    return _sent(key, "form", words.DISPUTED, lambda act, form: disputes.dispute(act, key, form.reason.data or ""))


@blueprint.post("/<key>/dispute/offer")
@needs(Permission.DISPUTE)
def offer(key: str) -> Answer | str:
    """A side proposes which part of the fee is owed."""
    return _sent(key, "offer", words.OFFERED, lambda act, form: disputes.offer(
        act, key, Terms(_bp(form.payable.data), form.reason.data or "")))


@blueprint.post("/<key>/dispute/suggestion")
@needs(Permission.RULE)
def suggest(key: str) -> Answer | str:
    """The mediator proposes the same."""
    return _sent(key, "offer", words.OFFERED, lambda act, form: disputes.suggest(
        act, key, Terms(_bp(form.payable.data), form.reason.data or "")))


@blueprint.post("/<key>/dispute/offers/<int:number>")
@needs(Permission.DISPUTE)
def answer(key: str, number: int) -> Answer | str:
    """A party accepts a proposal or refuses it."""
    accepted = request.form.get("accepted") == "yes"
    form = ReasonForm(prefix=PREFIXES["answer"])
    state = carried_out(form, lambda act: disputes.answer_offer(
        act, key, disputes.Answer(number, accepted, form.reason.data or "")).state)
    if state is None:
        return _page(key, answer=form)
    flash(words.REFUSED if not accepted else words.CONCLUDED if state == "settling" else words.ACCEPTED, "ok")
    return back(key, "dispute")


@blueprint.post("/<key>/dispute/mediation")
@needs(Permission.DISPUTE)
def mediate(key: str) -> Answer:
    """A side asks for mediation before the negotiation's days are over."""
    pressed(lambda act: disputes.mediate(act, key), words.MEDIATING)
    return back(key, "dispute")


@blueprint.post("/<key>/dispute/referral")
@needs(Permission.RULE)
def refer(key: str) -> Answer | str:
    """The mediator ends the mediation with a reason."""
    return _sent(key, "refer", words.REFERRED, lambda act, form: disputes.refer(act, key, form.reason.data or ""))


@blueprint.post("/<key>/dispute/ruling")
@needs(Permission.RULE)
def resolve(key: str) -> Answer | str:
    """The regulator decides, with a reason that both sides read."""
    return _sent(key, "ruling", words.RULED, lambda act, form: disputes.resolve(act, key, Ruling(
        form.reason.data or "", _bp(form.payable.data), None if form.cost.data is None else _bp(form.cost.data))))
