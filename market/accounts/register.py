"""The organisations as whoever approves them sees them: searched, each with what speaks for it, and the pool of experts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from market.access import Actor, Permission
from market.accounts.models import Expert, Member, Organisation, Person
from market.institutions.models import Institution
from market.institutions.rules import code_fault
from market.vocabulary import LICENCE_NAMES

STATES = ("applied", "approved", "suspended", "refused")


@dataclass(frozen=True)
class OrganisationsWanted:
    """Which organisations: in a state, of a kind, with a text in name or code; empty means all."""

    state: str = ""
    kind: str = ""
    text: str = ""

    def matching(self) -> list[ColumnElement[bool]]:
        """The conditions of the query."""
        parts: list[ColumnElement[bool]] = []
        if self.state:
            parts.append(Organisation.state == self.state)
        if self.kind:
            parts.append(Organisation.kind == self.kind)
        if self.text:
            parts.append(or_(Organisation.name.contains(self.text, autoescape=True),
                             Organisation.unified_code == self.text.upper()))
        return parts


def listed(session: Session, actor: Actor, wanted: OrganisationsWanted, offset: int = 0, limit: int | None = None
           ) -> tuple[int, list[Organisation]]:
    """How many organisations match, and one page of them, those that wait first; none for whoever may not approve."""
    if not actor.may(Permission.APPROVE_ORGANISATION):
        return 0, []
    query = select(Organisation).where(*wanted.matching())
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(Organisation.state != "applied", Organisation.verified_until, Organisation.id)
    return total, list(session.scalars(rows.offset(offset).limit(limit)))


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """State -> number of organisations; empty for whoever may not approve."""
    if not actor.may(Permission.APPROVE_ORGANISATION):
        return {}
    return dict(session.execute(select(Organisation.state, func.count()).group_by(Organisation.state)).all())


@dataclass(frozen=True)
class Check:
    """One thing that is asked before approval: its name, whether it holds (None: it is not asked), and what was found."""

    name: str
    holds: bool | None
    found: str = ""


def checks(session: Session, house: Organisation, on: date) -> list[Check]:
    """The code's digit, the firm of the register with this code, its name, and the licence of the number given, on a day."""
    found = [Check("code", not code_fault(house.unified_code), house.unified_code)]
    if house.kind != "hr_firm":
        return found
    firm = session.scalar(select(Institution).where(Institution.unified_code == house.unified_code))
    found.append(Check("register", firm is not None, firm.name if firm else ""))
    found.append(Check("name", firm is not None and firm.name == house.name, firm.name if firm else ""))
    valid = [licence for licence in firm.licences if licence.name in LICENCE_NAMES and licence.name in firm.held(on)
             and licence.number == house.licence_number] if firm else []
    return [*found, Check("licence", bool(valid), ", ".join(f"{licence.name} {licence.valid_to or ''}" for licence in valid))]


def applicant(session: Session, house: Organisation) -> Person | None:
    """The person who applied for an organisation: its first member."""
    return session.scalar(select(Person).join(Member, Member.person_id == Person.id).where(
        Member.organisation_id == house.id).order_by(Member.id).limit(1))


def is_expert(session: Session, person_id: int) -> bool:
    """True for somebody in the pool of experts."""
    found = session.get(Expert, person_id)
    return found is not None and found.approved_at is not None


def person_of(session: Session, actor: Actor, email: str) -> Person | None:
    """The person with an address, for whoever may take them into the pool of experts."""
    if not actor.may(Permission.APPROVE_EXPERT):
        return None
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))
