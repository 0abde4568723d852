"""The pool of experts for the operator: who is in it, in which fields, and for whom they work or worked."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template
from werkzeug.wrappers import Response as Redirect
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from market.access import Act, Permission
from market.accounts import experts
from market.accounts.actions import approve_expert
from market.accounts.experts import Employer, ExpertLine
from market.database import Session
from market.errors import InvalidInput, NotFound
from market.institutions import queries as institutions
from market.orders.queries import enterprises_named
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.services import services
from webapp.words.bids import (
    APPROVED,
    BETWEEN,
    EMPLOYED,
    ENDED,
    EXPORT_EXPERT_HEADS,
    EXPORT_EXPERT_TITLE,
    NEEDED,
    NO_DATE,
    REMOVED,
    export_experts,
)
from webapp.words.exports import export_lines

MOST_FOUND = 8  # employers offered for a text

blueprint = Blueprint("experts", __name__, url_prefix="/experts")


class DayField(StringField):  # type: ignore[misc]
    """A day as 2025-12-31, or nothing; day is what was read."""

    day: date | None = None

    def pre_validate(self, form: Any) -> None:
        """Refuses what is no day."""
        try:
            self.day = date.fromisoformat(self.data.strip()) if (self.data or "").strip() else None
        except ValueError:
            raise ValidationError(NO_DATE) from None


class ExpertForm(SiteForm):
    """A person with an account here, and what they judge."""

    expert_email = StringField(validators=[InputRequired(NEEDED), Length(max=200)])
    fields_text = StringField(validators=[Length(max=500)])

    @property
    def fields(self) -> list[str]:
        """The fields, split at commas of either width."""
        return list(dict.fromkeys(part.strip() for part in BETWEEN.split(self.fields_text.data or "") if part.strip()))


class EmployerForm(SiteForm):
    """An employer by name or code, and from when to when; pick is the one chosen where several fit."""

    employer = StringField(validators=[InputRequired(NEEDED), Length(max=200)])
    pick = HiddenField()
    started_on = DayField()
    ended_on = DayField()


class EndForm(SiteForm):
    """The last day with an employer."""

    ended_on = DayField(validators=[InputRequired(NEEDED)])


def _list(form: ExpertForm) -> str:
    with services().database.read() as session:
        lines = experts.pool(session, actor())
    return render_template("experts.html", lines=lines, form=form)


@blueprint.get("")
@needs(Permission.APPROVE_EXPERT)
def listed() -> str:
    """The pool, those who were taken out of it last."""
    return _list(ExpertForm(formdata=None))


@blueprint.get("/export.xlsx")
@needs(Permission.APPROVE_EXPERT)
def export() -> Response:
    """The pool with every employer as an Excel file."""
    site = services()
    with site.database.read() as session:
        rows = export_experts(experts.pool(session, actor()))
    about = export_lines(EXPORT_EXPERT_TITLE, "", (len(rows), len(rows)), site.settings.map_approval)
    return workbook(Sheet(EXPORT_EXPERT_HEADS, rows, about), "caitu-experts")


def _approved(act: Act, form: ExpertForm) -> Any:
    person = experts.person_with(act.session, act.actor, form.expert_email.data)
    return approve_expert(act, person.id, form.fields)


@blueprint.post("")
@needs(Permission.APPROVE_EXPERT)
def approve() -> str | Redirect:
    """Takes a person into the pool, or changes their fields."""
    form = ExpertForm()
    made = carried_out(form, lambda act: _approved(act, form))
    if made is None:
        return _list(form)
    flash(APPROVED, "ok")
    return redirect(f"/experts/{made.person_id}", 303)


def _line(session: Session, person_id: int) -> ExpertLine:
    found = next((line for line in experts.pool(session, actor()) if line.person_id == person_id), None)
    if found is None:
        raise NotFound(str(person_id))
    return found


def _named(session: Session, text: str) -> list[tuple[str, str]]:
    """(what to pick, name) of the firms and enterprises that a text may mean."""
    text = text.strip()
    firms = [(f"firm:{firm.id}", firm.name) for firm in institutions.named_like(session, [text], MOST_FOUND)]
    return firms + [(f"enterprise:{row.id}", row.name) for row in enterprises_named(session, text)]


def _one(person_id: int, form: EmployerForm, end: EndForm | None = None) -> str:
    with services().database.read() as session:
        line = _line(session, person_id)
        text = (form.employer.data or "").strip()
        offered = _named(session, text) if text else []
    return render_template("expert.html", line=line, form=form, offered=offered, end=end or EndForm(formdata=None))


@blueprint.get("/<int:person_id>")
@needs(Permission.APPROVE_EXPERT)
def one(person_id: int) -> str:
    """One expert with the employers that a conflict is looked for in."""
    return _one(person_id, EmployerForm(formdata=None))


def _employed(act: Act, person_id: int, form: EmployerForm) -> Any:
    offered = _named(act.session, form.employer.data)
    chosen = [key for key, _ in offered if key == form.pick.data] or [key for key, _ in offered if len(offered) == 1]
    if not offered:
        raise InvalidInput(f"employer_unknown: {form.employer.data.strip()}")
    if not chosen:
        raise InvalidInput("employer")
    kind, _, key = chosen[0].partition(":")
    firm, number = (key, None) if kind == "firm" else (None, int(key))
    return experts.employ(act, person_id, Employer(number, firm, form.started_on.day, form.ended_on.day))


@blueprint.post("/<int:person_id>/employers")
@needs(Permission.APPROVE_EXPERT)
def employ(person_id: int) -> str | Redirect:
    """Notes an employer; where several fit the name, the page asks which."""
    form = EmployerForm()
    if carried_out(form, lambda act: _employed(act, person_id, form)) is None:
        return _one(person_id, form)
    flash(EMPLOYED, "ok")
    return redirect(f"/experts/{person_id}", 303)


@blueprint.post("/<int:person_id>/employers/<int:employment_id>/end")
@needs(Permission.APPROVE_EXPERT)
def end(person_id: int, employment_id: int) -> str | Redirect:
    """Says on which day the expert left."""
    form = EndForm()
    if carried_out(form, lambda act: experts.end_employment(act, employment_id, form.ended_on.day or date.max)) is None:
        return _one(person_id, EmployerForm(formdata=None), form)
    flash(ENDED, "ok")
    return redirect(f"/experts/{person_id}", 303)


@blueprint.post("/<int:person_id>/remove")
@needs(Permission.APPROVE_EXPERT)
def remove(person_id: int) -> Redirect:
    """Takes an expert out of the pool."""
    pressed(lambda act: experts.remove(act, person_id), REMOVED)
    return redirect("/experts", 303)
