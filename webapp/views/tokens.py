"""Access tokens of whoever is signed in: made, shown this once, taken back."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as Redirect
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from market.access import Permission
from market.accounts import tokens
from webapp.access import actor, needs
from webapp.forms import SiteForm, carried_out, pressed
from webapp.services import services
from webapp.words.tokens import REVOKED

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")


class TokenForm(SiteForm):
    """What the token is for, and for how many days it works."""

    name = StringField(validators=[InputRequired(), Length(max=80)])
    days = IntegerField(default=90, validators=[InputRequired(), NumberRange(1, tokens.LONGEST_DAYS)])


@blueprint.route("", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def show() -> str:
    """The tokens that work, and a form for a new one; a fresh token stands on this answer and nowhere else."""
    form, site = TokenForm(), services()
    made = carried_out(form, lambda act: tokens.create(act, form["name"].data, form["days"].data))
    with site.database.read() as session:
        rows = tokens.standing(session, actor(), site.clock())
    return render_template("tokens.html", form=form, rows=rows, fresh=made[1] if made else "")


@blueprint.post("/<int:number>/revoke")
@needs(Permission.OWN_ACCOUNT)
def revoke(number: int) -> Redirect:
    """Takes a token back."""
    pressed(lambda act: tokens.revoke(act, number), REVOKED)
    return redirect(url_for("tokens.show"), 303)
