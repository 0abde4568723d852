"""Pages of one order for everybody who may know of it: questions and answers, the scorecard, versions and the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response as Answer
from wtforms import IntegerField, TextAreaField
from wtforms.validators import Length, Optional

from market.access import Act, Actor, Permission, Role
from market.accounts.queries import names_of
from market.audit import AuditEntry
from market.database import Session
from market.institutions import queries as institutions
from market.orders import drafts, history, queries
from market.orders.conduct import reasons_given
from market.orders.life import Tie
from market.orders.models import Order
from webapp.access import actor, needs, public
from webapp.forms import SiteForm, carried_out
from webapp.orderframe import OrderFrame, frame_of
from webapp.services import services
from webapp.words.audit import audit_word
from webapp.words.steps import ANSWERED, ASKED, TOO_LONG_QUESTION

blueprint = Blueprint("order_pages", __name__, url_prefix="/orders")

LENGTH = 2000
SUPERVISORS = (Role.OPERATOR, Role.REGULATOR)


class WordsForm(SiteForm):
    """A question, or the answer to the one whose number it carries."""

    question = IntegerField(validators=[Optional()])
    text = TextAreaField(validators=[Length(max=LENGTH, message=TOO_LONG_QUESTION.format(LENGTH))])


@blueprint.get("/<key>/questions")
@public
def questions(key: str) -> str:
    """Every question and its answer; who asked is not told."""
    return _questions(key, WordsForm())


def _questions(key: str, form: WordsForm) -> str:
    with services().database.read() as session:
        frame = frame_of(session, key, "questions")
        asked = queries.questions(session, frame.order)
        return render_template("order_questions.html", frame=frame, tab_here="questions", asked=asked, form=form,
                               waiting=sum(row.answer is None for row in asked))


def _said(key: str, form: WordsForm, done: str, work: Callable[[Act], object]) -> str | Answer:
    if carried_out(form, work) is None:
        return _questions(key, form)
    flash(done, "ok")
    return redirect(f"/orders/{key}/questions", 303)


@blueprint.post("/<key>/questions")
@needs(Permission.ASK)
def ask(key: str) -> str | Answer:
    """Asks in public."""
    form = WordsForm()
    return _said(key, form, ASKED, lambda act: drafts.ask(act, key, form.text.data or ""))


@blueprint.post("/<key>/answers")
@needs(Permission.ANSWER)
def answer(key: str) -> str | Answer:
    """Answers one question to all."""
    form = WordsForm()
    return _said(key, form, ANSWERED, lambda act: drafts.answer(act, key, form.question.data or 0, form.text.data or ""))


@blueprint.get("/<key>/scorecard")
@public
def scorecard(key: str) -> str:
    """What counts, how much, and since when that is public."""
    with services().database.read() as session:
        frame = frame_of(session, key, "scorecard")
        return render_template("order_scorecard.html", frame=frame, tab_here="scorecard")


@dataclass(frozen=True)
class LogLine:
    """One line of an order's log; name is empty where the reader may not know who it was."""

    entry: AuditEntry
    name: str
    event: str


def _named(session: Session, who: Actor, entries: list[AuditEntry]) -> list[LogLine]:
    """The log with the names of the reader's own people; supervisors know every name."""
    known = [entry.person_id for entry in entries if entry.person_id and (
        who.role in SUPERVISORS or (entry.organisation_id and entry.organisation_id == who.organisation_id))]
    names = names_of(session, known)
    return [LogLine(entry, names.get(entry.person_id or 0, ""), audit_word(entry.event)) for entry in entries]


def _log(session: Session, who: Actor, order: Order, frame: OrderFrame) -> list[LogLine]:
    """The audit of an order for whoever may read it; nothing for everybody else."""
    if not (who.may(Permission.READ_AUDIT) or Tie.BUYER in frame.ties):
        return []
    return _named(session, who, queries.trail(session, who, order))


@blueprint.get("/<key>/log")
@public
def log(key: str) -> str:
    """The versions with before and after; for its enterprise also who read the full text; for whoever may, the log."""
    who = actor()
    with services().database.read() as session:
        frame = frame_of(session, key, "log")
        order = frame.order
        readers = queries.readers(session, who, order) if Tie.BUYER in frame.ties and order.confidential else []
        firms = institutions.by_ids(session, [row.institution_id for row in readers])
        return render_template(
            "order_log.html", frame=frame, tab_here="log", versions=history.versions(session, who, order),
            lines=_log(session, who, order, frame), given=reasons_given(session, who, order),
            readers=[(firms[row.institution_id], row) for row in readers],
            names=names_of(session, [row.person_id for row in readers]))
