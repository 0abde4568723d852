"""The candidates of one order as a board: masked cards by stage, moved by button or drag, a name only for a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from market.access import Act, Actor, Permission, Role
from market.database import Session
from market.errors import NotFound
from market.orders import candidates
from market.orders.answers import responsiveness
from market.orders.candidates import WAY, Decision, Proposed, Stage
from market.orders.contract import contracts
from market.orders.life import Tie
from market.orders.privacy import Card, Need, cards, unmask
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderframe import OrderFrame, frame_of
from webapp.services import services
from webapp.words import candidates as words
from webapp.words.exports import export_lines

blueprint = Blueprint("candidates", __name__, url_prefix="/orders")

READERS = needs(Permission.SUBMIT_CANDIDATE, Permission.ANSWER_CANDIDATE, Permission.UNMASK)


class ProposeForm(SiteForm):
    """A person for one of the firm's places."""

    place = SelectField(coerce=int, validate_choice=False)
    name = StringField()
    phone = StringField()
    summary = TextAreaField()


class UnmaskForm(SiteForm):
    """Why somebody needs a name."""

    reason = StringField()
    case_number = StringField()


@dataclass(frozen=True)
class Shown:
    """A card with the moves that its reader may make."""

    card: Card
    moves: tuple[Stage, ...]


def _moves(who: Actor, frame: OrderFrame, card: Card) -> tuple[Stage, ...]:
    """What the reader may do with a candidate now; the action asks again."""
    if Tie.BUYER in frame.ties:
        able = {"start", "replace"} if "guarantee" in frame.events else set()
        able |= {row.event for row in WAY} if "move_candidate" in frame.events else set()
        return tuple(row for row in WAY if row.who == "buyer" and card.stage in row.sources and row.event in able)
    mine = who.may(Permission.SUBMIT_CANDIDATE)
    return tuple(row for row in WAY if mine and row.who == "firm" and card.stage in row.sources)


def _shown(session: Session, frame: OrderFrame) -> list[Shown]:
    found = cards(session, actor(), services().keys, frame.order)
    return [Shown(card, _moves(actor(), frame, card)) for card in found]


def _places(session: Session, frame: OrderFrame) -> list[int]:
    """The places that the reader's firm may propose for."""
    if "propose_candidate" not in frame.events:
        return []
    return [place for one in contracts(session, actor(), frame.order) if one.mine for place in one.places]


@blueprint.get("/<key>/candidates")
@READERS
def board(key: str) -> str:
    """Where each candidate stands, whose answer is owed, and what the reader may do."""
    return _board(key)


def _board(key: str, form: ProposeForm | None = None, **more: Any) -> str:
    site, now = services(), services().clock()
    with site.database.read() as session:
        frame = frame_of(session, key)
        shown, places = _shown(session, frame), _places(session, frame)
        form = form or ProposeForm(formdata=None)
        form.place.choices = [SelectChoice(str(place), str(place)) for place in places]
        columns = words.BOARD if Tie.WINNER in frame.ties else words.BUYERS_BOARD
        return render_template(
            "candidates.html", frame=frame, tab_here="candidates", columns=columns, shown=shown, form=form, own_places=places,
            words=words, figure=responsiveness(session, frame.order.enterprise_id or 0, now),
            late=[one for one in shown if one.card.clock and now >= one.card.clock.due_at],
            regulator=actor().role is Role.REGULATOR, **more)


@blueprint.post("/<key>/candidates")
@needs(Permission.SUBMIT_CANDIDATE)
def propose(key: str) -> str | Answer:
    """A firm proposes a person; the signed link to send comes next. A duplicate is refused before anything is shown."""
    form = ProposeForm()

    def work(act: Act) -> int:
        given = Proposed(form.place.data or 0, form.name.data or "", form.phone.data or "", form.summary.data or "")
        return candidates.propose(act, key, given)[0].id

    made = carried_out(form, work)
    return redirect(f"/orders/{key}/candidates/{made}/link", 303) if made else _board(key, form)


@blueprint.get("/<key>/candidates/<int:placement_id>/link")
@needs(Permission.SUBMIT_CANDIDATE)
def link(key: str, placement_id: int) -> str:
    """The signed link of a person who has not answered yet, for the firm that proposed them."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        token = candidates.link_of(site.act(session, actor()), key, placement_id)
        address = f"{site.settings.public_url or request.host_url.rstrip('/')}/c/{token}"
        return render_template("candidate_link.html", frame=frame, tab_here="candidates", address=address)


@blueprint.post("/<key>/candidates/<int:placement_id>/submit")
@needs(Permission.SUBMIT_CANDIDATE)
def submit(key: str, placement_id: int) -> Answer:
    """The firm hands a consenting candidate over."""
    return _moved(key, "submitted", lambda act: candidates.submit(act, placement_id))


@blueprint.post("/<key>/candidates/<int:placement_id>/move")
@needs(Permission.ANSWER_CANDIDATE)
def move(key: str, placement_id: int) -> Answer:
    """The enterprise answers: on to the next stage, or against the candidate with a reason code."""
    decision = Decision(request.form.get("event", ""), request.form.get("reason_code", ""))
    step = candidates.guarantee if decision.event in candidates.GUARANTEE_EVENTS else candidates.move
    target = next((row.target for row in WAY if row.event == decision.event), "")
    return _moved(key, target, lambda act: step(act, key, placement_id, decision))


def _moved(key: str, target: str, work: Callable[[Act], Any]) -> Answer:
    word = words.STAGES[target].word if target in words.STAGES else ""
    pressed(work, words.MOVED.format(word))
    return redirect(f"/orders/{key}/candidates", 303)


@blueprint.post("/<key>/candidates/<int:placement_id>/unmask")
@needs(Permission.UNMASK)
def open_card(key: str, placement_id: int) -> str:
    """Name and number of one candidate, once, for a reason that the candidate reads."""
    form = UnmaskForm()
    _of_order(key, placement_id)
    seen = carried_out(form, lambda act: unmask(act, placement_id, Need(form.reason.data or "", form.case_number.data or "")))
    return _board(key, unmasking=placement_id, unmask_form=form, seen=seen)


def _of_order(key: str, placement_id: int) -> None:
    """NotFound unless the card stands on the reader's board of this order."""
    with services().database.read() as session:
        if placement_id not in {one.card.placement_id for one in _shown(session, frame_of(session, key))}:
            raise NotFound("placement")


@blueprint.get("/<key>/candidates.xlsx")
@READERS
def export(key: str) -> Response:
    """The reader's cards as an Excel file: masked as on the page."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        rows: Sequence[Sequence[object]] = [words.candidate_row(one.card) for one in _shown(session, frame)]
        about = export_lines(words.EXPORT_TITLE.format(frame.order.title), frame.order.id, (len(rows), len(rows)),
                             site.settings.map_approval)
    return workbook(Sheet(words.EXPORT_HEADS, rows, about), f"caitu-{key}-candidates")

