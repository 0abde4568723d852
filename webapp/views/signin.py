"""Signing in and out: the password, the second factor, and in the demo a list of its accounts."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Redirect
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from market.accounts import sessions
from market.demo.accounts import PASSWORD, accounts
from webapp.access import COOKIE, public
from webapp.forms import SiteForm
from webapp.qr import qr_svg
from webapp.services import services
from webapp.signing import code_right, demo_code, inside, tried, welcome
from webapp.words.signin import SIGNED_OUT

blueprint = Blueprint("signin", __name__)

ISSUER = "Caitu"
PENDING_SECRET = "new_second_factor"


class SignInForm(SiteForm):
    """E-mail address and password."""

    email = StringField(validators=[InputRequired(), Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=200)])
    next = HiddenField()


class CodeForm(SiteForm):
    """The six digits of the second factor."""

    code = StringField(validators=[InputRequired(), Length(max=10)])
    next = HiddenField()


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def form() -> str | Redirect:
    """The sign-in page."""
    sign_in, site = SignInForm(), services()
    if sign_in.next.data is None:
        sign_in.next.data = request.args.get("next", "")
    signed = tried(sign_in, sign_in.email.data, sign_in.password.data) if sign_in.validate_on_submit() else None
    if signed:
        return welcome(signed, sign_in.next.data)
    with site.database.read() as opened:
        shown = accounts(opened) if site.settings.demo else []
    return render_template("signin.html", form=sign_in, accounts=shown, password=PASSWORD, sso=bool(site.settings.sso_issuer))


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@public
def code() -> str | Redirect:
    """The second factor: asked for at each sign-in, and set up at the first."""
    token = request.cookies.get(COOKIE, "")
    if g.actor.person_id is None:
        return redirect(url_for("signin.form"), 303)
    asked, site = CodeForm(), services()
    if asked.next.data is None:
        asked.next.data = request.args.get("next", "")
    with site.database.read() as opened:
        act = site.act(opened, g.actor)
        new = sessions.lacks_second_factor(act, token)
        if new and PENDING_SECRET not in session:
            session[PENDING_SECRET] = sessions.new_second_factor(act, g.actor.person_id, ISSUER)
    if asked.validate_on_submit() and code_right(asked, token, session[PENDING_SECRET][0] if new else ""):
        session.pop(PENDING_SECRET, None)
        return redirect(inside(asked.next.data), 303)
    secret, address = session.get(PENDING_SECRET, ("", "")) if new else ("", "")
    return render_template("signin_code.html", form=asked, secret=secret, picture=qr_svg(address) if address else "",
                           demo_code=demo_code(g.actor.person_id))


@blueprint.post("/sign-out")
@public
def leave() -> Redirect:
    """Ends the session on the server and in the browser."""
    site = services()
    with site.database.write() as opened:
        sessions.sign_out(site.act(opened, g.actor), request.cookies.get(COOKIE, ""))
    session.clear()
    flash(SIGNED_OUT, "ok")
    answer = redirect(url_for("map.show"), 303)
    answer.delete_cookie(COOKIE)
    return answer
