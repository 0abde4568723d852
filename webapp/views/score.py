"""The expert's sheet: the bids side by side without names, marks for each published criterion, and stepping back."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response as Redirect
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from market.access import Act, Permission
from market.database import Session
from market.orders import panel
from market.orders.models import Order
from market.orders.scores import SheetRow, progress, recused, sheet, table
from webapp.access import actor, needs
from webapp.forms import SiteForm, carried_out
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.words.bids import MARKS_MISSING, NEEDED, NOTHING_SCORED, RECUSED, SCORED, TOO_LONG
from webapp.words.faults import FAULTS

blueprint = Blueprint("score", __name__, url_prefix="/orders")

WORDS = 2_000
BAD_MARK = FAULTS["marks_right"].split("，")[0] + "。"


class RecuseForm(SiteForm):
    """Why an expert steps back."""

    reason = TextAreaField(validators=[DataRequired(NEEDED), Length(max=WORDS, message=TOO_LONG.format(WORDS))])


def _mark(bid_id: int, place: int) -> str:
    return f"mark_{bid_id}_{place}"


def _form_for(rows: list[SheetRow], order: Order) -> SiteForm:
    """A form with a mark for each bid and criterion, and a word on each bid; what was given before stands in it."""
    fields: dict[str, Any] = {}
    before: dict[str, Any] = {}
    for row in rows:
        for place, criterion in enumerate(order.scorecard):
            name = _mark(row.bid.bid_id, place)
            fields[name] = IntegerField(validators=[Optional(), NumberRange(0, panel.BEST_MARK, BAD_MARK)])
            before[name] = row.marks.get(criterion["name"])
        fields[f"words_{row.bid.bid_id}"] = TextAreaField(validators=[Length(max=WORDS, message=TOO_LONG.format(WORDS))])
        before[f"words_{row.bid.bid_id}"] = row.comment
    kind = type("ScoreForm", (SiteForm,), fields)
    return cast(SiteForm, kind(**before))


def _given(form: SiteForm, rows: list[SheetRow], order: Order) -> list[panel.Marks]:
    """The bids that were marked whole; a bid marked in part is a fault of the form."""
    found = []
    for row in rows:
        names = [_mark(row.bid.bid_id, place) for place in range(len(order.scorecard))]
        marks = {criterion["name"]: form[name].data for name, criterion in zip(names, order.scorecard, strict=True)}
        empty = [name for name in names if form[name].data is None]
        if len(empty) == len(names):
            continue
        if empty:
            form[empty[0]].errors = (*form[empty[0]].errors, MARKS_MISSING.format(row.bid.label, len(empty)))
        found.append(panel.Marks(row.bid.bid_id, marks, form[f"words_{row.bid.bid_id}"].data or ""))
    return found


def _scored(act: Act, key: str, given: list[panel.Marks]) -> int:
    return len([panel.score(act, key, marks) for marks in given])


def _page(session: Session, key: str, form: SiteForm | None, recuse: RecuseForm | None = None) -> str:
    site = services()
    act, frame = site.act(session, actor()), frame_of(session, key)
    rows = sheet(act, frame.order)
    missing = [row.bid.label for row in rows if row.total_bp is None]
    return render_template(
        "score.html", frame=frame, tab_here="bids", rows=rows, form=form or _form_for(rows, frame.order), missing=missing,
        recuse=recuse or RecuseForm(formdata=None), stepped_back=recused(session, frame.order, actor().person_id),
        table=table(act, frame.order) if rows else None, progress=progress(session, frame.order), mark_name=_mark)


@blueprint.get("/<key>/score")
@needs(Permission.SCORE)
def shown(key: str) -> str:
    """The sheet, and once everybody has scored the ranking with the spread."""
    with services().database.read() as session:
        return _page(session, key, None)


@blueprint.post("/<key>/score")
@needs(Permission.SCORE)
def score(key: str) -> str | Redirect:
    """Keeps the marks of every bid that was marked whole."""
    site = services()
    with site.database.read() as session:
        order = frame_of(session, key).order
        rows = sheet(site.act(session, actor()), order)
        form = _form_for(rows, order)
    given = _given(form, rows, order) if form.validate() else []
    if not form.faults and not given:
        form.elsewhere.append(NOTHING_SCORED)
    count = None if form.faults else carried_out(form, lambda act: _scored(act, key, given))
    if count is None:
        with site.database.read() as session:
            return _page(session, key, form)
    flash(SCORED.format(count), "ok")
    return redirect(f"/orders/{key}/score", 303)


@blueprint.post("/<key>/score/recuse")
@needs(Permission.SCORE)
def step_back(key: str) -> str | Redirect:
    """Steps back from the panel with a reason."""
    form = RecuseForm()
    if carried_out(form, lambda act: [panel.recuse(act, key, form.reason.data)]) is not None:
        flash(RECUSED, "ok")
        return redirect(f"/orders/{key}/score", 303)
    with services().database.read() as session:
        return _page(session, key, None, form)
