"""The two sides' ratings of one order: hidden until both are there or the time is over, facts before stars, one reply."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response as Answer
from wtforms import IntegerField, StringField, TextAreaField

from market.access import Permission
from market.database import Session
from market.orders import settlement
from market.orders.bid_models import Award
from market.orders.contract import firm_names
from market.orders.life import Tie
from market.orders.settlement import Stars, rated_awards, replies
from webapp.access import actor, needs, public
from webapp.forms import SiteForm, carried_out
from webapp.orderframe import OrderFrame, frame_of
from webapp.services import services
from webapp.views.delivery import back
from webapp.words import delivery as words

blueprint = Blueprint("ratings", __name__, url_prefix="/orders")


class RateForm(SiteForm):
    """Stars and words for the other side of one award."""

    award_id = IntegerField()
    stars = StringField()
    comment = TextAreaField()


class ReplyForm(SiteForm):
    """The one reply to a rating."""

    award_id = IntegerField()
    text = TextAreaField()


@blueprint.get("/<key>/ratings")
@public
def page(key: str) -> str:
    """Both ratings once they are public; before that only that nothing is shown, and one's own."""
    return _page(key)


def _page(key: str, **sent: Any) -> str:
    with services().database.read() as session:
        frame = frame_of(session, key)
        awards = rated_awards(session, frame.order)
        given = {(row.award_id, row.side): row for row in settlement.ratings(session, actor(), frame.order)}
        firms = firm_names(session, [award.institution_id for award in awards])
        return render_template("ratings.html", frame=frame, tab_here="ratings", awards=awards, firms=firms, given=given,
                               side=_side(frame), mine=_mine(frame, awards), words=words, sent=sent,
                               replies=replies(session, frame.order) if frame.order.state == "closed" else {},
                               means=_means(session, awards), rate_form=RateForm, reply_form=ReplyForm)


def _side(frame: OrderFrame) -> str:
    return "buyer" if Tie.BUYER in frame.ties else "firm" if Tie.WINNER in frame.ties else ""


def _mine(frame: OrderFrame, awards: list[Award]) -> frozenset[int]:
    """The awards that the reader rates: all for the buyer, its own for a firm."""
    return frozenset(award.id for award in awards
                     if Tie.BUYER in frame.ties or award.institution_id == actor().institution_id)


def _means(session: Session, awards: list[Award]) -> dict[str, tuple[float | None, int]]:
    return {award.institution_id: settlement.stars_of(session, award.institution_id) for award in awards}


@blueprint.post("/<key>/rate")
@needs(Permission.RATE)
def rate(key: str) -> Answer | str:
    """One side rates the other, once."""
    form = RateForm()
    stars = Stars(form.award_id.data or 0, int(form.stars.data) if (form.stars.data or "").isdigit() else 0,
                  form.comment.data or "")
    if carried_out(form, lambda act: settlement.rate(act, key, stars)) is None:
        return _page(key, rate=form)
    flash(words.RATED, "ok")
    return back(key, "ratings")


@blueprint.post("/<key>/reply")
@needs(Permission.RATE)
def reply(key: str) -> Answer | str:
    """The side that was rated replies, once."""
    form = ReplyForm()
    if carried_out(form, lambda act: settlement.reply(act, key, form.award_id.data or 0, form.text.data or "")) is None:
        return _page(key, reply=form)
    flash(words.REPLIED, "ok")
    return back(key, "ratings")
