"""The award: scores and ranking, proposal, public standstill, objections with answer and ruling, award, and declining it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, Response, flash, redirect, render_template
from werkzeug.wrappers import Response as Redirect
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from market.access import Act, Permission
from market.errors import NotFound
from market.orders import award, bids, queries
from market.orders.panel import Ranked, ranking
from market.orders.results import announcement, objection_lines, objections
from market.orders.scores import ScoreTable, progress, table
from market.orders.standing import held
from webapp.access import actor, needs, public
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderframe import OrderFrame, frame_of
from webapp.services import services
from webapp.words.bids import (
    ANSWERED,
    AWARDED,
    DECLINED,
    DISMISSED,
    EXPORT_OBJECTION_HEADS,
    EXPORT_OBJECTION_TITLE,
    EXPORT_SCORE_HEADS,
    EXPORT_SCORE_TITLE,
    NEEDED,
    OBJECTED,
    PROPOSED,
    TOO_LONG,
    UPHELD,
    WENT_ON,
    export_objection,
    export_scores,
)
from webapp.words.exports import export_lines

blueprint = Blueprint("award", __name__, url_prefix="/orders")

WORDS, MOST_PLACES = 2_000, 100_000


class ReasonForm(SiteForm):
    """A reason, an answer or a ruling; each stands on its own part of the page under its own prefix."""

    reason = TextAreaField(validators=[DataRequired(NEEDED), Length(max=WORDS, message=TOO_LONG.format(WORDS))])


def _propose_form(ranked: list[Ranked], version: int, free: int) -> SiteForm:
    """Places and a word for each bid, best first; the best bid is offered all places that are free."""
    fields: dict[str, Any] = {"reason": TextAreaField(validators=[Length(max=WORDS, message=TOO_LONG.format(WORDS))]),
                              "version": HiddenField()}
    for row in ranked:
        fields[f"places_{row.bid_id}"] = IntegerField(validators=[Optional(), NumberRange(0, MOST_PLACES)])
        fields[f"words_{row.bid_id}"] = TextAreaField(validators=[Length(max=WORDS, message=TOO_LONG.format(WORDS))])
    kind = type("ProposeForm", (SiteForm,), fields)
    first = {f"places_{ranked[0].bid_id}": free} if ranked else {}
    return cast(SiteForm, kind(prefix="propose-", version=str(version), **first))


def _proposal(form: SiteForm, ranked: list[Ranked]) -> award.Proposal:
    places = {row.bid_id: form[f"places_{row.bid_id}"].data for row in ranked if form[f"places_{row.bid_id}"].data}
    words = {row.bid_id: form[f"words_{row.bid_id}"].data.strip() for row in ranked if form[f"words_{row.bid_id}"].data}
    return award.Proposal(places, (form["reason"].data or "").strip(), words)


def _table(act: Act, frame: OrderFrame) -> ScoreTable | None:
    """Every score, for whoever may read all bids; None for the others and until all are there."""
    readable = frame.opened and bids.reads_all(act.session, act.actor, frame.order)
    return table(act, frame.order) if readable else None


def _page(key: str, **forms: SiteForm) -> str:
    """The page; forms: those that were sent and are shown again with what is wrong."""
    site = services()
    with site.database.read() as session:
        frame, act = frame_of(session, key), site.act(session, actor())
        order, scored = frame.order, _table(act, frame)
        free = (order.headcount or 0) - award.places_held(session, order)
        may_propose = "propose" in frame.events and scored is not None
        ranked = ranking(act, order) if may_propose else []
        blank = {name: ReasonForm(formdata=None, prefix=f"{name}-") for name in ("object", "answer", "ruling", "decline")}
        return render_template(
            "award.html", frame=frame, tab_here="award", table=scored, ranked=ranked, free=free,
            announced=announcement(act, order), objections=objections(session, actor(), order),
            mine=held(session, actor(), site.keys, order), progress=progress(session, order) if frame.opened else [],
            bid_count=bids.count(session, actor(), order) if frame.opened else 0,
            propose=forms.pop("propose", None) or (_propose_form(ranked, order.version, free) if may_propose else None),
            **{**blank, **forms})


@blueprint.get("/<key>/award")
@public
def shown(key: str) -> str:
    """Who is to get how many places, until when anybody may look and bidders may object; more for the sides."""
    return _page(key)


@blueprint.get("/<key>/award.xlsx")
@needs(Permission.OWN_ACCOUNT)
def export(key: str) -> Response:
    """Every mark with its comment as an Excel file, for whoever may read them."""
    site = services()
    with site.database.read() as session:
        order, act = queries.order(session, key, actor()), site.act(session, actor())
        scored = table(act, order) if bids.is_open(session, order) else None
        if scored is None:
            raise NotFound(key)
        rows = export_scores(scored)
    about = export_lines(EXPORT_SCORE_TITLE.format(order.title), order.id, (len(rows), len(rows)), site.settings.map_approval)
    return workbook(Sheet(EXPORT_SCORE_HEADS, rows, about), f"caitu-{key}-scores")


def _back(key: str, word: str) -> Redirect:
    flash(word, "ok")
    return redirect(f"/orders/{key}/award", 303)


@blueprint.post("/<key>/award/propose")
@needs(Permission.PROPOSE_AWARD)
def propose(key: str) -> str | Redirect:
    """Proposes places per bid; public from now on."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        ranked = ranking(site.act(session, actor()), frame.order) if "propose" in frame.events else []
        form = _propose_form(ranked, frame.order.version, 0)
    made = carried_out(form, lambda act: award.propose(act, key, _proposal(form, ranked)))
    return _back(key, PROPOSED) if made is not None else _page(key, propose=form)


