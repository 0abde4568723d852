"""The dispute of one order: opening it, one case file that both sides read word for word, the regulator's ruling."""

from __future__ import annotations

from decimal import Decimal

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response as Answer
from wtforms import DecimalField, TextAreaField
from wtforms.validators import InputRequired, NumberRange

from market.access import Permission
from market.orders import delivery
from market.orders.delivery import Ruling
from market.orders.thread import case_file
from webapp.access import actor, needs
from webapp.forms import SiteForm, carried_out
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.views.delivery import READERS, ReasonForm, back
from webapp.words import delivery as words

blueprint = Blueprint("disputes", __name__, url_prefix="/orders")


class RulingForm(SiteForm):
    """The ruling: which part of the fee is owed, and why."""

    payable = DecimalField(places=2, validators=[InputRequired(words.PAYABLE_WRONG),
                                                 NumberRange(0, 100, words.PAYABLE_WRONG)])
    reason = TextAreaField()


@blueprint.get("/<key>/dispute")
@READERS
def page(key: str) -> str:
    """The case file; before there is one, where to open it."""
    return _page(key)


def _page(key: str, form: SiteForm | None = None, ruling: SiteForm | None = None) -> str:
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        return render_template("dispute.html", frame=frame, tab_here="dispute", case=case_file(session, actor(), frame.order),
                               form=form or ReasonForm(formdata=None), ruling=ruling or RulingForm(formdata=None),
                               has=site.files.has, tone=words.milestone_tone)


@blueprint.post("/<key>/dispute")
@needs(Permission.DISPUTE)
def dispute(key: str) -> Answer | str:
    """A side opens the dispute with its reason."""
    form = ReasonForm()
    if carried_out(form, lambda act: delivery.dispute(act, key, form.reason.data or "")) is None:
        return _page(key, form=form)
    flash(words.DISPUTED, "ok")
    return back(key, "dispute")


@blueprint.post("/<key>/dispute/ruling")
@needs(Permission.RULE)
def resolve(key: str) -> Answer | str:
    """The regulator decides, with a reason that both sides read."""
    form = RulingForm()
    part = int((form.payable.data or Decimal(0)) * 100)
    if carried_out(form, lambda act: delivery.resolve(act, key, Ruling(form.reason.data or "", part))) is None:
        return _page(key, ruling=form)
    flash(words.RULED, "ok")
    return back(key, "dispute")
