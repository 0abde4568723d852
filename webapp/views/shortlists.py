"""Shortlists of firms: one's own and those that colleagues share; what changed of a firm since is marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from market.access import Act, Permission
from market.accounts import queries
from market.accounts.models import Member
from market.database import Session
from market.errors import NotFound
from market.institutions import queries as institutions
from market.institutions.models import Institution
from market.orders import shortlists
from market.orders.bid_models import Shortlist
from market.orders.shortlists import Listed
from webapp.access import actor, needs
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.services import services
from webapp.words.accounts import (
    LIST_HEADS,
    LIST_MADE,
    LIST_REMOVED,
    LIST_TITLE,
    LISTED,
    NOTED,
    RIGHT_WORDS,
    RIGHTS,
    SHARED,
    SUSPENDED,
    UNLISTED,
    changed_text,
)
from webapp.words.exports import list_lines

blueprint = Blueprint("shortlists", __name__, url_prefix="/shortlists")

PATH = "/shortlists"
WRITES = ("own", "edit")
NEW = "new"


class NameForm(SiteForm):
    """The name of a list."""

    name = StringField(validators=[InputRequired(), Length(max=80)])


class AddForm(SiteForm):
    """Onto which list a firm is put, with a note; `name` for a new list."""

    shortlist = SelectField()
    name = StringField(validators=[Optional(), Length(max=80)])
    note = StringField(validators=[Optional(), Length(max=300)])


def _people(session: Session) -> list[Member]:
    """The reader's colleagues."""
    return [row for row in queries.members(session, actor()) if row.person_id != actor().person_id]


@blueprint.route("", methods=["GET", "POST"])
@needs(Permission.SHORTLIST)
def listed() -> str | Redirect:
    """The lists that the reader owns or that were shared with them, and a new one."""
    form = NameForm()
    if made := carried_out(form, lambda act: shortlists.make(act, form.name.data).id):
        flash(LIST_MADE, "ok")
        return redirect(f"{PATH}/{made}", 303)
    with services().database.read() as session:
        rows = shortlists.with_firms(session, actor(), services().clock())
        owners = queries.names_of(session, {row.owner_id for row, _, _ in rows})
        return render_template("shortlists.html", rows=rows, owners=owners, rights=RIGHT_WORDS, form=form,
                               tab_here="shortlists")


def _rows(session: Session, key: int) -> tuple[Shortlist, str, list[tuple[Listed, Institution]]]:
    row, right = shortlists.right_of(session, actor(), key)
    found = shortlists.firms(session, actor(), key, services().clock())
    firms: Mapping[str, Any] = institutions.by_ids(session, [one.institution_id for one in found])
    return row, right, [(one, firms[one.institution_id]) for one in found]


@blueprint.get("/<int:key>")
@needs(Permission.SHORTLIST)
def one(key: int) -> str:
    """One list: its firms with notes and what changed, and with whom it is shared."""
    with services().database.read() as session:
        row, right, rows = _rows(session, key)
        owner = queries.names_of(session, {row.owner_id}).get(row.owner_id, "")
        return render_template("shortlist.html", row=row, right=right, may_write=right in WRITES, rows=rows, owner=owner,
                               people=_people(session) if right == "own" else [], rights=RIGHTS, changed=changed_text,
                               right_words=RIGHT_WORDS)


@blueprint.get("/<int:key>/export.xlsx")
@needs(Permission.SHORTLIST)
def export(key: int) -> Response:
    """A list as an Excel file."""
    with services().database.read() as session:
        row, _, found = _rows(session, key)
        rows: list[Sequence[object]] = [
            [firm.id, firm.name, firm.credit_grade or "", " ".join(sorted(firm.held(today()))), firm.district or "", one.note,
             changed_text(one.changed), SUSPENDED if one.suspended else ""] for one, firm in found]
    return workbook(Sheet(LIST_HEADS, rows, list_lines(LIST_TITLE.format(row.name), "", len(rows))), "caitu-shortlist")


@blueprint.route("/add", methods=["GET", "POST"])
@needs(Permission.SHORTLIST)
def add() -> str | Redirect:
    """Puts a firm on a list that the reader may write, or on a new one."""
    form, key = AddForm(), request.args.get("firm", "")
    with services().database.read() as session:
        firm = institutions.institution(session, key)
        mine = [row for row in shortlists.mine(session, actor())
                if shortlists.right_of(session, actor(), row.id)[1] in WRITES]
        form.shortlist.choices = [*((str(row.id), row.name) for row in mine), (NEW, "")]
        done = carried_out(form, lambda act: _put(act, form, firm.id))
        if done is None:
            return render_template("shortlist_add.html", form=form, firm=firm, mine=mine, new=NEW)
    flash(LISTED, "ok")
    return redirect(f"{PATH}/{done}", 303)


def _put(act: Act, form: AddForm, firm_id: str) -> int:
    chosen = form.shortlist.data
    key = shortlists.make(act, form.name.data or "").id if chosen == NEW else int(chosen)
    shortlists.put(act, key, firm_id, (form.note.data or "").strip())
    return key


@blueprint.post("/<int:key>/note")
@needs(Permission.SHORTLIST)
def note(key: int) -> Redirect:
    """Writes another note; the marks of what changed start anew from today."""
    firm, text = request.form.get("firm", ""), request.form.get("note", "").strip()[:300]
    pressed(lambda act: shortlists.put(act, key, firm, text), NOTED)
    return redirect(f"{PATH}/{key}", 303)


@blueprint.post("/<int:key>/take")
@needs(Permission.SHORTLIST)
def take(key: int) -> Redirect:
    """Takes a firm off a list."""
    pressed(lambda act: shortlists.take(act, key, request.form.get("firm", "")), UNLISTED)
    return redirect(f"{PATH}/{key}", 303)


@blueprint.post("/<int:key>/share")
@needs(Permission.SHORTLIST)
def share(key: int) -> Redirect:
    """Shares a list with a colleague, to look at or to edit, or no longer."""
    person = request.form.get("person", "")
    if not person.isdigit():
        raise NotFound("person")
    pressed(lambda act: shortlists.share(act, key, int(person), request.form.get("right", "")), SHARED)
    return redirect(f"{PATH}/{key}", 303)


@blueprint.post("/<int:key>/delete")
@needs(Permission.SHORTLIST)
def remove(key: int) -> Redirect:
    """Removes a list."""
    pressed(lambda act: shortlists.remove(act, key), LIST_REMOVED)
    return redirect(PATH, 303)
