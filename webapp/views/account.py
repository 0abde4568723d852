"""One's own account: who one is, as what one acts, password, second factor, what is told, and what was done with it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, session
from werkzeug.wrappers import Response as Redirect
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from market.access import Actor, Permission, Role
from market.accounts import actions, own, queries, sessions
from market.accounts.register import is_expert
from market.database import Session
from market.notices import inbox
from market.orders import audit_trail
from webapp.access import COOKIE, actor, needs, writing
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out
from webapp.qr import qr_svg
from webapp.services import services
from webapp.signing import demo_code
from webapp.switches import switched, switches_for
from webapp.views.signin import ISSUER, PENDING_SECRET
from webapp.vouching import code_renewed, password_changed, session_token
from webapp.words.accounts import (
    ASKED_AGAIN,
    ENDED_EVERYWHERE,
    PASSWORD_CHANGED,
    ROLE_CHOSEN,
    SECOND_FACTOR_SET,
    house_tone,
)
from webapp.words.audit import AUDIT_HEADS, OWN_TRAIL_TITLE, audit_row
from webapp.words.exports import list_lines
from webapp.words.notices import MAIL_WAYS, SWITCHED

blueprint = Blueprint("account", __name__, url_prefix="/account")

SHOWN, MOST_EXPORTED = 20, 100_000


class NewPasswordForm(SiteForm):
    """The old password and the new one."""

    old = PasswordField(validators=[InputRequired(), Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=200)])


class SecondFactorForm(SiteForm):
    """The code of the second factor that counts now, and that of the new one."""

    old_code = StringField(validators=[InputRequired(), Length(max=10)])
    code = StringField(validators=[InputRequired(), Length(max=10)])


class AgainForm(SiteForm):
    """What a refused organisation answers."""

    licence_number = StringField(validators=[Optional(), Length(max=60)])
    text = TextAreaField(validators=[InputRequired(), Length(max=2000)])


@blueprint.get("")
@needs(Permission.OWN_ACCOUNT)
def home() -> str:
    """Who the reader is, as what they may act, and what was done with their account."""
    return _home(AgainForm())


def _home(again: AgainForm) -> str:
    site, me = services(), actor()
    with site.database.read() as opened:
        trail = list(audit_trail.with_names(opened, audit_trail.own_trail(opened, me, SHOWN)))
        return render_template("account.html", trail=trail, again=again, has_code=_has_code(opened, me),
                               expert=is_expert(opened, me.person_id or 0), tab_here="home",
                               memberships=queries.memberships(opened, me.person_id or 0), **_house(opened, me))


def _house(opened: Session, me: Actor) -> dict[str, object]:
    """The organisation that the reader acts for, how it stands, and how long it stays verified."""
    if me.organisation_id is None:
        return {"house": None}
    house = queries.organisation(opened, me, me.organisation_id)
    days = queries.days_verified(house, services().clock())
    return {"house": house, "days": days, "tone": house_tone(house, days)}


def _has_code(opened: Session, me: Actor) -> bool:
    return not sessions.lacks_second_factor(services().act(opened, me), session_token())


@blueprint.post("/again")
@needs(Permission.OWN_ACCOUNT)
def ask_again() -> str | Redirect:
    """A refused organisation answers the reason and waits for approval once more."""
    form = AgainForm()
    house = actor().organisation_id or 0
    if carried_out(form, lambda act: actions.apply_again(act, house, form.licence_number.data or "", form.text.data)) is None:
        return _home(form)
    flash(ASKED_AGAIN, "ok")
    return redirect("/account", 303)


@blueprint.get("/trail.xlsx")
@needs(Permission.OWN_ACCOUNT)
def trail() -> Response:
    """Everything that was done with the reader's account, as an Excel file."""
    with services().database.read() as opened:
        found = audit_trail.with_names(opened, audit_trail.own_trail(opened, actor(), MOST_EXPORTED))
        rows = [audit_row(*one) for one in found]
    return workbook(Sheet(AUDIT_HEADS, rows, list_lines(OWN_TRAIL_TITLE, "", len(rows))), "caitu-account")


@blueprint.post("/role")
@needs(Permission.OWN_ACCOUNT)
def choose_role() -> Redirect:
    """Acts as another membership from now on, or as an expert; the second factor is asked anew where it is needed."""
    wanted = request.form.get("member", "")
    with writing() as act:
        sessions.choose_role(act, session_token(), int(wanted) if wanted.isdigit() else None)
    flash(ROLE_CHOSEN, "ok")
    return redirect("/desk", 303)


@blueprint.route("/password", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def password() -> str | Redirect:
    """A new password; the old one is asked, and every other session ends."""
    form = NewPasswordForm()
    if form.validate_on_submit() and password_changed(form):
        flash(PASSWORD_CHANGED, "ok")
        return redirect("/account", 303)
    return render_template("account_password.html", form=form)


@blueprint.route("/second-factor", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def second_factor() -> str | Redirect:
    """Sets up the second factor, or a new one; whoever has one gives its code first."""
    form, site, me = SecondFactorForm(), services(), actor()
    with site.database.read() as opened:
        renews = _has_code(opened, me)
        if PENDING_SECRET not in session:
            session[PENDING_SECRET] = sessions.new_second_factor(site.act(opened, me), me.person_id or 0, ISSUER)
    if not renews:
        del form.old_code
    secret, address = session[PENDING_SECRET]
    if form.validate_on_submit() and code_renewed(form, secret):
        session.pop(PENDING_SECRET, None)
        flash(SECOND_FACTOR_SET, "ok")
        return redirect("/account", 303)
    return render_template("account_code.html", form=form, renews=renews, secret=secret, picture=qr_svg(address),
                           demo_code=demo_code(me.person_id or 0))


@blueprint.post("/sessions/end")
@needs(Permission.OWN_ACCOUNT)
def end_everywhere() -> Redirect:
    """Ends every session, this one too."""
    with writing() as act:
        own.end_everywhere(act)
    session.clear()
    flash(ENDED_EVERYWHERE, "ok")
    answer = redirect("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@blueprint.route("/notices", methods=["GET", "POST"])
@needs(Permission.OWN_ACCOUNT)
def notices() -> str | Redirect:
    """For each event: in the inbox or not, by mail at once, in the digest or never."""
    form = SiteForm()
    with services().database.read() as opened:
        rows = switches_for(actor(), inbox.switches(opened, actor()))
    if carried_out(form, lambda act: (switched(act, rows, request.form),)) is None:
        return render_template("account_notices.html", form=form, rows=rows, ways=MAIL_WAYS, tab_here="notices",
                               applicant=actor().role is Role.APPLICANT)
    flash(SWITCHED, "ok")
    return redirect("/account/notices", 303)
