"""The end of one's account: the file of one's own data, and closing it once everything has a new owner."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, session
from werkzeug.wrappers import Response as Redirect
from wtforms import PasswordField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from market.access import Permission
from market.accounts import queries
from market.orders import leaving, person_data
from webapp.access import COOKIE, actor, needs
from webapp.answers import json_answer
from webapp.forms import SiteForm
from webapp.services import services
from webapp.vouching import account_closed
from webapp.words.accounts import ACCOUNT_CLOSED, HELD_WORDS

blueprint = Blueprint("closing", __name__, url_prefix="/account")


class CloseForm(SiteForm):
    """The password, and why, if the person wants to say so."""

    old = PasswordField(validators=[InputRequired(), Length(max=200)])
    reason = TextAreaField(validators=[Optional(), Length(max=500)])


@blueprint.get("/data.json")
@needs(Permission.OWN_ACCOUNT)
def data() -> Response:
    """Everything that is kept on the reader, as a file."""
    with services().database.read() as opened:
        answer = json_answer(person_data.everything_on(opened, actor()))
    answer.headers["Content-Disposition"] = 'attachment; filename="caitu-my-data.json"'
    return answer


@blueprint.route("/close", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def close() -> str | Redirect:
    """Closes the account; while something would be left without an owner, says what and where it is handed over."""
    form = CloseForm()
    if form.validate_on_submit() and account_closed(form):
        session.clear()
        flash(ACCOUNT_CLOSED, "ok")
        answer = redirect("/sign-in", 303)
        answer.delete_cookie(COOKIE)
        return answer
    with services().database.read() as opened:
        held = leaving.held_by(opened, actor().person_id or 0)
        houses = {row.member.organisation_id for row in held if row.member}
        admins = {house: queries.admins_of(opened, house) for house in houses}
        return render_template("account_close.html", form=form, held=held, words=HELD_WORDS, admins=admins)
