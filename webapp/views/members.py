"""The members of an organisation and its webhooks: for its admins."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from market.access import Permission, Role
from market.accounts import membership, queries, tickets
from market.accounts.models import Member, Organisation
from market.accounts.rules import ROLES_OF
from market.accounts.tickets import Invitation
from market.database import Session
from market.errors import NotFound
from market.notices import webhooks
from market.notices.webhooks import Calls
from market.orders.models import Order
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.letters import Letter, mail_server, sent
from webapp.services import services
from webapp.words.accounts import (
    HOOK_REMOVED,
    INVITATION_SUBJECT,
    INVITATION_TEXT,
    INVITED_BY_MAIL,
    MAIL_FAILED,
    MEMBER_HEADS,
    MEMBER_REMOVED,
    MEMBER_TITLE,
    NO,
    ROLE_SET,
    YES,
)
from webapp.words.exports import list_lines
from webapp.words.life import ROLES
from webapp.words.text import moment

blueprint = Blueprint("members", __name__, url_prefix="/account/members")

PATH = "/account/members"


class InviteForm(SiteForm):
    """Who is invited, as what."""

    email = StringField(validators=[InputRequired(), Length(max=200)])
    role = SelectField()
    admin = BooleanField()


class HookForm(SiteForm):
    """An address that is called."""

    url = StringField(validators=[InputRequired(), Length(max=500)])


def _house(opened: Session) -> Organisation:
    """The reader's organisation; NotFound for whoever does not administer it."""
    if not actor().admin or actor().organisation_id is None:
        raise NotFound("organisation")
    return queries.organisation(opened, actor(), actor().organisation_id or 0)


def _choices(house: Organisation) -> list[tuple[str, str]]:
    return [(str(role), ROLES[role]) for role in ROLES_OF[house.kind]]


def _page(invite: InviteForm | None = None, hook: HookForm | None = None, **shown: object) -> str:
    """The page with its two forms; shown: the link of an invitation, or a webhook's secret, which are shown this once."""
    with services().database.read() as opened:
        house = _house(opened)
        invite = invite or InviteForm(formdata=None)
        invite.role.choices = _choices(house)
        return render_template("members.html", house=house, members=queries.members(opened, actor()), invite=invite,
                               hook=hook or HookForm(formdata=None), hooks=webhooks.listed(opened, actor()),
                               by_mail=mail_server(services().settings) is not None, tab_here="members", **shown)


@blueprint.get("")
@needs(Permission.MANAGE_MEMBERS)
def listed() -> str:
    """Who is in the organisation, as what; inviting; webhooks."""
    return _page()


@blueprint.get("/export.xlsx")
@needs(Permission.MANAGE_MEMBERS)
def export() -> Response:
    """The members as an Excel file."""
    with services().database.read() as opened:
        _house(opened)
        rows: list[Sequence[object]] = [
            [row.person.name, row.person.email, ROLES[row.role], YES if row.admin else NO, moment(row.joined_at)]
            for row in queries.members(opened, actor())]
    return workbook(Sheet(MEMBER_HEADS, rows, list_lines(MEMBER_TITLE, "", len(rows))), "caitu-members")


@blueprint.post("/invite")
@needs(Permission.MANAGE_MEMBERS)
def invite() -> str | Redirect:
    """Invites by mail; where nothing can be mailed, the link is shown once."""
    form = InviteForm()
    with services().database.read() as opened:
        house = _house(opened)
        form.role.choices, name = _choices(house), house.name
    token = carried_out(form, lambda act: tickets.invite(act, Invitation(
        form.email.data, Role(form.role.data), form.admin.data)))
    if token is None:
        return _page(invite=form)
    settings = services().settings
    if mail_server(settings) is None:
        return _page(link=f"{request.host_url.rstrip('/')}/join/{token}", invited=form.email.data)
    link = f"{settings.public_url}/join/{token}"
    went = sent(settings, Letter(form.email.data.strip().lower(), INVITATION_SUBJECT.format(name),
                                 INVITATION_TEXT.format(name, ROLES[form.role.data], link)))
    flash(INVITED_BY_MAIL.format(form.email.data) if went else MAIL_FAILED, "ok" if went else "bad")
    return redirect(PATH, 303)


def _member(opened: Session, member_id: int) -> Member:
    """A present member of the reader's organisation."""
    _house(opened)
    found = next((row for row in queries.members(opened, actor()) if row.id == member_id), None)
    if found is None:
        raise NotFound("member")
    return found


@blueprint.post("/<int:member_id>/role")
@needs(Permission.MANAGE_MEMBERS)
def set_role(member_id: int) -> Redirect:
    """Gives a member another role, and the right to administer or not."""
    role = request.form.get("role", "")
    wanted = Role(role) if role in ROLES else Role.VISITOR
    pressed(lambda act: membership.set_role(act, member_id, wanted, admin="admin" in request.form), ROLE_SET)
    return redirect(PATH, 303)


@blueprint.route("/<int:member_id>", methods=["GET", "POST"])
@needs(Permission.MANAGE_MEMBERS)
def one(member_id: int) -> str | Redirect:
    """One member: another role, or removing them, with an heir for every order that they own."""
    form = SiteForm()
    with services().database.read() as opened:
        member = _member(opened, member_id)
        owned, heirs = membership.owned_orders(opened, member), membership.heirs_of(opened, member)
        choices = _choices(member.organisation)
    if carried_out(form, lambda act: (membership.remove(act, member_id, _heirs(owned)),)) is None:
        return render_template("member.html", member=member, owned=owned, heirs=heirs, form=form, roles=choices)
    flash(MEMBER_REMOVED, "ok")
    return redirect(PATH if member.person_id != actor().person_id else "/sign-in", 303)


def _heirs(owned: Sequence[Order]) -> dict[str, int]:
    """Order -> person, as the form says; orders without a choice are left out."""
    asked = {order.id: request.form.get(f"heir-{order.id}", "") for order in owned}
    return {key: int(person) for key, person in asked.items() if person.isdigit()}


@blueprint.post("/hooks")
@needs(Permission.MANAGE_MEMBERS)
def add_hook() -> str:
    """Adds an address that is called; its secret is shown this once."""
    form, site = HookForm(), services()
    calls = Calls(site.keys)
    done = carried_out(form, lambda act: webhooks.add(act, form.url.data.strip(), calls))
    return _page(hook=form) if done is None else _page(secret=done[1], hook_url=form.url.data.strip())


@blueprint.post("/hooks/<int:hook_id>/delete")
@needs(Permission.MANAGE_MEMBERS)
def remove_hook(hook_id: int) -> Redirect:
    """Stops calling an address."""
    pressed(lambda act: webhooks.remove(act, hook_id), HOOK_REMOVED)
    return redirect(f"{PATH}#hooks", 303)