@blueprint.post("/<key>/award/give")
@needs(Permission.AWARD_ORDER)
def give(key: str) -> Redirect:
    """Awards what was proposed, once the standstill is over."""
    pressed(lambda act: award.award(act, key), AWARDED)
    return redirect(f"/orders/{key}/award", 303)


@blueprint.post("/<key>/award/go-on")
@needs(Permission.PROPOSE_AWARD)
def go_on(key: str) -> Redirect:
    """Goes on with the awards that stand."""
    pressed(lambda act: award.go_on(act, key), WENT_ON)
    return redirect(f"/orders/{key}/award", 303)


def _reasoned(key: str, name: str, work: Any, word: str) -> str | Redirect:
    """One form with a reason: carries out the work and comes back, or shows the page with what is wrong."""
    form = ReasonForm(prefix=f"{name}-")
    done = carried_out(form, lambda act: [work(act, key, form.reason.data)])
    return _back(key, word) if done is not None else _page(key, **{name: form})


@blueprint.post("/<key>/award/object")
@needs(Permission.OBJECT)
def object_to(key: str) -> str | Redirect:
    """A bidder objects inside the standstill."""
    return _reasoned(key, "object", award.objection, OBJECTED)


@blueprint.post("/<key>/award/answer")
@needs(Permission.PROPOSE_AWARD)
def answer(key: str) -> str | Redirect:
    """The enterprise answers."""
    return _reasoned(key, "answer", award.answer_objection, ANSWERED)


@blueprint.post("/<key>/award/uphold")
@needs(Permission.RULE)
def uphold(key: str) -> str | Redirect:
    """The regulator finds the objection right."""
    return _reasoned(key, "ruling", award.uphold, UPHELD)


@blueprint.post("/<key>/award/dismiss")
@needs(Permission.RULE)
def dismiss(key: str) -> str | Redirect:
    """The regulator finds the objection wrong."""
    return _reasoned(key, "ruling", award.dismiss, DISMISSED)


@blueprint.post("/<key>/award/decline")
@needs(Permission.JOIN_CONTRACT)
def decline(key: str) -> str | Redirect:
    """The winner declines, with a reason that its record keeps."""
    return _reasoned(key, "decline", award.decline, DECLINED)


@blueprint.get("/objections")
@public
def statistics() -> str:
    """Objections to awards per year and what came of them."""
    with services().database.read() as session:
        return render_template("objections.html", years=award.objections_by_year(session), lines=objection_lines(session))


@blueprint.get("/objections.xlsx")
@public
def export_objections() -> Response:
    """Every objection as an Excel file: the order, the days, the outcome."""
    site = services()
    with site.database.read() as session:
        rows = [export_objection(line) for line in objection_lines(session)]
    about = export_lines(EXPORT_OBJECTION_TITLE, "", (len(rows), len(rows)), site.settings.map_approval)
    return workbook(Sheet(EXPORT_OBJECTION_HEADS, rows, about), "caitu-objections")
