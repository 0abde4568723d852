"""Coming in: registering with an organisation, recovering an account, joining by invitation."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, session
from werkzeug.wrappers import Response as Redirect
from wtforms import PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from market.access import Act, Actor, Role
from market.accounts import actions, sessions, tickets
from market.accounts.actions import Application
from market.accounts.sessions import SignIn
from market.database import Session
from market.districts import queries as districts
from market.parks import queries as parks
from webapp.access import COOKIE, actor, public, writing
from webapp.forms import SiteForm, carried_out
from webapp.letters import Letter, mail_server, send_soon
from webapp.services import services
from webapp.signing import welcome
from webapp.vouching import of_link, session_token
from webapp.words.accounts import (
    APPLICANTS,
    APPLIED,
    JOINED,
    PASSWORD_SET,
    RECOVERY_SUBJECT,
    RECOVERY_TEXT,
    WELCOME_SUBJECT,
    WELCOME_TEXT,
)

blueprint = Blueprint("register", __name__)

ALONE = "expert"  # registers without an organisation
KINDS = tuple(kind for kind, _ in APPLICANTS)
UNSTRIPPED = Length(max=200)


class PersonForm(SiteForm):
    """A person: address, name, and a password where none can be mailed."""

    email = StringField(validators=[InputRequired(), Length(max=200)])
    name = StringField(validators=[InputRequired(), Length(max=80)])
    password = PasswordField(validators=[InputRequired(), UNSTRIPPED])


class HouseForm(PersonForm):
    """A person with the organisation that applies."""

    organisation = StringField(validators=[InputRequired(), Length(max=120)])
    unified_code = StringField(validators=[InputRequired(), Length(max=30)])
    licence_number = StringField(validators=[Optional(), Length(max=60)])
    district = SelectField(validators=[Optional()])
    park_id = SelectField(validators=[Optional()])


class EmailForm(SiteForm):
    """The address of an account."""

    email = StringField(validators=[InputRequired(), Length(max=200)])


class PasswordForm(SiteForm):
    """A new password, and the name of whoever has no account yet."""

    name = StringField(validators=[Optional(), Length(max=80)])
    password = PasswordField(validators=[InputRequired(), UNSTRIPPED])


@dataclass(frozen=True)
class Registering:
    """What a registration is: the kind of applicant, and whether the password is set by a mailed link."""

    kind: str
    by_mail: bool


def _form(opened: Session, asked: Registering) -> PersonForm:
    form = PersonForm() if asked.kind == ALONE else HouseForm()
    if isinstance(form, HouseForm):
        form.district.choices = [("", "–"), *((row.name, row.name) for row in districts.districts(opened))]
        form.park_id.choices = [("", "–"), *((park.id, park.name) for park, _ in parks.parks(opened))]
    gone = {"licence_number": asked.kind != "hr_firm", "park_id": asked.kind != "park_operator", "password": asked.by_mail}
    if actor().person_id is not None:
        gone |= {"email": True, "name": True, "password": True}
    for name, unwanted in gone.items():
        if unwanted and name in form:
            del form[name]
    return form


def _value(form: SiteForm, name: str) -> str:
    return str(form[name].data or "").strip() if name in form else ""


def _registered(act: Act, form: PersonForm, asked: Registering) -> tuple[SignIn | None, str]:
    """Registers the person (unless somebody signed in applies) and the organisation; gives a sign-in or a mailed token."""
    person = None
    if act.actor.person_id is None:
        password = sessions.new_token() if asked.by_mail else str(form["password"].data)
        person = actions.register(act, _value(form, "email"), _value(form, "name"), password)
    if isinstance(form, HouseForm):
        who = replace(act, actor=Actor(Role.APPLICANT, person.id)) if person else act
        assert who.actor.person_id is not None
        actions.apply(who, who.actor.person_id, Application(
            asked.kind, _value(form, "organisation"), _value(form, "unified_code").upper(), _value(form, "licence_number"),
            _value(form, "district"), _value(form, "park_id")))
    if person is None:
        return None, ""
    if asked.by_mail:
        return None, tickets.start_recovery(act, person.email) or ""
    return sessions.begin(act, person), ""


@blueprint.route("/register", methods=["GET", "POST"])
@public
def register() -> str | Redirect:
    """A person registers and their organisation applies; an expert registers alone and is taken in by the operator."""
    site = services()
    kind = request.values.get("kind", "")
    asked = Registering(kind if kind in KINDS else KINDS[0], mail_server(site.settings) is not None)
    with site.database.read() as opened:
        form = _form(opened, asked)
    done = carried_out(form, lambda act: _registered(act, form, asked))
    if done is None:
        return render_template("register.html", form=form, asked=asked, kinds=APPLICANTS)
    signed, token = done
    if token:
        _mail_link(_value(form, "email"), token, WELCOME_SUBJECT, WELCOME_TEXT)
        return render_template("letter_sent.html", email=_value(form, "email"), new=True, possible=True)
    flash(APPLIED, "ok")
    return welcome(signed, "/account") if signed else redirect("/account", 303)


def _mail_link(email: str, token: str, subject: str, text: str) -> None:
    settings = services().settings
    send_soon(settings, Letter(email, subject, text.format(f"{settings.public_url}/recover/{token}")))


@blueprint.route("/recover", methods=["GET", "POST"])
@public
def recover() -> str:
    """Asks for a link to set a new password; the answer is the same whether or not there is such an account."""
    form, possible = EmailForm(), mail_server(services().settings) is not None
    if not possible or not form.validate_on_submit():
        return render_template("recover.html", form=form, possible=possible)
    with writing() as act:
        token = tickets.start_recovery(act, form.email.data)
    if token:
        _mail_link(form.email.data.strip().lower(), token, RECOVERY_SUBJECT, RECOVERY_TEXT)
    return render_template("letter_sent.html", email=form.email.data, new=False)


@blueprint.route("/recover/<token>", methods=["GET", "POST"])
@public
def set_password(token: str) -> str | Redirect | tuple[str, int]:
    """Sets a new password by a mailed link."""
    email = of_link(tickets.recovering, token)
    if email is None:
        return render_template("link_over.html", invitation=False), 404
    form = PasswordForm()
    if carried_out(form, lambda act: tickets.recover(act, token, form.password.data)) is None:
        return render_template("recover_set.html", form=form, email=email)
    session.clear()
    flash(PASSWORD_SET, "ok")
    answer = redirect("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _joined(act: Act, token: str, form: PasswordForm) -> SignIn | None:
    """A new account is signed in; whoever was signed in already acts as the new membership from now on."""
    member = tickets.join(act, token, _value(form, "name"), _value(form, "password"))
    if act.actor.person_id != member.person_id:
        return sessions.begin(act, member.person)
    sessions.choose_role(act, session_token(), member.id)
    return None


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@public
def join(token: str) -> str | Redirect | tuple[str, int]:
    """Joins by invitation: with a new account, or as whoever is signed in with the invited address."""
    invited = of_link(tickets.invited, token)
    if invited is None:
        return render_template("link_over.html", invitation=True), 404
    form = PasswordForm(name=request.args.get("name", ""))
    if invited.known:
        del form.name, form.password
    done = carried_out(form, lambda act: (_joined(act, token, form),))
    if done is None:
        return render_template("join.html", form=form, invited=invited, invitation=token)
    flash(JOINED, "ok")
    return welcome(done[0], "/desk") if done[0] else redirect("/desk", 303)
