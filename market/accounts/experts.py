"""The pool of experts: who is in it, for whom they work or worked, and what the operator adds to that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.accounts.models import Employment, Expert, Member, Person
from market.clock import day_of
from market.database import locked
from market.errors import InvalidInput, NotFound
from market.institutions.models import Institution
from market.orders.models import Enterprise


@dataclass(frozen=True)
class Job:
    """One employer of an expert; id is None where a membership on this site says it; ended_on None means now."""

    id: int | None
    employer: str
    started_on: date | None
    ended_on: date | None


@dataclass(frozen=True)
class ExpertLine:
    """An expert of the pool; approved_at is None for one who was taken out of it."""

    person_id: int
    name: str
    email: str
    fields: tuple[str, ...]
    approved_at: datetime | None
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Employer:
    """Whom an employment names: an enterprise's number or an institution's id, one of the two."""

    enterprise_id: int | None = None
    institution_id: str | None = None
    started_on: date | None = None
    ended_on: date | None = None


def _jobs(session: Session) -> dict[int, list[Job]]:
    found: dict[int, list[Job]] = {}
    for row, enterprise, firm in session.execute(
            select(Employment, Enterprise.name, Institution.name)
            .outerjoin(Enterprise, Enterprise.id == Employment.enterprise_id)
            .outerjoin(Institution, Institution.id == Employment.institution_id).order_by(Employment.id)):
        found.setdefault(row.person_id, []).append(Job(row.id, enterprise or firm, row.started_on, row.ended_on))
    for member in session.scalars(select(Member).where(Member.person_id.in_(select(Expert.person_id))).order_by(Member.id)):
        found.setdefault(member.person_id, []).append(Job(
            None, member.organisation.name, day_of(member.joined_at), day_of(member.left_at) if member.left_at else None))
    return found


def pool(session: Session, actor: Actor) -> list[ExpertLine]:
    """Every expert with the employers that a conflict is looked for in; NotFound for whoever does not approve experts."""
    if not actor.may(Permission.APPROVE_EXPERT):
        raise NotFound("experts")
    jobs = _jobs(session)
    rows = session.execute(select(Expert, Person).join(Person, Person.id == Expert.person_id).order_by(
        Expert.approved_at.is_(None), Person.name, Person.id))
    return [ExpertLine(person.id, person.name, person.email, tuple(expert.fields), expert.approved_at,
                       tuple(jobs.get(person.id, ()))) for expert, person in rows]


def person_with(session: Session, actor: Actor, email: str) -> Person:
    """The person with an address, for whoever approves experts; InvalidInput("expert_email") where there is none."""
    if not actor.may(Permission.APPROVE_EXPERT):
        raise NotFound("person")
    found = session.scalar(select(Person).where(Person.email == email.strip().lower()))
    if found is None:
        raise InvalidInput("expert_email")
    return found


@action(Permission.APPROVE_EXPERT, "expert.employed")
def employ(act: Act, person_id: int, employer: Employer) -> Employment:
    """Notes an employer of an expert: from now on a conflict with it is found, in panels that are drawn already too."""
    if act.session.get(Expert, person_id) is None:
        raise NotFound(str(person_id))
    if (employer.enterprise_id is None) == (employer.institution_id is None):
        raise InvalidInput("employer")
    if employer.started_on and employer.ended_on and employer.ended_on < employer.started_on:
        raise InvalidInput("ended_on")
    row = Employment(person_id=person_id, enterprise_id=employer.enterprise_id, institution_id=employer.institution_id,
                     started_on=employer.started_on, ended_on=employer.ended_on)
    act.session.add(row)
    act.session.flush()
    act.note("expert", person_id, detail={"employment": row.id})
    return row


@action(Permission.APPROVE_EXPERT, "expert.employment_ended")
def end_employment(act: Act, employment_id: int, ended_on: date) -> Employment:
    """Says on which day an expert left an employer; the conflict stays for the years that the durations name."""
    row = locked(act.session, Employment, employment_id)
    if row is None:
        raise NotFound("employment")
    if row.ended_on or (row.started_on and ended_on < row.started_on) or ended_on > day_of(act.now):
        raise InvalidInput("ended_on")
    row.ended_on = ended_on
    act.note("expert", row.person_id, detail={"employment": row.id})
    return row


@action(Permission.APPROVE_EXPERT, "expert.removed")
def remove(act: Act, person_id: int) -> Expert:
    """Takes an expert out of the pool; panels that sit keep them."""
    row = locked(act.session, Expert, person_id)
    if row is None or row.approved_at is None:
        raise NotFound(str(person_id))
    row.approved_at = None
    act.note("expert", person_id)
    return row
