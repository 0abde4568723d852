"""The organisations for the operator: what waits for approval with what speaks for it, all of them, and the experts."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from market.access import Permission
from market.accounts import actions, queries, register
from market.accounts.models import Organisation
from market.accounts.register import STATES, OrganisationsWanted
from market.clock import day_of
from market.database import Session
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.listing import PAGE_ROWS, Page, offset_asked
from webapp.services import services
from webapp.words.accounts import (
    APPROVED,
    CHECKS,
    HOUSE_HEADS,
    HOUSE_STATES,
    HOUSE_TITLE,
    KINDS,
    REAL_WORD,
    REFUSED,
    SAMPLE_WORD,
    house_tone,
)
from webapp.words.exports import list_lines
from webapp.words.text import moment

blueprint = Blueprint("organisations", __name__, url_prefix="/organisations")

PATH = "/organisations"


class RefuseForm(SiteForm):
    """Why an organisation is refused or suspended."""

    reason = StringField(validators=[InputRequired(), Length(max=500)])


def _wanted() -> OrganisationsWanted:
    """What the address asks for; those that wait where it says nothing."""
    state, kind = request.args.get("state", "applied"), request.args.get("kind", "")
    return OrganisationsWanted(state if state in STATES else "", kind if kind in KINDS else "",
                               request.args.get("q", "").strip()[:120])


def _address(wanted: OrganisationsWanted, path: str = PATH, **more: str) -> str:
    asked = {"state": wanted.state or "all", "kind": wanted.kind, "q": wanted.text, **more}
    return f"{path}?{urlencode({key: value for key, value in asked.items() if value})}"


@blueprint.get("")
@needs(Permission.APPROVE_ORGANISATION)
def listed() -> str:
    """Organisations by state, kind and text; those that wait come first."""
    wanted, offset, site = _wanted(), offset_asked(), services()
    with site.database.read() as session:
        total, rows = register.listed(session, actor(), wanted, offset, PAGE_ROWS)
        counts = register.counts(session, actor())
        page = Page([(row, _days(row)) for row in rows], total, offset, PAGE_ROWS)
        return render_template(
            "organisations.html", page=page, wanted=wanted, counts=counts, kinds=KINDS, states=HOUSE_STATES,
            tone=house_tone, address=lambda **more: _address(OrganisationsWanted(**{**vars(wanted), **more})),
            export=_address(wanted, f"{PATH}/export.xlsx"),
            page_address=lambda start: _address(wanted, **{"from": str(start or "")}))


def _days(house: Organisation) -> int:
    return queries.days_verified(house, services().clock())


@blueprint.get("/export.xlsx")
@needs(Permission.APPROVE_ORGANISATION)
def export() -> Response:
    """Every organisation that the filter lets through, as an Excel file."""
    wanted = _wanted()
    with services().database.read() as session:
        rows = [_row(house) for house in register.listed(session, actor(), wanted)[1]]
    asked = " ".join(filter(None, [HOUSE_STATES[wanted.state].word if wanted.state else "", KINDS.get(wanted.kind, ""),
                                   wanted.text]))
    return workbook(Sheet(HOUSE_HEADS, rows, list_lines(HOUSE_TITLE, asked, len(rows))), "caitu-organisations")


def _row(house: Organisation) -> Sequence[object]:
    days = _days(house)
    return [house.id, house.name, KINDS[house.kind], house.unified_code, house.licence_number or "", house.district or "",
            house.park_id or "", house_tone(house, days).word, moment(house.applied_at), moment(house.verified_until),
            days if house.verified_until else None, house.refusal or "", SAMPLE_WORD if house.fictitious else REAL_WORD]


@blueprint.get("/<int:key>")
@needs(Permission.APPROVE_ORGANISATION)
def one(key: int) -> str:
    """One organisation: what it says of itself, what speaks for it, and the decision."""
    with services().database.read() as session:
        return _one(session, key, RefuseForm(formdata=None))


def _one(session: Session, key: int, form: RefuseForm) -> str:
    site = services()
    house = queries.organisation(session, actor(), key)
    days = _days(house)
    return render_template(
        "organisation.html", house=house, days=days, tone=house_tone(house, days), kinds=KINDS, form=form, words=CHECKS,
        checks=register.checks(session, house, day_of(site.clock())), applicant=register.applicant(session, house))


@blueprint.post("/<int:key>/approve")
@needs(Permission.APPROVE_ORGANISATION)
def approve(key: int) -> Redirect:
    """Approves an organisation, or verifies it anew."""
    pressed(lambda act: actions.approve(act, key), APPROVED)
    return redirect(f"{PATH}/{key}", 303)


@blueprint.post("/<int:key>/refuse")
@needs(Permission.APPROVE_ORGANISATION)
def refuse(key: int) -> str | Redirect:
    """Refuses an organisation, or suspends an approved one, with the reason that it will read."""
    form = RefuseForm()
    if carried_out(form, lambda act: (actions.refuse(act, key, form.reason.data),)) is None:
        with services().database.read() as session:
            return _one(session, key, form)
    flash(REFUSED, "ok")
    return redirect(f"{PATH}/{key}", 303)
